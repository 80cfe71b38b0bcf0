"""A small cap table with every kind of relation, whose rows are voided."""

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models

from django_base import BaseModel, UniqueAmongLive, keep_when_void

HOUSE = "house"


def the_house() -> "Broker":
    """Return the broker who takes over from one that is gone."""
    return Broker.objects.get_or_create(name=HOUSE)[0]


class Tag(BaseModel):
    code = models.CharField(max_length=50, primary_key=True)


class Broker(BaseModel):
    name = models.CharField(max_length=50)


class Currency(BaseModel):
    """Is referred to by its code, not by its key."""

    code = models.CharField(max_length=10, unique=True)


class Company(BaseModel):
    name = models.CharField(max_length=50)
    founded_on = models.DateField(null=True)
    currency = models.ForeignKey(
        Currency, null=True, to_field="code", on_delete=models.CASCADE, related_name="companies"
    )
    notes = GenericRelation("Note", related_query_name="company_about")


class Person(BaseModel):
    """Other tables are its children."""

    name = models.CharField(max_length=50)
    age = models.IntegerField(default=0)
    employer = models.ForeignKey(
        Company, null=True, on_delete=models.CASCADE, related_name="people"
    )
    friends = models.ManyToManyField("self")
    follows = models.ManyToManyField("self", symmetrical=False, related_name="followers")


class Investor(Person):
    fund = models.CharField(max_length=50)
    tags = models.ManyToManyField(Tag, related_name="investors")


class Angel(Investor):
    wings = models.IntegerField(default=2)


class PersonProxy(Person):
    class Meta:
        proxy = True


class Series(BaseModel):
    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    name = models.CharField(max_length=50)


class Certificate(BaseModel):
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="certificates")
    series = models.ForeignKey(Series, null=True, on_delete=models.PROTECT)
    holder = models.ForeignKey(
        Person, null=True, on_delete=models.RESTRICT, related_name="certificates"
    )
    agent = models.ForeignKey(Broker, null=True, on_delete=models.SET_NULL, related_name="as_agent")
    broker = models.ForeignKey(
        Broker, null=True, default=None, on_delete=models.SET_DEFAULT, related_name="as_broker"
    )
    keeper = models.ForeignKey(
        Broker, null=True, on_delete=models.SET(the_house), related_name="as_keeper"
    )
    replaced_by = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="replaces"
    )
    number = models.CharField(max_length=20, default="")
    shares = models.IntegerField(default=0)
    issued_on = models.DateField(null=True)
    tags = models.ManyToManyField(Tag, related_name="certificates")
    witnesses = models.ManyToManyField(Person, through="Witness", related_name="witnessed")
    watchers = models.ManyToManyField(Person, through="Watch", related_name="watched")
    notes = GenericRelation("Note", related_query_name="certificate_about")


class Witness(BaseModel):
    """A table of its own between two others, voided with either."""

    certificate = models.ForeignKey(Certificate, on_delete=models.CASCADE)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    role = models.CharField(max_length=20, default="")


class Watch(BaseModel):
    """A join table that opted out: its rows are hidden with what they join."""

    void_id = None
    certificate = models.ForeignKey(Certificate, on_delete=models.CASCADE)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)


class Seal(BaseModel):
    certificate = models.OneToOneField(Certificate, on_delete=models.CASCADE)
    motto = models.CharField(max_length=50, default="")


class Charter(BaseModel):
    """Has the key of its company."""

    company = models.OneToOneField(Company, primary_key=True, on_delete=models.CASCADE)
    text = models.CharField(max_length=50, default="")


class Entry(BaseModel):
    """Has a key of two columns, one of them a relation's."""

    pk = models.CompositePrimaryKey("company", "number")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="entries")
    number = models.IntegerField()
    text = models.CharField(max_length=50, default="")


class Note(BaseModel):
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, db_constraint=False)
    object_id = models.PositiveBigIntegerField()
    about = GenericForeignKey()
    text = models.CharField(max_length=50, default="")


class Deal(BaseModel):
    """Refers to a table whose flag is its parent's."""

    investor = models.ForeignKey(Investor, on_delete=models.CASCADE, related_name="deals")
    amount = models.IntegerField(default=0)


class Room(BaseModel):
    """Nothing goes with it."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE)


class Ticket(BaseModel):
    """May lose its room."""

    company = models.ForeignKey(Company, null=True, on_delete=models.CASCADE)
    room = models.ForeignKey(Room, null=True, on_delete=models.SET_NULL)
    marks = GenericRelation("Mark")
    topics = models.ManyToManyField("Topic", through="Mention")


class Mark(models.Model):
    """Somebody else's, on anything."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, db_constraint=False)
    object_id = models.PositiveBigIntegerField()
    about = GenericForeignKey()


class Topic(models.Model):
    """Somebody else's, with a manager of Django's."""


class Mention(BaseModel):
    """Joins a row of ours to one of somebody else's."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT)


class Receipt(BaseModel):
    """Nobody cares what becomes of its certificate."""

    certificate = models.ForeignKey(
        Certificate, null=True, on_delete=models.DO_NOTHING, db_constraint=False
    )
    text = models.CharField(max_length=50, default="")


class Memo(BaseModel):
    """Outlives its certificate, which may not be missing."""

    certificate = models.ForeignKey(Certificate, on_delete=keep_when_void(models.CASCADE))
    text = models.CharField(max_length=50, default="")


class Access(BaseModel):
    """A log: its rows are really deleted, and stay when what they refer to is voided."""

    void_id = None
    certificate = models.ForeignKey(Certificate, on_delete=models.CASCADE)
    path = models.CharField(max_length=50, default="")


class Visit(models.Model):
    """Somebody else's model."""

    company = models.ForeignKey(Company, null=True, on_delete=models.CASCADE, related_name="visits")
    path = models.CharField(max_length=50, default="")


class Fund(BaseModel):
    """Refers to its lead, who refers to it."""

    lead = models.ForeignKey("Partner", null=True, on_delete=models.CASCADE, related_name="leads")
    stamps = GenericRelation("Stamp")


class Partner(BaseModel):
    """Is somebody's pupil, who may be his."""

    fund = models.ForeignKey(Fund, on_delete=models.CASCADE, related_name="partners")
    mentor = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="pupils")


class Desk(BaseModel):
    """Nothing refers to it, and its number is its own."""

    fund = models.ForeignKey(Fund, on_delete=models.CASCADE)
    number = models.IntegerField()

    class Meta:
        constraints = (UniqueAmongLive(fields=("number",), name="registry_one_desk_a_number"),)


class Stamp(BaseModel):
    """Goes with what it is on, and refers to who made it."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, db_constraint=False)
    object_id = models.PositiveBigIntegerField()
    on = GenericForeignKey()
    maker = models.ForeignKey(Partner, on_delete=models.RESTRICT)

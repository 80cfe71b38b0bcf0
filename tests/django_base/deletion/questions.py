"""Querysets of every form that can lead across a void row."""

from collections.abc import Callable
from typing import Any

from django.db.models import (
    Avg,
    Count,
    Exists,
    F,
    FilteredRelation,
    Max,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, TruncYear
from registry.models import (
    Access,
    Angel,
    Certificate,
    Charter,
    Company,
    Currency,
    Deal,
    Entry,
    Investor,
    Memo,
    Note,
    Person,
    PersonProxy,
    Receipt,
    Seal,
    Series,
    Tag,
    Visit,
    Witness,
)

Question = Callable[[], Any]

SAME_KEYS: dict[str, Question] = {
    model._meta.object_name: lambda model=model: model.objects.values_list("pk")
    for model in (
        *(Angel, Certificate, Charter, Company, Currency, Deal, Entry, Investor, Memo, Note),
        *(Person, PersonProxy, Receipt, Seal, Series, Tag, Witness),
    )
}

PLAIN: dict[str, Question] = {
    "forward filter": lambda: Certificate.objects.filter(company__name__gte="").values_list("pk"),
    "forward of a loose reference": lambda: Receipt.objects.filter(
        certificate__shares__gte=0
    ).values_list("pk"),
    "forward of a loose reference or not": lambda: Receipt.objects.filter(
        Q(certificate__shares__gte=3) | Q(text="a")
    ).values_list("pk"),
    "null of a loose reference's column": lambda: Receipt.objects.filter(
        certificate__holder__isnull=True
    ).values_list("pk"),
    "loose reference excluded": lambda: Receipt.objects.exclude(
        certificate__shares__gte=3
    ).values_list("pk"),
    "kept reference excluded": lambda: Memo.objects.exclude(certificate__shares__gte=3).values_list(
        "pk"
    ),
    "order across a loose reference": lambda: Receipt.objects.order_by(
        "certificate__shares"
    ).values_list("pk", "certificate__shares"),
    "two steps forward": lambda: Seal.objects.filter(
        certificate__company__name__gte=""
    ).values_list("pk", "certificate__company__name"),
    "reverse filter": lambda: Company.objects.filter(certificates__shares__gte=0).values_list("pk"),
    "reverse is null": lambda: Company.objects.filter(certificates=None).values_list("pk"),
    "reverse is not null": lambda: Company.objects.filter(certificates__isnull=False).values_list(
        "pk"
    ),
    "reverse excluded": lambda: Company.objects.exclude(certificates__shares__gte=2).values_list(
        "pk"
    ),
    "reverse null excluded": lambda: Company.objects.exclude(certificates=None).values_list("pk"),
    "two steps excluded": lambda: Currency.objects.exclude(
        companies__certificates__shares__gte=2
    ).values_list("pk"),
    "forward and back excluded": lambda: Series.objects.exclude(
        company__certificates__shares=1
    ).values_list("pk"),
    "reverse of one to one": lambda: Certificate.objects.filter(seal__motto="a").values_list("pk"),
    "no one to one": lambda: Certificate.objects.filter(seal=None).values_list("pk"),
    "key of one to one": lambda: Company.objects.filter(charter__isnull=True).values_list("pk"),
    "composite key": lambda: Company.objects.filter(entries__number__gte=0).values_list(
        "pk", "entries__text"
    ),
    "counted": lambda: Company.objects.annotate(n=Count("certificates")).values_list("pk", "n"),
    "counted distinct": lambda: Company.objects.annotate(
        n=Count("certificates__tags", distinct=True), m=Sum("certificates__shares")
    ).values_list("pk", "n", "m"),
    "counted with filter": lambda: Company.objects.annotate(
        n=Count("people", filter=Q(people__age__gte=2)), a=Avg("people__age")
    ).values_list("pk", "n", "a"),
    "having": lambda: (
        Company.objects.annotate(n=Count("certificates")).filter(n=0).values_list("pk")
    ),
    "grouped": lambda: Certificate.objects.values("company__name", "holder__name").annotate(
        n=Count("pk"), most=Max("witness__pk")
    ),
    "values across": lambda: Company.objects.values_list("pk", "certificates__seal__motto"),
    "expression across": lambda: Company.objects.annotate(
        s=Coalesce(F("certificates__shares"), Value(-1))
    ).values_list("pk", "s"),
    "filtered relation": lambda: Company.objects.annotate(
        big=FilteredRelation("certificates", condition=Q(certificates__shares__gte=2))
    ).values_list("pk", "big__shares"),
    "tags": lambda: Certificate.objects.filter(tags__code__gte="").values_list("pk", "tags"),
    "tags by key": lambda: Certificate.objects.filter(tags__in=["a", "b"]).values_list("pk"),
    "no tags": lambda: Certificate.objects.filter(tags=None).values_list("pk"),
    "tags counted": lambda: Certificate.objects.annotate(n=Count("tags")).values_list("pk", "n"),
    "tags excluded": lambda: Certificate.objects.exclude(tags="a").values_list("pk"),
    "tags of tags": lambda: Tag.objects.filter(certificates__tags__code="a").values_list("pk"),
    "back of tags": lambda: Tag.objects.annotate(n=Count("certificates")).values_list("pk", "n"),
    "back of a child's tags": lambda: Tag.objects.annotate(n=Count("investors")).values_list(
        "pk", "n"
    ),
    "no investors": lambda: Tag.objects.filter(investors=None).values_list("pk"),
    "friends": lambda: Person.objects.annotate(n=Count("friends")).values_list("pk", "n"),
    "friends' friends": lambda: Person.objects.filter(friends__friends__age__gte=1).values_list(
        "pk"
    ),
    "followers excluded": lambda: Person.objects.exclude(followers__age__gte=2).values_list("pk"),
    "witnesses": lambda: Certificate.objects.annotate(n=Count("witnesses")).values_list("pk", "n"),
    "witnesses excluded": lambda: Certificate.objects.exclude(witnesses__name__gte="c").values_list(
        "pk"
    ),
    "watchers": lambda: Certificate.objects.annotate(n=Count("watchers")).values_list("pk", "n"),
    "no watchers": lambda: Certificate.objects.filter(watchers=None).values_list("pk"),
    "watched": lambda: Person.objects.filter(watched__shares__gte=0).values_list("pk"),
    "join table by its own name": lambda: Person.objects.annotate(n=Count("watch")).values_list(
        "pk", "n"
    ),
    "notes": lambda: Company.objects.annotate(n=Count("notes")).values_list("pk", "n"),
    "notes excluded": lambda: Certificate.objects.exclude(notes__text="a").values_list("pk"),
    "back of notes": lambda: Note.objects.filter(company_about__name__gte="").values_list("pk"),
    "deals of a child": lambda: Investor.objects.annotate(n=Count("deals")).values_list("pk", "n"),
    "child by deal": lambda: Deal.objects.filter(investor__name__gte="").values_list(
        "pk", "investor__fund"
    ),
    "child of a parent": lambda: Person.objects.filter(investor__fund__gte="").values_list(
        "pk", "investor__angel__wings"
    ),
    "employer of a child": lambda: Company.objects.filter(people__investor__fund="a").values_list(
        "pk"
    ),
    "deals across": lambda: Company.objects.annotate(
        s=Sum("people__investor__deals__amount")
    ).values_list("pk", "s"),
    "by a column that is a key": lambda: Currency.objects.annotate(
        n=Count("companies")
    ).values_list("pk", "n"),
    "dates": lambda: Certificate.objects.dates("issued_on", "year"),
    "dates across": lambda: Certificate.objects.annotate(
        y=TruncYear("company__founded_on")
    ).values_list("pk", "y"),
    "from somebody else's": lambda: Visit.objects.filter(company__name__gte="").values_list("pk"),
    "from a log": lambda: Access.objects.filter(certificate__company__name__gte="").values_list(
        "pk"
    ),
    "selected with": lambda: Certificate.objects.select_related("company", "holder", "seal"),
    "replaced": lambda: Certificate.objects.annotate(n=Count("replaces")).values_list("pk", "n"),
    "united": lambda: (
        Company.objects.filter(certificates__shares=1) | Company.objects.filter(people__age=1)
    ).values_list("pk"),
}

NESTED: dict[str, Question] = {
    "subquery": lambda: Company.objects.filter(
        pk__in=Certificate.objects.values("company")
    ).values_list("pk"),
    "not in a subquery": lambda: Company.objects.exclude(
        pk__in=Person.objects.filter(certificates__shares__gte=0).values("employer")
    ).values_list("pk"),
    "exists": lambda: Company.objects.filter(
        ~Exists(Certificate.objects.filter(company=OuterRef("pk"), tags__code="a"))
    ).values_list("pk"),
    "newest": lambda: Company.objects.annotate(
        newest=Subquery(
            Certificate.objects.filter(company=OuterRef("pk")).order_by("-pk").values("pk")[:1]
        )
    ).values_list("pk", "newest"),
    "by a queryset": lambda: Certificate.objects.filter(
        holder__in=Person.objects.filter(employer__name__gte="")
    ).values_list("pk"),
    "union": lambda: Company.objects.values_list("pk").union(Person.objects.values_list("pk")),
}

"""What people see and do in forms, serializers and the admin: safes, their folders, labels."""

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Lower

from django_base import BaseModel, UniqueAmongLive


class Safe(BaseModel):
    name = models.CharField(max_length=50)

    class Meta:
        constraints = (UniqueAmongLive(fields=("name",), name="vault_one_safe_a_name"),)
        indexes = (
            models.Index(
                fields=("void_id",),
                name="vault_safe_void",
                condition=models.Q(void_id__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Sticker(BaseModel):
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    object_id = models.BigIntegerField()
    content_object = GenericForeignKey()
    text = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.text


class Folder(BaseModel):
    safe = models.ForeignKey(Safe, on_delete=models.CASCADE, related_name="folders")
    number = models.CharField(max_length=20)
    title = models.CharField(max_length=50, default="")
    shelf = models.IntegerField(null=True, blank=True)
    state = models.CharField(max_length=20, default="open")
    stickers = GenericRelation(Sticker)

    class Meta:
        constraints = (
            UniqueAmongLive(fields=("safe", "number"), name="vault_one_number_in_a_safe"),
            UniqueAmongLive(Lower("title"), name="vault_one_title", condition=~models.Q(title="")),
            UniqueAmongLive(
                fields=("shelf",), name="vault_one_filed", condition=models.Q(state="filed")
            ),
        )

    def __str__(self) -> str:
        return self.number


class Seal(BaseModel):
    """At most one live seal without a colour: nulls are equal here (PostgreSQL 15)."""

    colour = models.CharField(max_length=20, null=True, blank=True)

    class Meta:
        constraints = (
            UniqueAmongLive(fields=("colour",), name="vault_one_colour", nulls_distinct=False),
        )


class Custody(BaseModel):
    """Who looks after a safe: nobody removes a safe that somebody looks after."""

    safe = models.ForeignKey(Safe, on_delete=models.PROTECT)
    keeper = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.keeper

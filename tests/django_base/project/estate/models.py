"""Firms and what is theirs, at one step and at two; and what is nobody's own."""

import uuid

from django.conf import settings
from django.db import models

from django_base import BaseModel


class Firm(BaseModel):
    name = models.CharField(max_length=50)

    class Backstory:
        entity = "self"


class Court(BaseModel):
    name = models.CharField(max_length=50)

    class Backstory:
        entity = None
        entity_reason = "courts are the same for all firms"


class Partner(BaseModel):
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="partners")
    # Tables of apps without migrations are made before those of users.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False
    )
    role = models.CharField(max_length=10, default="reader")

    class Backstory:
        entity = "firm"


class Folder(BaseModel):
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="folders")
    keeper = models.ForeignKey(Partner, null=True, on_delete=models.SET_NULL)
    court = models.ForeignKey(Court, null=True, blank=True, on_delete=models.SET_NULL)
    number = models.CharField(max_length=10, default="")
    readers = models.ManyToManyField(Partner, related_name="readable")

    class Backstory:
        entity = "firm"


class Paper(BaseModel):
    """Its firm is two steps away."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    folder = models.ForeignKey(Folder, on_delete=models.CASCADE, related_name="papers")
    title = models.CharField(max_length=50, blank=True)

    class Backstory:
        entity = "folder.firm"

"""A firm and three kinds of objects that are its own, one of them two steps away."""

from django.db import models

from django_base import BaseModel


class Firm(BaseModel):
    name = models.CharField(max_length=50)

    class Backstory:
        entity = "self"


class Partner(BaseModel):
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="partners")
    user_id = models.IntegerField()

    class Backstory:
        entity = "firm"


class Folder(BaseModel):
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE)
    number = models.CharField(max_length=20)

    class Backstory:
        entity = "firm"


class Paper(BaseModel):
    folder = models.ForeignKey(Folder, on_delete=models.CASCADE)
    title = models.CharField(max_length=20)

    class Backstory:
        entity = "folder.firm"

"""One table, with a value that must stay in its own database."""

from django.db import models

from django_base import BaseModel


class Certificate(BaseModel):
    """Transactions race on a few of these, make more, move and delete them."""

    void_id = None
    company = models.BigIntegerField()
    shares = models.DecimalField(max_digits=20, decimal_places=4)
    note = models.TextField()
    pin = models.TextField()

    class Backstory:
        masked = ("pin",)

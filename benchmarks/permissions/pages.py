"""What the measured requests declare."""

from typing import Any

import msgspec
from django.db.models import Q

from django_base.permissions import Permission
from django_base.views import Declaration, Ref, from_url

from .models import Firm, Folder, Paper, Partner


class IsPartner(Permission):
    """The reach: by its queryset form."""

    def test(self, actor: Any, entity: Any) -> bool:
        return bool(entity.partners.filter(user_id=actor.pk).exists())

    def q(self, actor: Any, entity: Any) -> Q:
        return Q(partners__user_id=actor.pk)


class IsSound(Permission):
    """A rule of each object, and of each row of a list."""

    def test(self, actor: Any, entity: Any, obj: Any) -> bool:
        return getattr(obj, "number", "") != "closed"

    def q(self, actor: Any, entity: Any) -> Q:
        return ~Q(number="closed")


class Line(msgspec.Struct, forbid_unknown_fields=True):
    """Three objects of three models."""

    partner: Ref[Partner]
    folder: Ref[Folder]
    paper: Ref[Paper]


class Order(msgspec.Struct, forbid_unknown_fields=True):
    """Names as many objects as it has lines, times three."""

    lines: list[Line]
    first: Ref[Folder]
    last: Ref[Paper]


ORDER = Declaration.of(
    entity=from_url("firm_id", Firm), reach=IsPartner, permission=IsSound, body=Order
)
"""With 16 lines it names 50 objects of 3 models."""

"""Who knows of a firm, and who may do what in it."""

from django.db.models import Q

from django_base.permissions import Permission, permission


class IsPartner(Permission):
    def test(self, actor, entity):
        return entity.partners.filter(user=actor).exists()

    def q(self, actor, entity):
        return Q(partners__user=actor)


class HasRole(Permission):
    def __init__(self, role):
        self.role = role

    def test(self, actor, entity):
        return entity.partners.filter(user=actor, role=self.role).exists()


@permission
def is_open(actor, entity, obj):
    return not obj.number.startswith("closed")


@is_open.as_rows
def _open_rows(actor, entity):
    return ~Q(number__startswith="closed")


@permission
def is_editor(actor, entity, obj):
    return obj.role == "editor"

"""Who knows of a company, and who may do what with its register."""

from django.db.models import Q

from django_base.permissions import Permission

from .models import Mandate, Membership

ADMINISTRATOR, AUDITOR = Membership.Role.ADMINISTRATOR, Membership.Role.AUDITOR


class Knows(Permission):
    """The reach of the site: for everybody else a company is not there at all."""

    def test(self, actor, entity):
        return _of(Membership, actor).filter(company=entity).exists() or (
            _of(Mandate, actor).filter(company=entity).exists()
        )

    def q(self, actor, entity):
        companies = [_of(model, actor).values("company") for model in (Membership, Mandate)]
        return Q(pk__in=companies[0]) | Q(pk__in=companies[1])


class HasRole(Permission):
    def __init__(self, *roles):
        self.roles = tuple(map(str, roles))

    def test(self, actor, entity):
        members = Membership.objects.filter(company=entity, user=actor)
        return members.filter(role__in=self.roles).exists()


class IsLawyer(Permission):
    """Works at a law firm with a mandate of the company."""

    def test(self, actor, entity):
        return _of(Mandate, actor).filter(company=entity).exists()


class IsOneself(Permission):
    """Of a stakeholder: it is the visitor."""

    def test(self, actor, entity, obj):
        return _own(actor, entity).filter(stakeholder=obj).exists()

    def q(self, actor, entity):
        return Q(pk__in=_own(actor, entity).values("stakeholder"))


class HoldsIt(Permission):
    """Of a certificate: it is the visitor's."""

    def test(self, actor, entity, obj):
        return _own(actor, entity).filter(stakeholder=obj.holder_id).exists()

    def q(self, actor, entity):
        return Q(holder__in=_own(actor, entity).values("stakeholder"))


administers = HasRole(ADMINISTRATOR)
reads_all = HasRole(ADMINISTRATOR, AUDITOR) | IsLawyer
sees_person = reads_all | IsOneself
sees_certificate = reads_all | HoldsIt
knows = Knows()


def _of(model, actor):
    """Return what makes somebody known to a company: a membership, or a mandate of the firm."""
    who = {"user": actor} if model is Membership else {"firm__lawyers": actor}
    return model.objects.filter(**who)


def _own(actor, entity):
    return Membership.objects.filter(company=entity, user=actor, stakeholder__isnull=False)

"""The queryset form of a permission: lists show exactly what details allow."""

from django.db import models
from django.db.models import Q

from .errors import NoQuerysetForm
from .evaluation import Evaluation
from .predicates import Either, Not, On, Permission

_EVERY = Q(pk__isnull=False)
_NONE = Q(pk__isnull=True)


def rows(permission: Permission, evaluation: Evaluation, model: type[models.Model]) -> Q:
    """Return the condition for the rows of a model on which a permission holds.

    Each rule becomes a subquery of keys, so that ``&``, ``|`` and ``~`` mean what they mean for one
    object: no row appears twice, NULL is no third answer, two rules may hold by different rows of
    a relation. Rules that ask of no object are asked once, here; their ``q`` is about entities, and
    counts where none is given.

    Raises:
        NoQuerysetForm: a rule asks of objects, and has no ``q``.
    """
    if isinstance(permission, On):
        raise NoQuerysetForm(permission.name)
    if isinstance(permission, Not):
        return ~rows(permission.parts[0], evaluation, model)
    if permission.parts:
        first, *others = (rows(part, evaluation, model) for part in permission.parts)
        for each in others:
            first = first | each if isinstance(permission, Either) else first & each
        return first
    is_about_rows = permission.asks_of_objects or evaluation.entity is None
    if permission.q is not None and is_about_rows:
        found = permission.q(evaluation.actor, evaluation.entity)
        return Q(pk__in=model._base_manager.filter(found).values("pk"))
    if permission.asks_of_objects:
        raise NoQuerysetForm(permission.name)
    return _EVERY if evaluation.explain(permission).holds else _NONE

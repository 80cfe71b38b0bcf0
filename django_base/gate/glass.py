"""Break-glass: into an entity out of reach, for a while, with a reason that is told."""

import time
from functools import partial
from typing import Any, Final

from django.db import models, transaction
from django.db.models import Q
from django.http import HttpRequest

from schemas import AccessOpened, ConfigurationError, check_reason

from ..context import bind_context
from ..context.scope import current_scope
from ..context.visitors import RequestVisitor
from ..permissions import Permission
from ..recording import record
from ..settings import backstory_settings

_KEPT: Final = "backstory.glass"
_LONGEST_S: Final = 8 * 60 * 60


class BrokenGlass(Permission):
    """Holds for whoever broke the glass of an entity, as long as that lasts::

        reach = IsMember | BrokenGlass(Company)

    A page that says so in its reach and in its permission can be opened by ``break_glass``; no
    other can, by nobody.
    """

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model

    def test(self, actor: Any, entity: Any) -> bool:
        """Ask the session of the request that is being answered."""
        return entity is not None and str(entity.pk) in _opened(self.model, actor)

    def q(self, actor: Any, entity: Any) -> Q:
        """Return the same as a condition on entities."""
        return Q(pk__in=_opened(self.model, actor))


def break_glass(
    request: HttpRequest, entity: models.Model, *, reason: str, for_s: int = 30 * 60
) -> None:
    """Let the user of a request into an entity until the time is up, or the session ends.

    Who may do so is for the calling view to ask. ``access.opened`` says who, whose and why; where
    its transaction rolls back, nothing is opened.

    Raises:
        ConfigurationError: there is no user, no reason, or it is for longer than eight hours.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        raise ConfigurationError(["break_glass() needs a user: ask for a session before"])
    if not isinstance(reason, str) or not reason.strip():
        raise ConfigurationError([f"break_glass() has reason = {reason!r}: say why, as text"])
    if not 0 < for_s <= _LONGEST_S:
        raise ConfigurationError([f"break_glass() has for_s = {for_s!r}: 1 to {_LONGEST_S:,}"])
    with bind_context(actor=user, entity=entity, reason=check_reason(reason)):
        record(AccessOpened(duration_s=for_s), entity)
    opened = (entity._meta.concrete_model, str(entity.pk), str(user.pk), time.time() + for_s)
    transaction.on_commit(partial(_keep, request, *opened), backstory_settings().database)


def _keep(request: HttpRequest, model: Any, key: str, user: str, until: float) -> None:
    kept = [each for each in request.session.get(_KEPT, ()) if each[3] > time.time()]
    request.session[_KEPT] = [*kept, [model._meta.label, key, user, until]]


def _opened(model: type[models.Model], actor: Any) -> list[str]:
    """Return the keys of the entities that are open to somebody now; outside of requests none."""
    visitor = current_scope().visitor
    session = visitor.session if isinstance(visitor, RequestVisitor) else None
    kept = session.get(_KEPT, ()) if session is not None else ()
    return [
        key
        for label, key, user, until in kept
        if (label, user) == (model._meta.label, str(actor.pk)) and until > time.time()
    ]

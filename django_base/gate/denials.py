"""Denials as events: what was refused to whom, in bounds, and never in the response."""

import logging
from collections.abc import Sequence
from ipaddress import ip_network
from typing import Any, Final

from django.db import models
from django.http import HttpRequest

from schemas import AccessDenied

from ..context.failures import record_after
from ..context.scope import bind_context, current_scope
from ..context.shown import MAX_SHOWN, told
from ..context.urls import MASK
from ..context.visitors import RequestVisitor, client_address
from ..secrets import looks_secret
from ..settings import backstory_settings
from ..subjects import subject_of
from ..views.refusals import Refusal
from .callbacks import name_of
from .rates import Rates

_log = logging.getLogger("backstory.access")
_ID_CHARACTERS: Final = 100
_TEXT_CHARACTERS: Final = 500
_PERMISSION: Final = {"undeclared": "declared", "not_found": "exists", "forbidden": "method"}
_STATUS: Final = {"undeclared": 400, "not_found": 404, "forbidden": 403}
_rates = Rates()


def note_refusal(sender: Any, *, request: HttpRequest, refusal: Refusal, **_: Any) -> None:
    """Record what a view refuses; a visitor without a session is asked to log in, not denied."""
    status = _STATUS.get(refusal.verdict)
    if status is None:
        return
    explained = refusal.explanation
    leaf = explained.leaf if explained else _PERMISSION[refusal.verdict]
    if explained:
        _log.info("access denied:\n%s", explained)
    note_denial(
        request,
        leaf,
        status=status,
        parameter=refusal.parameter,
        objects=refusal.ids,
        entity=refusal.entity,
    )


def note_denial(
    request: HttpRequest,
    permission: str,
    *,
    status: int,
    parameter: str = "",
    objects: Sequence[models.Model | str] = (),
    entity: models.Model | None = None,
) -> None:
    """Record ``access.denied`` when the transactions of the request have ended.

    Args:
        request: who asked, and for what; a request of DRF's too.
        permission: name of the leaf that said no, or another reason as in ``AccessDenied``.
        status: what the client is answered.
        parameter: which parameter named what was refused, such as ``body.lines[2].holder``.
        objects: what it named: objects, their names (``app.Model/key``), or the text as sent.
        entity: whose page it was, if there is one.

    Of one user, or one address where nobody is logged in, 20 are told in full a minute; of the rest
    the 20th, 40th, 80th ... says how many were left out.
    """
    left_out = _rates.take(_who(request))
    if left_out is None:
        return
    match = request.resolver_match
    payload = AccessDenied(
        permission=_bounded(permission, _TEXT_CHARACTERS),
        view=name_of(match.func) if match else "",
        status=status,
        parameter=_bounded(parameter, _TEXT_CHARACTERS),
        objects=tuple(_named(each, parameter) for each in objects[:MAX_SHOWN]),
        object_count=len(objects),
        left_out=left_out,
    )
    with bind_context(entity=entity):
        record_after(payload)


def _who(request: HttpRequest) -> str:
    """Return who shares a bound; asks no database."""
    visitor = current_scope().visitor
    actor = visitor.actor_if_loaded() if isinstance(visitor, RequestVisitor) else None
    if actor:
        return f"user {actor.id}"
    address = client_address(request, backstory_settings().trusted_proxies)
    # Whoever has one address of IPv6 has a whole network of them.
    return f"address {ip_network(f'{address}/64', strict=False) if ':' in address else address}"


def _named(thing: Any, parameter: str) -> str:
    """Return what is told of an object, or of a text that named none."""
    if looks_secret(parameter.rpartition(".")[2], backstory_settings().secret_parameters):
        return MASK
    return _bounded(told(subject_of(thing)), _ID_CHARACTERS)


def _bounded(text: str, characters: int) -> str:
    """Return the beginning of a text, as JSON and UTF-8 can carry it."""
    return text[:characters].encode(errors="replace").decode().replace("\0", "\ufffd")

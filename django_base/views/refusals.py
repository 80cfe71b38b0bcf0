"""The ways in which a request is refused before the view begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import BadRequest, PermissionDenied
from django.dispatch import Signal
from django.http import HttpRequest
from django.urls import Resolver404

from ..permissions import Explanation
from .declaration import Declaration

Verdict = Literal["no_session", "undeclared", "not_found", "forbidden"]

refused = Signal()
"""Sent with ``request`` and ``refusal`` before it is answered; receivers must not raise."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a request was refused. For the log, never for the client.

    Attributes:
        declaration: what the view says.
        verdict: ``no_session``, ``undeclared`` (400), ``not_found`` (404) or ``forbidden`` (403).
        parameter: the parameter that is to blame; empty where it is none.
        ids: the keys that are not there, as ``app.Model/key``, at most 20.
        explanation: the tree of answers where a permission said no.
        entity: the entity, where there is one.
    """

    declaration: Declaration
    verdict: Verdict
    parameter: str = ""
    ids: Sequence[str] = ()
    explanation: Explanation | None = None
    entity: Any = None


class Refused(Exception):  # noqa: N818  (never leaves the views)
    """Carries a refusal to where it is answered."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.verdict)
        self.refusal = refusal


def as_exception(request: HttpRequest, refusal: Refusal) -> Exception:
    """Return what Django answers by: of what is not there, what an unknown URL raises."""
    if refusal.verdict == "not_found":
        return Resolver404({"path": request.path_info.lstrip("/")})
    if refusal.verdict == "forbidden":
        return PermissionDenied()
    return BadRequest()

"""A certificate's past, read from the history database by one small read-only query."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import psycopg
from django.conf import settings

from .models import Certificate
from .sql import HISTORY_OF_OBJECT

PASSED_OVER = frozenset({"id", "company", "company_id"})  # the same in every line of one page


class HistoryUnavailable(Exception):  # noqa: N818 - named by what happened
    """The history cannot be shown now; the text says why."""


@dataclass(frozen=True)
class Change:
    """One field: its old and its new value as text, or that it is masked."""

    label: str
    old: str = ""
    new: str = ""
    masked: bool = False


@dataclass
class Moment:
    """What one person did to the object in one go."""

    at: datetime
    kind: str
    who: str
    origin: str
    page: str
    action: str
    reason: str
    group: str
    changes: list[Change] = field(default_factory=list)

    @property
    def outside(self) -> bool:
        return self.origin == "outside"

    @property
    def title(self) -> str:
        if self.action:
            verb = self.action.rpartition(".")[2].replace("_", " ").capitalize()
            return f"{verb} (failed)" if self.kind == "action.failed" else verb
        return {"model.created": "Created", "model.updated": "Changed"}.get(self.kind, self.kind)


def history_of(certificate: Certificate) -> list[Moment]:
    """Return the certificate's moments, newest first; raise HistoryUnavailable."""
    if not settings.HISTORY_URL:
        raise HistoryUnavailable("BACKSTORY_HISTORY_URL is not set.")
    label, key = certificate._meta.label, str(certificate.pk)
    try:
        with psycopg.connect(settings.HISTORY_URL, connect_timeout=2) as connection:
            connection.read_only = True
            rows = connection.execute(
                HISTORY_OF_OBJECT, {"model": label, "object_id": key}
            ).fetchall()
    except psycopg.Error as error:
        raise HistoryUnavailable("The history database cannot be read now.") from error
    moments = _moments(rows, _Names(certificate))
    return sorted(moments, key=lambda moment: moment.at, reverse=True)


def _moments(rows: list[tuple], names: "_Names") -> list[Moment]:
    """Join the rows of one request and action into one moment."""
    moments: list[Moment] = []
    for at, kind, text in rows:
        value = json.loads(text, parse_float=Decimal)
        context, data = value.get("context", {}), value.get("data", {})
        group = context.get("action_id") or context.get("request", {}).get("id", "")
        last = moments[-1] if moments else None
        if last is None or not group or last.group != group:
            last = _moment(at, kind, group, context)
            moments.append(last)
        last.kind = "action.failed" if kind == "action.failed" else last.kind
        last.changes += _changes(data, names) if kind.startswith("model.") else []
    return moments


def _moment(at: datetime, kind: str, group: str, context: dict[str, Any]) -> Moment:
    request = context.get("request", {})
    return Moment(
        at=at,
        kind=kind,
        who=_who(context),
        origin=context.get("origin", ""),
        page=f"{request.get('method', '')} {request.get('path', '')}".strip(),
        action=context.get("action", ""),
        reason=context.get("reason", ""),
        group=group,
    )


def _who(context: dict[str, Any]) -> str:
    if name := context.get("actor", {}).get("username"):
        return name
    database = context.get("database") or {}
    if context.get("origin") == "outside":
        program = database.get("application") or "an unnamed program"
        return f"the database user {database.get('role', '')} with {program}"
    return f"a {context['origin']}" if context.get("origin") else "somebody"


def _changes(data: dict[str, Any], names: "_Names") -> list[Change]:
    before, after = data.get("before", {}), data.get("after", {})
    changes = [
        Change(names.label(name), names.text(name, before.get(name)), names.text(name, value))
        for name, value in after.items()
        if name not in PASSED_OVER and (name in before or value not in (None, ""))
    ]
    return changes + [Change(names.label(name), masked=True) for name in data.get("masked", ())]


class _Names:
    """Turns stored values into what people call them."""

    def __init__(self, certificate: Certificate) -> None:
        self.certificate = certificate
        self.known: dict[str, dict[str, str]] = {}

    def label(self, name: str) -> str:
        for each in Certificate._meta.fields:
            if name in (each.name, each.attname):
                return str(each.verbose_name).capitalize()
        return name

    def text(self, name: str, value: Any) -> str:
        if value is None or value == "":
            return "nothing"
        if name.removesuffix("_id") in ("holder", "share_class"):
            return self._related(name.removesuffix("_id"), str(value))
        if name in ("shares", "vested", "fair_value"):
            return _number(value)
        return str(value)

    def _related(self, name: str, key: str) -> str:
        if name not in self.known:
            model = Certificate._meta.get_field(name).related_model
            rows = model.objects.filter(company=self.certificate.company_id)
            self.known[name] = {str(row.pk): str(row) for row in rows}
        return self.known[name].get(key, f"number {key}")


def _number(value: Any) -> str:
    try:
        return f"{Decimal(str(value)).normalize():,f}"
    except InvalidOperation:
        return str(value)

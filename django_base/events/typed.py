"""The typed view of an event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias
from urllib.parse import unquote

from django.apps import apps
from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from msgspec import Raw

from schemas import Change, ConfigurationError, Context, Event, Payload, UnknownEventType, raw

from ..databases import captured_aliases, is_captured
from .values import field_value, plain_value

ModelClass: TypeAlias = type[models.Model]
_Field: TypeAlias = "models.Field[Any, Any]"

_NOTHING: Final[Mapping[str, Raw]] = {}


@dataclass(frozen=True, kw_only=True)
class TypedEvent:
    """An event with the application's own types.

    Attributes:
        event: as it was published, with ``id``, ``time``, ``source`` and ``sequence``.
        type: what happened, such as ``model.updated``.
        subject: what it happened to, as ``app.Model/key``; empty when there is no such thing.
        model: the model of the subject, None when it is none of this application's.
        key: primary key of the subject, a tuple if it has several parts; None when there is no
            model, or the key is held back.
        before: field name to old value; of an update the changed fields only.
        after: field name to new value, likewise. A field that is not there was not told of;
            None is the database's NULL.
        masked: fields that were set or changed and whose values never leave the database.
        personal: fields told of here whose values are personal data.
        payload: the whole payload, None when its type is not declared here (see ``event.data``).
        context: who, from where, in the course of what, and why.
    """

    event: Event
    type: str
    subject: str
    model: ModelClass | None
    key: Any
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    masked: tuple[str, ...]
    personal: tuple[str, ...]
    payload: Payload | None
    context: Context


class _Table(NamedTuple):
    """What is needed to read the values of a model: fields by name, those of the key, types."""

    fields: Mapping[str, _Field]
    key: Sequence[_Field]
    connection: BaseDatabaseWrapper


def typed(event: Event, using: str | None = None) -> TypedEvent:
    """Return an event with values as the ORM reads them from the fields as they are declared now.

    Foreign keys are the key they hold, files their name; what the models no longer have, or what
    does not fit them any more, is as JSON has it, fractions as Decimal. ``using`` is the alias of
    the database it came from (default: the one the model is written to); no query is made.

    Raises:
        InvalidEvent: the data does not fit the event's type.
        ConfigurationError: none of the application's databases is PostgreSQL.
    """
    subject = event.subject or ""
    label, _, key = subject.partition("/")
    model = _model(label)
    table = None if model is None else _table(model, using)
    payload = _payload(event)
    change = payload if isinstance(payload, Change) else None
    return TypedEvent(
        event=event,
        type=event.type,
        subject=subject,
        model=model,
        key=_key(key, table),
        before=_values(getattr(change, "before", _NOTHING), table),
        after=_values(getattr(change, "after", _NOTHING), table),
        masked=change.masked if change else (),
        personal=change.personal if change else (),
        payload=payload,
        context=event.context,
    )


def _model(label: str) -> ModelClass | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _payload(event: Event) -> Payload | None:
    try:
        return event.payload()
    except UnknownEventType:
        return None


def _table(model: ModelClass, using: str | None) -> _Table:
    meta = model._meta
    key: list[_Field] = getattr(meta, "pk_fields", None) or [meta.pk]
    return _Table(
        {each.name: each for each in meta.concrete_fields}, key, _connection(model, using)
    )


def _key(text: str, table: _Table | None) -> Any:
    if table is None or not text or text.startswith("hash:"):
        return None
    parts = [text] if len(table.key) == 1 else [unquote(part) for part in text.split(",")]
    pairs = zip(parts, table.key, strict=False)
    key = [field_value(raw(part), field, table.connection) for part, field in pairs]
    return key[0] if len(table.key) == 1 else tuple(key)


def _values(told: Mapping[str, Raw], table: _Table | None) -> Mapping[str, Any]:
    return {name: _value(name, value, table) for name, value in told.items()}


def _value(name: str, value: Raw, table: _Table | None) -> Any:
    if table is None or name not in table.fields:
        return plain_value(value)
    return field_value(value, table.fields[name], table.connection)


def _connection(model: ModelClass, using: str | None) -> BaseDatabaseWrapper:
    """Return the PostgreSQL database whose column types the values had; it is not connected to."""
    alias = using or router.db_for_write(model)
    if is_captured(alias):
        return connections[alias]
    for other in captured_aliases():
        return connections[other]
    raise ConfigurationError(
        ["no database in DATABASES is PostgreSQL: values have the types of its columns, add one"]
    )

"""What is told of row changes against what plain row triggers saw of them.

``with exactly() as told:`` writes, and fails unless the events are exactly the row changes: one for
each row that changed, none for one that did not, every field before and after as PostgreSQL itself
writes it. As a second proof the events are applied to the rows as they were: that must give the
rows as they are.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec
from django.apps import apps
from django.db import connections

from django_base.capture.registry import options_of
from django_base.deletion.fields import VOID
from producer import OutboxRow, Source
from producer.found import model_of
from producer.registry import Registry
from producer.transform import Transformer
from schemas import Event, ModelCreated, ModelDeleted, ModelUpdated, TableTruncated, decode

Fields = Mapping[str, str]  # field name to value, as JSON text
Image = Mapping[str, msgspec.Raw]  # column to value
Change = tuple[str, Image | None, Image | None]  # label, before, after
State = dict[str, Fields]  # of each row, by subject

NULL = "null"
_LARGEST_BYTES = 50_000_000
_OUTBOX = """
    SELECT xid::text::bigint, seq, at, kind, name, version, subject, context, role, application,
        host(address), old::text, new::text, old_count, new_count
    FROM backstory_outbox WHERE seq > %s AND kind <> 'event' ORDER BY seq
"""
_MODELS = (
    "SELECT label, table_name, key, columns::text, entity_label, entity_column, void_column"
    " FROM backstory_model"
)


class Told(NamedTuple):
    """An event of a row's change, or what it has to be."""

    type: str
    subject: str
    before: Fields
    after: Fields
    masked: tuple[str, ...] = ()
    previous_subject: str = ""


@contextmanager
def exactly(using: str = "default", *, moves_are_updates: bool = True) -> Iterator[list[Told]]:
    """Give a list that holds the events of what is written inside, once they are proven right.

    A row that moves between partitions is a delete and an insert to row triggers, which is one
    update to an UPDATE and not to a MERGE: ``moves_are_updates``.
    """
    told: list[Told] = []
    seq, n = _last(using, "backstory_outbox", "seq"), _last(using, "oracle_log", "n")
    state = _state(using)
    yield told
    told += _events(using, seq)
    changes = _query(
        using, "SELECT relation, old::text, new::text FROM oracle_log WHERE n > %s ORDER BY n", n
    )
    images = [(label, _image(old), _image(new)) for label, old, new in changes]
    seen = [_change(*row) for row in (_moves_joined(images) if moves_are_updates else images)]
    assert sorted(told, key=repr) == sorted(filter(None, seen), key=repr)
    assert replayed(state, told) == _state(using)


def replayed(state: State, told: Iterable[Told]) -> State:
    """Return the rows after the events; each must begin where the one before it ended."""
    rows = dict(state)
    for event in told:
        if event.type == "table.truncated":
            rows = {key: row for key, row in rows.items() if key.split("/")[0] != event.subject}
            continue
        row = rows.pop(event.previous_subject or event.subject, None)
        assert (row is None) == (event.type == "model.created"), event
        assert row is None or row.items() >= event.before.items(), (row, event)
        if event.type != "model.deleted":
            assert event.subject not in rows, event
            rows[event.subject] = {**(row or {}), **event.after}
    return rows


def _events(using: str, seq: int) -> list[Told]:
    """Return what the relay makes of the outbox."""
    models = [[*row[:3], msgspec.json.decode(row[3]), *row[4:]] for row in _query(using, _MODELS)]
    known = {row[0]: model_of(*row) for row in models}
    rows = [
        OutboxRow(*row[:11], *(each and each.encode() for each in row[11:13]), *row[13:])
        for row in _query(using, _OUTBOX, seq)
    ]
    relay = Transformer(Source(name="shop"), Registry("shop", lambda: known), _LARGEST_BYTES)
    batch = relay.batch(rows)
    assert batch.set_aside == []
    events = [decode(record.value) for record in batch.records]
    assert len({event.id for event in events}) == len(events)
    return list(map(_told, events))


def _told(event: Event) -> Told:
    payload = event.payload()
    assert isinstance(payload, ModelCreated | ModelUpdated | ModelDeleted | TableTruncated)
    return Told(
        event.type,
        str(event.subject),
        _texts(getattr(payload, "before", {})),
        _texts(getattr(payload, "after", {})),
        tuple(sorted(getattr(payload, "masked", ()))),
        getattr(payload, "previous_subject", "") or "",
    )


def _change(label: str, old: Image | None, new: Image | None) -> Told | None:
    """Return what has to be told of a row; None when it is as it was."""
    if old is None and new is None:
        return Told("table.truncated", label, {}, {})
    if old is None or new is None:
        image = old or new or {}
        masked = [name for name in _masked(label) if _fields(label, image)[name] != NULL]
        fields = _open(label, image)
        told = Told("model.created", _subject(label, image), {}, fields, tuple(masked))
        return told if old is None else told._replace(type="model.deleted", before=fields, after={})
    before, after = _fields(label, old), _fields(label, new)
    changed = {name for name in before if before[name] != after[name]}
    if not changed:
        return None
    subject, previous = _subject(label, new), _subject(label, old)
    return Told(
        "model.updated",
        subject,
        {name: value for name, value in _open(label, old).items() if name in changed},
        {name: value for name, value in _open(label, new).items() if name in changed},
        tuple(name for name in _masked(label) if name in changed),
        previous if previous != subject else "",
    )


def _subject(label: str, image: Image) -> str:
    meta = apps.get_model(label)._meta
    parts = [image[field.column] for field in getattr(meta, "pk_fields", [meta.pk])]
    key = [text if text[0] != '"' else json.loads(text) for text in map(_text, parts)]
    return f"{label}/{key[0] if len(key) == 1 else ','.join(quote(part, '') for part in key)}"


def _open(label: str, image: Image) -> Fields:
    masked = _masked(label)
    return {name: text for name, text in _fields(label, image).items() if name not in masked}


def _fields(label: str, image: Image) -> Fields:
    """Return the values of the fields that triggers can see and the model does not exclude.

    The flag of void rows is no field of an event: what it says is the event's type.
    """
    model = apps.get_model(label)
    options = options_of(model)
    return {
        field.name: _text(image[field.column])
        for field in model._meta.local_concrete_fields
        if not (field.generated and not field.db_persist) and field.name != VOID
        if options is None or field.name not in options.exclude
    }


def _masked(label: str) -> list[str]:
    options = options_of(apps.get_model(label))
    return sorted(options.masked) if options else []


def _moves_joined(changes: Iterable[Change]) -> list[Change]:
    found: list[Change] = []
    for label, old, new in changes:
        left: Change = found[-1] if found else ("", None, None)
        gone, arrived = left[1] if left[2] is None else None, new if old is None else None
        if label == left[0] == "shop.Reading" and gone and arrived and gone["id"] == arrived["id"]:
            found[-1] = (label, gone, arrived)
        else:
            found.append((label, old, new))
    return found


def _image(text: str | None) -> Image | None:
    return None if text is None else msgspec.json.decode(text, type=dict[str, msgspec.Raw])


def _state(using: str) -> State:
    """Return the rows of all captured tables."""
    rows = _query(using, "SELECT relation, image::text FROM oracle_rows()")
    images = [(label, _image(text)) for label, text in rows]
    return {_subject(label, image): _open(label, image) for label, image in images}


def _texts(fields: Mapping[str, msgspec.Raw]) -> Fields:
    return {name: _text(value) for name, value in fields.items()}


def _text(value: msgspec.Raw) -> str:
    return bytes(value).decode()


def _last(using: str, table: str, column: str) -> int:
    return int(_query(using, f"SELECT coalesce(max({column}), 0) FROM {table}")[0][0])


def _query(using: str, statement: str, *params: object) -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(statement, params or None)
        return list(cursor.fetchall())

"""Reading the history and the application's rows, for the judging."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec
import psycopg
from psycopg import sql

from .chains import Row
from .ledger import Intent, Outcome
from .observed import CREATED, Key, Observed
from .statements import statement

_BATCH = 2000


class _Data(msgspec.Struct, frozen=True):
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    masked: tuple[str, ...] = ()
    previous_subject: str = ""


class _Context(msgspec.Struct, frozen=True):
    reason: str = ""


class _Value(msgspec.Struct, frozen=True):
    data: _Data
    context: _Context = _Context()


_value = msgspec.json.Decoder(_Value, float_hook=Decimal)
_row = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


def events(history_url: str) -> Iterator[Observed]:
    """Every event of the history, in the order of writes; the relay's own lines are left out."""
    with (
        psycopg.connect(history_url) as connection,
        connection.cursor(name="events") as cursor,
    ):
        cursor.itersize = _BATCH
        cursor.execute(statement("events"))
        for row in cursor:
            yield _observed(row)


def _observed(row: tuple[Any, ...]) -> Observed:
    (id_, kind, source, sequence, position, model, object_id, trace, username, action, path,
     origin, occurred_at, topic, partition, offset, text) = row  # fmt: skip
    value = _value.decode(text)
    previous = value.data.previous_subject.partition("/")
    return Observed(
        id=str(id_),
        type=kind,
        order=(source, sequence, position),
        place=(topic, partition, offset),
        model=model or "",
        object_id=object_id or "",
        trace=trace or "",
        actor=username or "",
        action=action or "",
        reason=value.context.reason,
        path=path or "",
        origin=origin or "",
        before=value.data.before,
        after=value.data.after,
        masked=value.data.masked,
        previous=(previous[0], previous[2]) if previous[0] else None,
        occurred_at=occurred_at,
    )


class Application:
    """The application's database, as the last instance on what really happened."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        connection.execute(statement("session"))
        self._connection = connection
        self._tracked = {
            label: (table, key, columns)
            for label, table, key, columns in connection.execute(statement("tracked")).fetchall()
        }

    def rows(self) -> Mapping[Key, Row]:
        """All rows of all tracked tables by field name, without what the history must not know."""
        found: dict[Key, Row] = {}
        for label, (table, key, columns) in self._tracked.items():
            query = statement("rows").format(table=sql.Identifier(table))
            for (text,) in self._connection.execute(query):
                row = _row.decode(text)
                fields = {
                    columns[column]["field"]: value
                    for column, value in row.items()
                    if column in columns and columns[column]["class"] != "secret"
                }
                found[label, ",".join(str(row[column]) for column in key)] = fields
        return found

    def decide(self, intent: Intent) -> Outcome:
        """Whether an intent of unknown outcome happened, by a row that only it can have made."""
        for expected in intent.expects:
            if expected.type == CREATED and expected.values:
                made = self._has(expected.model, expected.values)
                return Outcome.COMMITTED if made else Outcome.ROLLED_BACK
        return Outcome.UNKNOWN if intent.expects else Outcome.COMMITTED

    def _has(self, label: str, values: Mapping[str, Any]) -> bool:
        table, _, columns = self._tracked[label]
        names = {known["field"]: column for column, known in columns.items()}
        condition = sql.SQL(" AND ").join(
            sql.SQL("{} = {}").format(sql.Identifier(names[field]), sql.Literal(value))
            for field, value in values.items()
        )
        query = statement("exists_row").format(table=sql.Identifier(table), condition=condition)
        (found,) = self._connection.execute(query).fetchone() or (False,)
        return bool(found)

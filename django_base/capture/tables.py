"""The tables of captured models as the database has them, and the triggers they should have."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper

from ..databases import quoted
from ..statements import statement
from .registry import CapturedModel

# Bits of pg_trigger.tgtype; a statement trigger that fires after has no others.
_TYPES: Final = {"insert": 4, "delete": 8, "update": 16, "truncate": 32}
_EACH_ROW: Final = 1
_REASON: Final = "backstory_reason_"
_OLD: Final = ("update", "delete")
_NEW: Final = ("insert", "update")


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """A trigger of ours, as it should be or as it was found.

    Attributes:
        type: what pg_trigger.tgtype says.
        when: its condition; not compared (a database would have to lock the table to tell it), so
            that it is the last argument, too.
        conditional: whether it has one.
        plain: whether it fires whatever columns are named.
    """

    name: str
    function: str
    arguments: tuple[str, ...]
    type: int
    old: str | None = None
    new: str | None = None
    enabled: str = "A"
    plain: bool = True
    when: str | None = field(default=None, compare=False)
    conditional: bool = False

    @property
    def purpose(self) -> str:
        """What it is for: ``reason``, ``guard`` or ``live`` where it refuses, else nothing."""
        return self.name.removeprefix("backstory_").rpartition("_")[0]

    @property
    def is_for_each_row(self) -> bool:
        """Whether it fires for rows: the database then puts it on partitions itself."""
        return bool(self.type & _EACH_ROW)

    @property
    def shape(self) -> dict[str, object]:
        """What makes it this trigger, as ``backstory_model`` and the doctor have it."""
        arguments = b"".join(each.encode() + b"\0" for each in self.arguments)
        return {
            "function": self.function,
            "arguments": arguments.hex(),
            "type": self.type,
            "old": self.old,
            "new": self.new,
        } | ({"when": True} if self.conditional else {})

    def create(self, table: str) -> str:
        """Return the statement that puts it on a table, in place of one of its name."""
        operation = next(name for name, bit in _TYPES.items() if bit & self.type)
        images = [f"OLD TABLE AS {self.old}"] if self.old else []
        images += [f"NEW TABLE AS {self.new}"] if self.new else []
        referencing = f" REFERENCING {' '.join(images)}" if images else ""
        arguments = ", ".join("'" + each.replace("'", "''") + "'" for each in self.arguments)
        each = "ROW" if self.is_for_each_row else "STATEMENT"
        when = f" WHEN ({self.when})" if self.when else ""
        return (
            f"CREATE OR REPLACE TRIGGER {self.name} AFTER {operation.upper()} ON {table}"
            f"{referencing} FOR EACH {each}{when} EXECUTE FUNCTION {self.function}({arguments})"
        )

    def enable(self, table: str) -> str:
        """Return the statement that makes it fire for replayed and restored rows, too."""
        return f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {self.name}"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table, or a partition of one.

    Attributes:
        name: the name of the (root) table as it was asked for.
        path: schema and name, quoted.
        kind: what pg_class.relkind says.
        hardened: whether its types need the functions that set what output depends on.
        has_json: whether a column is of a JSON type, whose null is not that of SQL.
        has_children: whether tables inherit from it, whose rows we would take for its own.
        deferrable_key: whether its primary key is checked late.
        subscribed: whether logical replication writes to it, which fires no statement triggers.
        parent: a table that is not captured and through which its rows can be written; or None.
        partition: whether it is a partition of another one that was asked for.
    """

    name: str
    path: str
    kind: str
    hardened: bool
    has_json: bool
    has_children: bool
    deferrable_key: bool
    subscribed: bool
    parent: str | None
    partition: bool
    columns: tuple[str, ...]
    triggers: frozenset[Trigger]

    @property
    def has_triggers(self) -> bool:
        """Whether it is a table of its own, and not a view or a foreign table."""
        return self.kind in ("r", "p")


def survey(connection: BaseDatabaseWrapper, names: Sequence[str]) -> list[Table]:
    """Return the tables with these (unquoted) names and their partitions; one query, no locks."""
    wanted = {connection.ops.quote_name(name): name for name in names}
    with connection.cursor() as cursor:
        cursor.execute(statement("survey_tables"), [list(wanted)])
        return [_table(wanted, row) for row in cursor.fetchall()]


def wanted_triggers(schema: str, captured: CapturedModel, table: Table) -> frozenset[Trigger]:
    """Return the triggers a table of a captured model should have."""
    label, excluded = captured.label, captured.excluded_columns
    left_out = (array_of(excluded),) if excluded or table.has_json else ()
    with_json = ("json",) if table.has_json else ()
    found = demanding_triggers(schema, captured)
    for operation, bit in _TYPES.items():
        suffix = "_hardened" if table.hardened and operation != "truncate" else ""
        found.add(
            Trigger(
                name=f"backstory_{operation}",
                function=f"{quoted(schema)}.backstory_{operation}{suffix}",
                arguments=(label, *left_out, *with_json) if operation != "truncate" else (label,),
                type=bit,
                old="backstory_old" if operation in _OLD else None,
                new="backstory_new" if operation in _NEW else None,
            )
        )
    return frozenset(found)


def demanding_triggers(schema: str, captured: CapturedModel) -> set[Trigger]:
    """Return the triggers that refuse a write without a reason, where the model demands one."""
    columns = captured.demand
    if columns is None:
        return set()
    compared = (array_of(columns), array_of(captured.key)) if columns else ()
    return {
        Trigger(
            name=_REASON + operation,
            function=f"{quoted(schema)}.backstory_demand_reason",
            arguments=(captured.label, *compared),
            type=bit,
            old="backstory_old" if operation in _OLD else None,
            new="backstory_new" if operation in _NEW else None,
        )
        for operation, bit in _TYPES.items()
        if operation == "update" or not columns
    }


def array_of(texts: Sequence[str]) -> str:
    """Return an array of texts as PostgreSQL reads it."""
    quoted_texts = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted_texts) + "}"


def _table(wanted: dict[str, str], row: tuple[Any, ...]) -> Table:
    name, _, path, kind, hardened, has_json, children, *rest = row
    deferrable, subscribed, parent, partition, columns, triggers = rest
    return Table(
        name=wanted[name],
        path=path,
        kind=kind,
        hardened=hardened,
        has_json=has_json,
        has_children=children,
        deferrable_key=deferrable,
        subscribed=subscribed,
        parent=parent,
        partition=partition,
        columns=tuple(columns),
        triggers=frozenset(map(_trigger, triggers)),
    )


def _trigger(text: str) -> Trigger:
    found = json.loads(text)
    arguments = bytes.fromhex(found["arguments"]).split(b"\0")[:-1]
    return Trigger(
        name=found["name"],
        function=found["function"],
        arguments=tuple(each.decode() for each in arguments),
        type=found["type"],
        old=found["old"],
        new=found["new"],
        enabled=found["enabled"],
        plain=found["plain"],
        conditional=found["conditional"],
    )

"""Random sequences of writes: what a write is, how they nest, how they are run."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import psycopg
from bazaar.models import Crate, Curio, Guild, NoodleStall, Rate, Stall, Tag, Ware
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F, Value
from hypothesis import strategies as st
from shop.models import Holding, Reading

KEYS = 4  # few, so that writes meet the rows of other writes
REGIONS = ("north", "south")
MANY = 501  # does not fit a chunk of the outbox


class RolledBack(Exception):  # noqa: N818
    """The end of a block whose writes are to be taken back."""


@dataclass(frozen=True)
class Write:
    """One call; what it does with the numbers is its own affair."""

    name: str
    a: int
    b: int

    def run(self) -> None:
        """Write; what the database refuses is taken back and forgotten."""
        with suppress(DatabaseError, psycopg.Error), transaction.atomic():
            WRITES[self.name](self.a, self.b)


@dataclass(frozen=True)
class Block:
    """Writes that stand or fall together: a transaction, or a savepoint inside one."""

    steps: "Sequence[Write | Block]"
    fails: bool

    def run(self) -> None:
        """Write what is inside; the database may also refuse the commit."""
        with suppress(RolledBack, DatabaseError), transaction.atomic():
            for step in self.steps:
                step.run()
            if self.fails:
                raise RolledBack


def sql(statement: str) -> Callable[[int, int], None]:
    def write(a: int, b: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"a": a, "b": b})

    return write


def save(a: int, b: int) -> None:
    Stall(pk=a, name=f"stall {b}", price=b).save()


def save_child(a: int, b: int) -> None:
    NoodleStall(pk=a, name=f"noodle {b}", cuisine=f"{b}", spicy=b % 2 == 0).save()


def bulk_create(a: int, b: int) -> None:
    Guild.objects.bulk_create(Guild(name=f"guild {n}") for n in range(a, b + 1))


def ignore_conflicts(a: int, b: int) -> None:
    Guild.objects.bulk_create([Guild(name=f"guild {n}") for n in (a, b)], ignore_conflicts=True)


def update_conflicts(a: int, b: int) -> None:
    Rate.objects.bulk_create(
        [Rate(percent=n, name=f"{b}") for n in range(a + 1)],
        update_conflicts=True,
        unique_fields=["percent"],
        update_fields=["name"],
    )


def bulk_update(a: int, b: int) -> None:
    stalls = list(Stall.objects.filter(pk__gte=a))
    for stall in stalls:
        stall.price += b
    Stall.objects.bulk_update(stalls, ["price", "name"])


def document(a: int, b: int) -> None:
    values = [None, Value(None, models.JSONField()), {}, {"a": None}, "null"]
    Curio.objects.update_or_create(pk=a, defaults={"document": values[b]})


def copy(a: int, b: int) -> None:
    with connection.cursor() as cursor, cursor.copy("COPY bazaar_tag FROM STDIN") as rows:
        for number in range(a, b + 2):
            rows.write_row([f"copy {number}"])


WRITES: dict[str, Callable[[int, int], object]] = {
    "save": save,
    "save a child": save_child,
    "bulk_create": bulk_create,
    "ignore conflicts": ignore_conflicts,
    "update conflicts": update_conflicts,
    "bulk_update": bulk_update,
    "document": document,
    "copy": copy,
    "get_or_create": lambda a, b: Tag.objects.get_or_create(code=a),
    "update": lambda a, b: Stall.objects.filter(pk__lte=a).update(amount=F("amount") + b),
    "update all": lambda a, b: Stall.objects.update(amount=a),
    "delete": lambda a, b: Stall.objects.filter(pk=a).delete(),
    "delete some": lambda a, b: Tag.objects.filter(code__gte=a).delete(),
    "change a key": lambda a, b: Tag.objects.filter(code=a).update(code=b),
    "change many keys": sql("UPDATE bazaar_rate SET percent = percent + %(a)s - %(b)s"),
    "create many": sql(f"INSERT INTO bazaar_tag SELECT 'x' || generate_series(1, {MANY})"),
    "update many": sql("UPDATE bazaar_tag SET code = code || '-%(a)s' WHERE code LIKE 'x%%'"),
    "relate": lambda a, b: Stall(pk=a).tags.add(str(b)),
    "set": lambda a, b: Stall(pk=a).tags.set([str(n) for n in range(b)]),
    "clear": lambda a, b: Tag(code=a).stall_set.clear(),
    "part of a key": lambda a, b: Ware.objects.update_or_create(stall_id=a, code=b),
    "move a part": lambda a, b: Ware.objects.filter(stall_id=a).update(stall_id=b),
    "hold": lambda a, b: Holding.objects.create(fund=a, day=date(2026, 1, b + 1)),
    "pack": lambda a, b: Crate.objects.create(stall_id=a, spare_id=b, owner=a),
    "pack into": lambda a, b: Crate.objects.filter(stall_id=a).update(spare_id=b),
    "unpack": sql("DELETE FROM bazaar_crate WHERE stall_id = %(a)s"),
    "delete by SQL": sql("DELETE FROM bazaar_stall WHERE id >= %(a)s"),
    "measure": lambda a, b: Reading.objects.get_or_create(
        id=a, defaults={"region": REGIONS[b % 2]}
    ),
    "move": lambda a, b: Reading.objects.filter(id=a).update(region=REGIONS[b % 2]),
    "replace": sql(
        "WITH gone AS (DELETE FROM bazaar_tag WHERE code = '%(a)s' RETURNING code)"
        " INSERT INTO bazaar_tag SELECT code || '!' FROM gone"
    ),
    "merge": sql(
        "MERGE INTO bazaar_rate USING generate_series(%(a)s, 3) n ON percent = n"
        " WHEN MATCHED AND n = %(b)s THEN DELETE WHEN MATCHED THEN UPDATE SET name = name || '!'"
        " WHEN NOT MATCHED THEN INSERT (percent, name) VALUES (n, '')"
    ),
    "empty": sql("TRUNCATE bazaar_crate"),
}

numbers = st.integers(0, KEYS)
writes = st.builds(Write, st.sampled_from(sorted(WRITES)), numbers, numbers)
steps = st.recursive(
    writes,
    lambda inner: st.builds(Block, st.lists(inner, min_size=1, max_size=5), st.booleans()),
    max_leaves=25,
)
sequences = st.lists(steps, min_size=1, max_size=6)

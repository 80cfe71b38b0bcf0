"""Whatever is written in whatever order, kept or taken back: the events are what happened.

An ordinary run tries a few, the same each time; ``BACKSTORY_TEST_EXAMPLES=2000`` that many, and new
ones each time.
"""

import os
from itertools import product

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings

from .sequences import KEYS, WRITES, Block, Write, sequences
from .witness import exactly

EXAMPLES = int(os.environ.get("BACKSTORY_TEST_EXAMPLES", "0"))

RELATIONS = """
    ALTER TABLE bazaar_crate
        ADD CONSTRAINT of_stall FOREIGN KEY (stall_id) REFERENCES bazaar_stall ON DELETE CASCADE,
        ADD CONSTRAINT of_spare FOREIGN KEY (spare_id) REFERENCES bazaar_stall ON DELETE SET NULL,
        ADD CONSTRAINT of_owner FOREIGN KEY (owner) REFERENCES bazaar_tag
            ON UPDATE CASCADE ON DELETE CASCADE
"""
EMPTY = (
    "TRUNCATE bazaar_stall, bazaar_guild, bazaar_tag, bazaar_rate, bazaar_crate, bazaar_curio,"
    " shop_reading, shop_holding RESTART IDENTITY CASCADE"
)

NULLS = [Write("document", 0, null) for null in (0, 1, 0)]
EMPTIED_AND_DELETED = [
    *(Write(name, n, 1 - n) for name in ("save", "get_or_create", "pack") for n in (0, 1)),
    Write("delete by SQL", 0, 0),
]


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def relations(transactional_db):
    """The database itself deletes, empties and renames crates."""
    execute(RELATIONS)
    yield
    for name in ("of_stall", "of_spare", "of_owner"):
        execute(f"ALTER TABLE bazaar_crate DROP CONSTRAINT {name}")


@settings(
    max_examples=EXAMPLES or 20,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(written=sequences)
@example(written=NULLS)
@example(written=[Block(EMPTIED_AND_DELETED, fails=False)])
@pytest.mark.django_db(transaction=True)
def test_events_are_what_happened_whatever_was_written(relations, written):
    """Several models, one row and many, nested blocks, rollbacks, refused writes and commits."""
    execute(EMPTY)
    with exactly():
        for step in written:
            step.run()


@pytest.mark.django_db(transaction=True)
def test_each_kind_of_write_writes(relations):
    """One that the database always refused would prove nothing."""
    first = {
        "clear": ["relate"],
        "move": ["measure"],
        "move a part": ["part of a key"],
        "update many": ["create many"],
    }
    idle = []
    for kind in WRITES:
        execute(EMPTY)
        for name in ("save", "get_or_create", *first.get(kind, ["update conflicts", "pack"])):
            for number in range(KEYS) if name != kind else ():
                Write(name, number, number).run()
        with exactly() as told:
            for a, b in product(range(KEYS), (0, 1, KEYS)):
                Write(kind, a, b).run()
        idle += [] if told else [kind]
    assert idle == ([] if connection.pg_version >= 150_000 else ["merge"])  # which 14 has not

"""What Django only passes on: raw SQL, scripts, COPY, MERGE."""

from collections import Counter

import pytest
from bazaar.models import Guild, Stall
from django.db import connection
from shop.models import Reading

from .witness import exactly

pytestmark = pytest.mark.django_db


@pytest.fixture
def weavers():
    return Guild.objects.create(name="Weavers")


def execute(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)


def summary(told):
    return [
        (event.type.removeprefix("model."), (event.after or event.before)["name"]) for event in told
    ]


def test_a_statement_of_the_applications_own_is_told(weavers):
    """With parameters and without, with per cent signs in either."""
    with exactly() as told:
        execute("UPDATE bazaar_guild SET name = name || '%'")
        execute("UPDATE bazaar_guild SET name = name || %s || '%%'", "'")
        execute("SELECT bazaar FROM (SELECT 1) s (bazaar)")

    assert summary(told) == [("updated", '"Weavers%"'), ("updated", '"Weavers%\'%"')]


def test_a_statement_sent_many_times_is_told_each_time():
    """psycopg sends them in a pipeline."""
    with exactly() as told, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO bazaar_guild (name) VALUES (%s)", [["a"], ["b%"], ["c"]])

    assert summary(told) == [("created", '"a"'), ("created", '"b%"'), ("created", '"c"')]


def test_raw_queries_that_write_are_told(weavers):
    """``raw`` takes whatever returns rows."""
    with exactly() as told:
        list(Guild.objects.raw("UPDATE bazaar_guild SET name = upper(name) RETURNING *"))

    assert summary(told) == [("updated", '"WEAVERS"')]


def test_writes_inside_one_statement_are_told(weavers):
    """A row that a WITH deletes while the statement inserts another."""
    with exactly() as told:
        execute(
            "WITH gone AS (DELETE FROM bazaar_guild RETURNING name)"
            " INSERT INTO bazaar_guild (name) SELECT name || '2' FROM gone"
        )

    assert sorted(summary(told)) == [("created", '"Weavers2"'), ("deleted", '"Weavers"')]


def test_scripts_blocks_and_functions_are_told(weavers):
    """Whatever language and whoever calls."""
    execute(
        "CREATE FUNCTION pg_temp.rename(text) RETURNS void LANGUAGE sql AS"
        " $$ UPDATE public.bazaar_guild SET name = $1 $$"
    )
    with exactly() as told:
        execute("UPDATE bazaar_guild SET name = 'a'; UPDATE bazaar_guild SET name = 'b'")
        execute("DO $$ BEGIN UPDATE bazaar_guild SET name = upper(name); END $$")
        execute("SELECT pg_temp.rename('c')")
        execute("PREPARE renaming AS UPDATE bazaar_guild SET name = $1")
        execute("EXECUTE renaming('d')")

    assert [name for _, name in summary(told)] == ['"a"', '"b"', '"B"', '"c"', '"d"']


def test_copied_rows_are_told():
    """COPY is how files come in."""
    copying = "COPY bazaar_guild (name) FROM STDIN"
    with exactly() as told, connection.cursor() as cursor, cursor.copy(copying) as copy:
        for number in range(1201):
            copy.write_row([f"guild {number}"])

    assert len(told) == 1201


@pytest.fixture
def merge(db):
    """MERGE is new in PostgreSQL 15."""
    if connection.pg_version < 150_000:
        pytest.skip("PostgreSQL 14 has no MERGE")
    return execute


@pytest.mark.parametrize("times", [1, 400])
def test_each_part_of_a_merge_is_told(merge, times):
    """One statement creates, updates and deletes."""
    Guild.objects.bulk_create(
        Guild(name=f"{kind} {n}") for n in range(times) for kind in ("gone", "kept", "same")
    )
    with exactly() as told:
        merge(
            "MERGE INTO bazaar_guild g USING ("
            "   SELECT kind || ' ' || n AS name, kind FROM generate_series(0, %s) n,"
            "   unnest(ARRAY['gone', 'kept', 'new']) kind) v ON g.name = v.name"
            " WHEN MATCHED AND v.kind = 'gone' THEN DELETE"
            " WHEN MATCHED THEN UPDATE SET name = g.name || '!'"
            " WHEN NOT MATCHED AND v.kind = 'new' THEN INSERT (name) VALUES (v.name)",
            times - 1,
        )

    kinds = Counter(kind for kind, _ in summary(told))
    assert kinds == dict.fromkeys(("created", "updated", "deleted"), times)


def test_merge_across_partitions_is_told(merge):
    """To a MERGE, other than to an UPDATE, a row that moves is deleted here and inserted there."""
    Reading.objects.bulk_create(Reading(id=n, region="north", value=n) for n in range(20))
    with exactly(moves_are_updates=False) as told:
        merge(
            "MERGE INTO shop_reading r USING generate_series(0, 29) n ON r.id = n"
            " WHEN MATCHED AND n < 5 THEN DELETE"
            " WHEN MATCHED AND n < 10 THEN UPDATE SET region = 'south'"
            " WHEN MATCHED THEN UPDATE SET value = n + 1"
            " WHEN NOT MATCHED THEN INSERT (id, region, value) VALUES (n, 'south', 0)"
        )

    kinds = Counter(event.type.removeprefix("model.") for event in told)
    assert kinds == {"deleted": 5 + 5, "updated": 10, "created": 5 + 10}


def test_writes_to_a_partition_itself_are_told():
    """Past the table that the model knows."""
    with exactly() as told:
        execute("INSERT INTO shop_reading_south (id, region, value) VALUES (1, 'south', 1)")
        execute("UPDATE shop_reading_south SET value = 5")
        execute("DELETE FROM shop_reading_south")

    assert {event.subject for event in told} == {"shop.Reading/1"}


def test_writes_through_a_view_are_told(weavers):
    """A view has no rows; the table behind it does."""
    execute("CREATE VIEW guilds AS SELECT id, name AS title FROM bazaar_guild")
    with exactly() as told:
        execute("UPDATE guilds SET title = 'Dyers'")

    assert summary(told) == [("updated", '"Dyers"')]


def test_triggers_that_write_again_are_told_in_order(weavers):
    """A BEFORE trigger changes the row, an AFTER trigger changes it once more."""
    execute(
        "CREATE FUNCTION pg_temp.tidy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " NEW.name = trim(NEW.name); RETURN NEW; END $$"
    )
    execute(
        "CREATE FUNCTION pg_temp.mark() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.name NOT LIKE '%!' THEN"
        "   UPDATE bazaar_guild SET name = name || '!' WHERE id = NEW.id;"
        " END IF; RETURN NULL; END $$"
    )
    moment = "ON bazaar_guild FOR EACH ROW EXECUTE FUNCTION pg_temp"
    execute(f"CREATE TRIGGER tidy BEFORE INSERT OR UPDATE {moment}.tidy()")
    execute(f"CREATE TRIGGER mark AFTER INSERT OR UPDATE {moment}.mark()")
    with exactly() as told:
        Guild.objects.update(name="  Dyers ")
        Guild.objects.bulk_create([Guild(name=" a"), Guild(name="b ")])

    assert [event.after["name"] for event in told if event.subject.endswith(f"/{weavers.pk}")] == [
        *('"Dyers"', '"Dyers!"'),
    ]


def test_generated_values_follow_what_they_are_made_of():
    """The trigger sees them computed."""
    Stall.objects.create(name="Tea", price=2, amount=3)
    with exactly() as told:
        execute("UPDATE bazaar_stall SET amount = 4")

    assert told[0].after == {"amount": "4", "worth": "8.00"}

"""What a PostgreSQL backend holds that has written to 200 tables, with capture and without."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from rich.table import Table

from benchmarks.bench import Bench
from benchmarks.findings import Finding, Result, a_table, number
from benchmarks.measure import anonymous_bytes

from .recorders import BACKSTORY, PLAIN, Recorder

TABLES = 200
TIMES = 8  # PostgreSQL keeps a plan for good after five executions

_COPY_TRIGGERS = """
DO $$ DECLARE definition text; name text; BEGIN
    FOR definition, name IN SELECT pg_get_triggerdef(oid), tgname FROM pg_trigger
        WHERE tgrelid = '{table}'::regclass AND NOT tgisinternal LOOP
        EXECUTE replace(definition, ' ON public.{table} ', ' ON {copy} ');
        EXECUTE format('ALTER TABLE {copy} ENABLE ALWAYS TRIGGER %I', name);
    END LOOP;
END $$"""
_USED = "SELECT sum(used_bytes), sum(total_bytes) FROM pg_backend_memory_contexts"


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a backend holds, in MB: in its memory contexts in use and in all, and as a process."""

    used: float
    allocated: float
    resident: float


def run(bench: Bench) -> Result:
    """Insert, update and delete a row of every table, again and again, in one new session."""
    held = {}
    with bench.application("memory") as url:
        for recorder in (PLAIN, BACKSTORY):
            bench.report(f"making {TABLES} tables of {recorder.name}")
            copies = _copies(url, recorder)
            bench.report(f"writing to {TABLES} tables of {recorder.name}")
            held[recorder.name] = _held_after_writing(url, copies)
    plain, ours = held[PLAIN.name], held[BACKSTORY.name]
    return Result(
        name="memory",
        findings=[
            Finding(name="capture adds to a backend", value=ours.used - plain.used, unit="MB"),
            Finding(
                name="of it for each table",
                value=(ours.used - plain.used) * 1024 / TABLES,
                unit="kB",
            ),
        ],
        tables=[_table(held)],
        remarks=["one session: insert, update and delete of a row, eight times on each table"],
    )


def _copies(url: str, recorder: Recorder) -> Sequence[str]:
    """Make tables like the recorder's certificates, triggers included, and return their names."""
    table = recorder.models.Certificate._meta.db_table
    copies = [f"{table}_{number}" for number in range(TABLES)]
    with psycopg.connect(url) as connection:
        for copy in copies:
            connection.execute(f"CREATE TABLE {copy} (LIKE {table} INCLUDING ALL)")
            connection.execute(_COPY_TRIGGERS.format(table=table, copy=copy))
    return copies


def _held_after_writing(url: str, tables: Sequence[str]) -> Held:
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(TIMES):
            for table in tables:
                connection.execute(
                    f"INSERT INTO {table} VALUES (1, 1, 'CS-1', 'Wilhelmina', 'A', 1, 1, 'EUR',"
                    " 'issued', now(), '', true, now(), now())"
                )
                connection.execute(f"UPDATE {table} SET shares = shares + 1")
                connection.execute(f"DELETE FROM {table}")
        used, allocated = connection.execute(_USED).fetchone() or (0, 0)
        resident = anonymous_bytes(connection.info.backend_pid)
    return Held(
        used=float(used) / 2**20, allocated=float(allocated) / 2**20, resident=resident / 2**20
    )


def _table(held: dict[str, Held]) -> Table:
    table = a_table(
        f"memory: MB of a backend that has written to {TABLES} tables",
        "",
        "in use",
        "allocated",
        "resident",
    )
    for name, each in held.items():
        table.add_row(name, number(each.used), number(each.allocated), number(each.resident))
    return table

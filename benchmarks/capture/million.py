"""``UPDATE`` of a million rows, with capture and without: how long, and whether memory stays."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median
from types import ModuleType
from typing import Any

from django.db import connection
from django.db.models import F

from benchmarks.bench import Bench
from benchmarks.findings import Finding, Result, a_table, number
from benchmarks.measure import Cost, Stopwatch, anonymous_bytes, without_garbage_collection
from benchmarks.project import django_on

from .operations import Size, seed
from .recorders import BACKSTORY, PLAIN, Recorder, a_user, only_its_wrappers
from .run import backend_pid

ROWS = 1_000_000
ROUNDS = 3
PAUSE_S = 0.05
TIMES_LIMIT, DJANGO_LIMIT_MB, BACKEND_LIMIT_MB = 3.0, 8.0, 64.0


def run(bench: Bench) -> Result:
    """Update every row in one statement, in turn with and without capture."""
    samples: dict[str, list[Cost]] = {PLAIN.name: [], BACKSTORY.name: []}
    growths: list[dict[str, float]] = []
    with bench.application("million") as url, django_on(url):
        user, watch = a_user(), Stopwatch(backend_pid())
        for recorder in (PLAIN, BACKSTORY):
            bench.report(f"filling the table of {recorder.name}")
            _fill(recorder.models)
        for round_number in range(1, (bench.rounds or ROUNDS) + 1):
            for recorder in (PLAIN, BACKSTORY):
                bench.report(f"round {round_number}: {recorder.name}")
                _settle()
                rows = recorder.models.Certificate.objects.all()
                update = partial(rows.update, price=F("price") + 1)
                with _growth() as growth, without_garbage_collection():
                    samples[recorder.name].append(_cost(recorder, user, watch, update))
                if recorder is BACKSTORY:
                    growths.append(growth)
        recorded = BACKSTORY.recorded()
    return _result(samples, growths, recorded)


def _cost(recorder: Recorder, user: Any, watch: Stopwatch, update: Any) -> Cost:
    with only_its_wrappers(recorder):
        cost: Cost = recorder.in_a_request(user, partial(watch.cost_of, update))
    return cost


def _fill(models: ModuleType) -> None:
    """Save one certificate and copy it until there are a million."""
    seed(models, Size(rows=1), "Million")
    meta = models.Certificate._meta
    names = ", ".join(field.column for field in meta.concrete_fields if not field.primary_key)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {meta.db_table} ({names}) "
            f"SELECT {names} FROM {meta.db_table}, generate_series(2, {ROWS})"
        )


def _settle() -> None:
    """Leave nothing to vacuum and to flush to the one that comes next."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE backstory_outbox")
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")


@contextmanager
def _growth() -> Iterator[dict[str, float]]:
    """Yield what will hold by how many MB Django and its backend grew at most meanwhile."""
    pids = {"django": os.getpid(), "backend": backend_pid()}
    before = {name: anonymous_bytes(pid) for name, pid in pids.items()}
    growth = dict.fromkeys(pids, 0.0)
    over = threading.Event()

    def watch() -> None:
        while not over.wait(PAUSE_S):
            for name, pid in pids.items():
                grown = (anonymous_bytes(pid) - before[name]) / 2**20
                growth[name] = max(growth[name], grown)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield growth
    finally:
        over.set()
        watcher.join()


def _result(
    samples: dict[str, list[Cost]], growths: list[dict[str, float]], recorded: int
) -> Result:
    table = a_table(f"million: seconds of one UPDATE of {ROWS:,} rows", "round", *samples, "times")
    pairs = list(zip(samples[PLAIN.name], samples[BACKSTORY.name], strict=True))
    times = [ours.wall_us / plain.wall_us for plain, ours in pairs]
    for round_number, (plain, ours) in enumerate(pairs, start=1):
        seconds = [number(each.wall_us / 1e6) for each in (plain, ours)]
        table.add_row(str(round_number), *seconds, number(times[round_number - 1]))
    processor = median(ours.processor_us / plain.processor_us for plain, ours in pairs)
    findings = [
        _finding("time with capture / without", median(times), TIMES_LIMIT),
        Finding(name="processor time with capture / without", value=processor),
        _finding("Django grew by at most", _most(growths, "django"), DJANGO_LIMIT_MB, "MB"),
        _finding("its backend grew by at most", _most(growths, "backend"), BACKEND_LIMIT_MB, "MB"),
        Finding(name="rows recorded / written", value=recorded / ROWS, bound="at least", limit=1.0),
    ]
    return Result(name="million", findings=findings, tables=[table])


def _finding(name: str, value: float, limit: float, unit: str = "") -> Finding:
    return Finding(name=name, value=value, bound="at most", limit=limit, unit=unit)


def _most(growths: list[dict[str, float]], name: str) -> float:
    return max(growth[name] for growth in growths)

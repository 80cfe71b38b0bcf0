"""Interleaved rounds over all recorders and operations, and what comes out of them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import connection, transaction

from benchmarks.measure import Cost, Stopwatch, median_cost, without_garbage_collection

from .operations import OPERATIONS, Operation, Size
from .recorders import PLAIN, Recorder, a_user, only_its_wrappers

Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How the comparison is run.

    Attributes:
        rounds: how often every operation is sampled for every recorder, after one to warm up.
        size: calls and rows of one sample.
        one_transaction: all calls of a sample in one transaction, so that no commit is measured.
    """

    rounds: int = 15
    size: Size = field(default_factory=Size)
    one_transaction: bool = False


@dataclass(frozen=True, kw_only=True)
class Capture:
    """The medians of a run.

    Attributes:
        cost: (recorder, operation) → what one call took.
        added: (recorder, operation) → what it took more than plain Django in the same round.
        recorded: (recorder, operation) → rows recorded by one call.
        written: operation → rows written by one call.
    """

    cost: dict[Key, Cost]
    added: dict[Key, Cost]
    recorded: dict[Key, int]
    written: dict[str, int]


def compare(
    recorders: Sequence[Recorder], settings: Settings, progress: Callable[[str], None]
) -> Capture:
    """Run every operation under every recorder, in turn, and return the medians."""
    user, watch = a_user(), Stopwatch(backend_pid())
    recorded: dict[Key, int] = {}
    for recorder in recorders:
        progress(f"warming up {recorder.name}")
        for operation in OPERATIONS:
            recorded[recorder.name, operation.name] = _count(recorder, operation, user, settings)
    samples: dict[Key, list[Cost]] = defaultdict(list)
    for number in range(settings.rounds):
        progress(f"round {number + 1} of {settings.rounds}")
        _vacuum()
        for operation, recorder in _in_turn(recorders, number):
            cost = _sample(recorder, operation, user, watch, settings)
            samples[recorder.name, operation.name].append(cost)
    return _medians(samples, recorded, settings)


def _in_turn(recorders: Sequence[Recorder], number: int) -> Iterator[tuple[Operation, Recorder]]:
    """Yield each operation with each recorder; another recorder begins every round."""
    first = number % len(recorders)
    for operation in OPERATIONS:
        for recorder in (*recorders[first:], *recorders[:first]):
            yield operation, recorder


def _sample(
    recorder: Recorder, operation: Operation, user: Any, watch: Stopwatch, settings: Settings
) -> Cost:
    """Return the median of the calls of one sample, each in a request of its own."""
    costs = []
    with _transaction(settings), only_its_wrappers(recorder), without_garbage_collection():
        for call in operation.calls(recorder.models, settings.size):
            costs.append(recorder.in_a_request(user, partial(watch.cost_of, call)))
    return median_cost(costs)


def _count(recorder: Recorder, operation: Operation, user: Any, settings: Settings) -> int:
    """Return how many rows the recorder keeps of one call; run the others to warm up."""
    recorded = None
    with only_its_wrappers(recorder):
        for call in operation.calls(recorder.models, settings.size):
            before = recorder.recorded()
            recorder.in_a_request(user, call)
            if recorded is None:
                recorded = recorder.recorded() - before
    return recorded or 0


def _transaction(settings: Settings) -> Any:
    return transaction.atomic() if settings.one_transaction else nullcontext()


def backend_pid() -> int:
    """Return the process id of the backend that Django's connection leads to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _medians(
    samples: dict[Key, list[Cost]], recorded: dict[Key, int], settings: Settings
) -> Capture:
    added = {
        (name, operation): median_cost(
            [
                cost.minus(plain)
                for cost, plain in zip(costs, samples[PLAIN.name, operation], strict=True)
            ]
        )
        for (name, operation), costs in samples.items()
    }
    return Capture(
        cost={key: median_cost(costs) for key, costs in samples.items()},
        added=added,
        recorded=recorded,
        written={operation.name: operation.written(settings.size) for operation in OPERATIONS},
    )

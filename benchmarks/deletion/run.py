"""Interleaved rounds over all variants: queries and times of deleting, restoring and listing."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from benchmarks.measure import Cost, Stopwatch, median_cost, without_garbage_collection

from .variants import BACKSTORY, CHILDREN, GRANDCHILDREN, Variant, fill

Key = tuple[str, str]
DELETE, RESTORE = "delete", "restore"
LIST_LIVE, LIST_ALL = "with the filter", "without it"
LIST_CALLS, PAGE = 200, 50
VOID_PART = 0.3


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The medians of a run.

    Attributes:
        cost: (variant, operation) → what one call took, as if for all roots.
        queries: (variant, operation) → statements of one call, as if for all roots.
        listed: with and without the filter → what one page of a list took.
    """

    cost: dict[Key, Cost]
    queries: dict[Key, int]
    listed: dict[str, Cost]


def compare(
    variants: Sequence[Variant], roots: int, rounds: int, report: Callable[[str], None]
) -> Figures:
    """Delete and restore the same rows in each way in turn."""
    watch = Stopwatch(_backend_pid())
    samples: dict[Key, list[Cost]] = defaultdict(list)
    queries: dict[Key, int] = {}
    for number in range(rounds + 1):
        for variant in variants:
            report(f"deletion: round {number} of {rounds}, {variant.name}")
            _empty(variant)
            given = variant.roots_of(roots)
            fill(variant.models, given)
            _settle()
            for operation, call in _calls(variant):
                with without_garbage_collection(), _counting() as counted:
                    cost = watch.cost_of(call)
                _check(variant, given if operation == RESTORE else 0)
                key = variant.name, operation
                queries[key] = round(counted[0] * roots / given)
                if number:  # the first round warms up
                    samples[key].append(_times(cost, roots / given))
    return Figures(
        cost={key: median_cost(costs) for key, costs in samples.items()},
        queries=queries,
        listed=_list(watch, roots, rounds),
    )


def _calls(variant: Variant) -> Iterator[tuple[str, Callable[[], None]]]:
    yield DELETE, variant.delete
    if variant.restore is not None:
        yield RESTORE, variant.bring_back


def _check(variant: Variant, roots: int) -> None:
    """Raise RuntimeError unless all is gone, or all is back: half of it would be quick."""
    found = variant.models.Certificate.objects.count()
    if found != roots * CHILDREN * GRANDCHILDREN:
        raise RuntimeError(f"{variant.name} left {found} certificates of {roots} companies")


def _list(watch: Stopwatch, roots: int, rounds: int) -> dict[str, Cost]:
    """Read a page of a list beside void rows, with the filter and without, in turn."""
    models = BACKSTORY.models
    _empty(BACKSTORY)
    fill(models, roots)
    void = models.Company.objects.order_by("pk")[: round(roots * VOID_PART)]
    models.Company.objects.filter(pk__in=[each.pk for each in void]).delete()
    _settle()
    rows = models.Certificate.objects.filter(status="active").order_by("status", "-id")
    pages = {LIST_LIVE: rows, LIST_ALL: rows.all_objects_including_void()}
    samples: dict[str, list[Cost]] = defaultdict(list)
    for _ in range(LIST_CALLS * rounds):
        for name, page in pages.items():
            samples[name].append(watch.cost_of(lambda page=page: list(page[:PAGE])))
    return {name: median_cost(costs) for name, costs in samples.items()}


def _empty(variant: Variant) -> None:
    models = variant.models
    names = [each._meta.db_table for each in (models.Company, models.Holder, models.Certificate)]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(names)}")


def _settle() -> None:
    """Leave nothing to vacuum and to flush to the one that comes next."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE backstory_outbox")
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")


@contextmanager
def _counting() -> Iterator[list[int]]:
    """Yield a list whose one number grows with each statement that is sent."""
    counted = [0]

    def count(execute: Any, *args: Any) -> Any:
        counted[0] += 1
        return execute(*args)

    with connection.execute_wrapper(count):
        yield counted


def _times(cost: Cost, factor: float) -> Cost:
    return Cost(
        wall_us=cost.wall_us * factor,
        client_us=cost.client_us * factor,
        backend_us=cost.backend_us * factor,
    )


def _backend_pid() -> int:
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)

"""A page that reads, with and without its page view, as ``python -m benchmarks pages`` runs it."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.test import Client, override_settings

from benchmarks.bench import Bench
from benchmarks.findings import Finding, Result, a_table, duration
from benchmarks.measure import Cost, Stopwatch, median_cost, without_garbage_collection
from benchmarks.pipeline.backlog import seed
from benchmarks.pipeline.topic import a_way
from benchmarks.project import MIDDLEWARE, django_on
from django_base.context import direct

ROUNDS = 40
CALLS = 50
URL = "/certificates/1/?page=2"
HEADERS = {
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "referer": "https://example.com/certificates/?page=1",
}
MOST_US = 1_000
BY_HAND, BY_OUTBOX, DIRECT = "a row inserted by hand", "page view, outbox", "page view, direct"
YARDSTICK = "CREATE TABLE yardstick (id bigint GENERATED ALWAYS AS IDENTITY, body text)"
ONE_ROW = "INSERT INTO yardstick (body) VALUES (%s)"


def inserts_a_row(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Return a middleware that commits one row a request: what a disk and a round trip take."""

    def answer(request: HttpRequest) -> Any:
        response = get_response(request)
        with connection.cursor() as cursor:
            cursor.execute(ONE_ROW, [request.path])
        return response

    return answer


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A way to answer the same request.

    Attributes:
        setting: what its project says as BACKSTORY.
    """

    name: str
    middleware: tuple[str, ...]
    setting: dict[str, Any]

    @contextmanager
    def client(self) -> Iterator[Client]:
        """Yield a client of a project that is set up so, and warm."""
        with override_settings(MIDDLEWARE=list(self.middleware), BACKSTORY=self.setting):
            client = Client(headers=HEADERS)
            _read(client)
            yield client
            if "direct" in self.setting:
                direct.flush()


def run(bench: Bench) -> Result:
    """Read a page in each way in turn, and tell what it takes more than without a page view."""
    rounds = bench.rounds or ROUNDS
    with a_way(bench, "pages") as way, django_on(way.app_url):
        seed(way.app_url)
        with connection.cursor() as cursor:
            cursor.execute(YARDSTICK)
        variants = _variants(way.kafka, way.topic)
        samples: dict[str, list[Cost]] = defaultdict(list)
        for number in range(rounds):
            bench.report(f"pages: round {number + 1} of {rounds}")
            first = number % len(variants)
            for variant in (*variants[first:], *variants[:first]):
                samples[variant.name].append(_sample(variant))
    return _result(samples, variants)


def _variants(kafka: str, topic: str) -> tuple[Variant, ...]:
    outbox = {"source": "benchmark"}
    directly = {**outbox, "direct": ["page.viewed"], "kafka_servers": kafka, "topic": topic}
    recording, inserting = tuple(MIDDLEWARE), (f"{__name__}.inserts_a_row",)
    return (
        Variant(name="plain Django", middleware=(), setting=outbox),
        Variant(name=BY_HAND, middleware=inserting, setting=outbox),
        Variant(name=BY_OUTBOX, middleware=recording, setting=outbox),
        Variant(name=DIRECT, middleware=recording, setting=directly),
    )


def _sample(variant: Variant) -> Cost:
    """Return the median of a number of requests."""
    with variant.client() as client, without_garbage_collection():
        connection.ensure_connection()
        watch = Stopwatch(connection.connection.info.backend_pid)
        return median_cost([watch.cost_of(partial(_read, client)) for _ in range(CALLS)])


def _read(client: Client) -> None:
    response = client.get(URL)
    if response.status_code != 200:
        raise RuntimeError(f"{URL!r} answered {response.status_code}")


def _result(samples: dict[str, list[Cost]], variants: tuple[Variant, ...]) -> Result:
    plain, *others = variants
    added = {
        each.name: median_cost(
            [a.minus(b) for a, b in zip(samples[each.name], samples[plain.name], strict=True)]
        )
        for each in others
    }
    request_us = {name: median_cost(costs).wall_us for name, costs in samples.items()}
    table = a_table(
        "pages: a request that reads one row", "", "request", "added", "client", "backend"
    )
    table.add_row(plain.name, duration(request_us[plain.name]), "", "", "")
    for name, cost in added.items():
        more = (cost.wall_us, cost.client_us, cost.backend_us)
        table.add_row(name, duration(request_us[name]), *map(duration, more))
    return Result(
        name="pages",
        findings=_findings(added),
        tables=[table],
        figures={
            "request_us": {name: round(each, 1) for name, each in request_us.items()},
            "added_us": {name: round(cost.wall_us, 1) for name, cost in added.items()},
        },
        remarks=[
            "each row is committed, with fsync; client and backend: processor time added there"
        ],
    )


def _findings(added: dict[str, Cost]) -> list[Finding]:
    by_hand, by_outbox = added[BY_HAND].wall_us, added[BY_OUTBOX].wall_us
    return [
        *(
            Finding(
                name=f"{name}, added",
                value=added[name].wall_us,
                bound="at most",
                limit=MOST_US,
                unit="µs",
            )
            for name in (BY_OUTBOX, DIRECT)
        ),
        Finding(name=f"{BY_OUTBOX} / {BY_HAND}", value=by_outbox / by_hand),
    ]

"""What a web request takes while Kafka is gone, and whether everything is there afterwards."""

import time
from statistics import median, quantiles

import psycopg
from django.test import Client

from benchmarks.bench import Bench
from benchmarks.findings import Finding, Result, a_table
from benchmarks.project import django_on

from .backlog import ROWS, seed
from .processes import running
from .topic import a_way

ROUNDS = 3
PHASE_S = 5.0
RETURN_S = 90.0
NO_SLOWER = 1.05  # the medians of two phases of the same work differ by less than that
KEPT = "SELECT count(*) FROM history.events WHERE type = %s"
PAGES = 2  # a visit is a page read and a form sent


class Visitor:
    """Reads a page and sends its form, again and again, and keeps how long a visit took."""

    def __init__(self) -> None:
        self.visits = 0
        self._client = Client()

    def visit(self, seconds: float) -> list[float]:
        """Return the time of each visit, in milliseconds."""
        times = []
        until = time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            url = f"/certificates/{self.visits % ROWS + 1}/"
            for response in (self._client.get(url), self._client.post(url)):
                if response.status_code != 200:
                    raise RuntimeError(f"{url!r} answered {response.status_code}")
            times.append((time.perf_counter() - began) * 1e3)
            self.visits += 1
        return times


def run(bench: Bench) -> Result:
    """Visit with Kafka up and with Kafka killed, in turn; then count what arrived."""
    times: dict[str, list[float]] = {"up": [], "down": []}
    visitor = Visitor()
    with a_way(bench, "kafka_down") as way, django_on(way.app_url):
        seed(way.app_url)
        with running(("relay",), way.env), running(("persist",), way.env):
            bench.report("kafka-down: warming up")
            visitor.visit(1.0)
            for number in range(bench.rounds or ROUNDS):
                bench.report(f"kafka-down: round {number + 1}, Kafka up")
                times["up"] += visitor.visit(PHASE_S)
                bench.home.kafka.kill()
                bench.report(f"kafka-down: round {number + 1}, Kafka killed")
                times["down"] += visitor.visit(PHASE_S)
                bench.home.kafka.start()
            bench.report("kafka-down: Kafka is back, waiting for what was written meanwhile")
            missing = _missing(way.history_url, visitor.visits)
    return _result(times, visitor.visits, missing)


def _missing(history_url: str, visits: int) -> int:
    """Return how many changes and page views do not arrive in time; too many count as well."""
    expected = {"model.updated": visits, "page.viewed": visits * PAGES}
    deadline = time.monotonic() + RETURN_S
    with psycopg.connect(history_url, autocommit=True) as connection:
        while True:
            missing = 0
            for event_type, number in expected.items():
                row = connection.execute(KEPT, [event_type]).fetchone()
                missing += abs(number - (row[0] if row else 0))
            if not missing or time.monotonic() > deadline:
                return missing
            time.sleep(0.5)


def _result(times: dict[str, list[float]], visits: int, missing: int) -> Result:
    ratio = median(times["down"]) / median(times["up"])
    name = "a visit with Kafka down / with Kafka up (medians)"
    table = a_table(
        "kafka-down: a visit, a page read and a form sent", "Kafka", "p50", "p95", "p99"
    )
    for state, each in times.items():
        cuts = quantiles(each, n=100)
        table.add_row(state, *(f"{cuts[cut - 1]:.2f} ms" for cut in (50, 95, 99)))
    return Result(
        name="kafka-down",
        findings=[
            Finding(name=name, value=ratio, bound="at most", limit=NO_SLOWER),
            Finding(name="events not kept afterwards", value=missing, bound="at most", limit=0),
        ],
        tables=[table],
        figures={
            "visits": visits,
            "p50_ms": {state: round(median(each), 3) for state, each in times.items()},
        },
    )

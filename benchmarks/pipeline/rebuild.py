"""How fast a topic is made again from the history."""

from contextlib import closing
from statistics import median

from benchmarks.bench import Bench
from benchmarks.findings import Finding, Result

from .backlog import requests, seed
from .processes import Drain, command_line, drain
from .relay import figures_of, table_of
from .topic import TopicCount, Way, a_way

ROUNDS = 3
EVENTS_PER_S = 30_000
NAME = "history into a new topic"


def run(bench: Bench) -> Result:
    """Fill a history through relay and persister; then make new topics of it, one by one."""
    with a_way(bench, "rebuild") as way:
        seed(way.app_url)
        bench.report("rebuild: filling the history")
        requests(way.app_url, bench.events)
        command_line(["relay", "--once"], way.env)
        command_line(["persist", "--once"], way.env)
        drains = []
        for number in range(bench.rounds or ROUNDS):
            bench.report(f"rebuild: round {number + 1}")
            drains.append(_rebuilt(way, f"{way.topic}.{number}"))
    rate = median(each.per_second for each in drains)
    return Result(
        name="rebuild",
        findings=[
            Finding(name=NAME, value=rate, bound="at least", limit=EVENTS_PER_S, unit="events/s")
        ],
        tables=[table_of("rebuild: from the history into Kafka", {NAME: drains})],
        figures={"drains": figures_of(drains)},
        remarks=["sorting, before the first event is sent, is not in the clock"],
    )


def _rebuilt(way: Way, topic: str) -> Drain:
    """The topic is made before, so that its ends can be watched."""
    command_line(["migrate"], {**way.env, "BACKSTORY_TOPIC": topic})
    with closing(TopicCount(way.kafka, topic)) as count, closing(way.count()) as original:
        done = drain(("rebuild-topic", "--to", topic), way.env, count)
        if done.events != (kept := original()):
            raise RuntimeError(f"the new topic has {done.events} of {kept} events")
        return done

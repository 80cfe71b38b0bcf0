"""The table of what is tried. Begin and length of a fault are shares of the traffic's time."""

from dataclasses import dataclass

from .faults import (
    Fault,
    cut,
    disk_full,
    frozen,
    half_open,
    joins_and_leaves,
    killed,
    killed_often,
    poison,
    second_relay,
    slow,
)

EVERYBODY = ("relay", "persister", "broker", "app", "history")


@dataclass(frozen=True, kw_only=True)
class Demands:
    """What a scenario needs, and what it has to show.

    Attributes:
        nodes: of Kafka.
        small: whether the broker's disk is.
        times_input: how many times faster than the writing what was held up has to drain.
    """

    nodes: int = 1
    small: bool = False
    times_input: float = 0.0


@dataclass(frozen=True)
class Scenario:
    """A fault that begins at a share of the traffic's time and lasts for a share of it."""

    name: str
    begins: float
    lasts: float
    fault: Fault
    demands: Demands = Demands()


SCENARIOS = (
    #         name                           begins lasts what happens
    Scenario("relay-killed",                   0.2, 0.5, killed_often("relay", times=4)),
    Scenario("persister-killed",               0.2, 0.5, killed_often("persister", times=4)),
    Scenario("broker-killed",                  0.2, 0.4, killed("broker")),
    Scenario("app-killed",                     0.3, 0.2, killed("app")),
    Scenario("history-killed",                 0.2, 0.4, killed("history")),
    Scenario("anybody-killed",                 0.1, 0.7, killed_often(*EVERYBODY, times=6)),
    Scenario("relay-frozen",                   0.2, 0.5, frozen("relay")),
    Scenario("persister-frozen",               0.2, 0.5, frozen("persister")),
    Scenario("broker-frozen",                  0.2, 0.5, frozen("broker")),
    Scenario("app-frozen",                     0.3, 0.3, frozen("app")),
    Scenario("history-frozen",                 0.2, 0.5, frozen("history")),
    Scenario("second-relay",                   0.1, 0.5, second_relay),
    Scenario("joins-and-leaves",               0.1, 0.8, joins_and_leaves(every_s=1.5)),
    Scenario("relay-app-slow",                 0.1, 0.7, slow("relay-app", delay_s=0.1)),
    Scenario("relay-app-cut",                  0.2, 0.4, cut("relay-app")),
    Scenario("relay-app-half-open",            0.2, 0.4, half_open("relay-app")),
    Scenario("relay-broker-slow",              0.1, 0.7, slow("relay-broker", delay_s=0.2)),
    Scenario("relay-broker-cut",               0.2, 0.4, cut("relay-broker")),
    Scenario("relay-broker-half-open",         0.2, 0.4, half_open("relay-broker")),
    Scenario("persister-broker-slow",          0.1, 0.7, slow("persister-broker", delay_s=0.2)),
    Scenario("persister-broker-cut",           0.2, 0.4, cut("persister-broker")),
    Scenario("persister-broker-half-open",     0.2, 0.4, half_open("persister-broker")),
    Scenario("persister-history-slow",         0.1, 0.7, slow("persister-history", delay_s=0.1)),
    Scenario("persister-history-cut",          0.2, 0.4, cut("persister-history")),
    Scenario("persister-history-half-open",    0.2, 0.4, half_open("persister-history")),
    Scenario("broker-disk-full",               0.2, 0.4, disk_full, Demands(small=True)),
    Scenario("poison",                         0.2, 0.2, poison(records=2_000)),
    Scenario("long-outage",                    0.1, 0.6, killed("broker", "history"),
             Demands(times_input=5)),
    Scenario("one-of-three-killed",            0.2, 0.5, killed("broker-2"), Demands(nodes=3)),
)  # fmt: skip

"""One scenario from its first event to its verdict."""

import time
from dataclasses import astuple, dataclass, field
from pathlib import Path

from infra.waiting import wait_until
from tests.ledger.verdict import Verdict

from .disk import NotPossibleHere
from .scenarios import Scenario
from .stage import PATIENCE_S, Stage, staged


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a scenario.

    Attributes:
        transactions: how many the application committed.
        events: how many changes the history tells of.
        drain_s: from the end of the fault until the history had caught up; None for never.
        drain_ratio: how fast that was, in times the speed of the writing.
        times_input: how fast it had to be.
        restarts: how often a relay or persister ended by itself, and was started again.
        verdict: None where the scenario did not come so far.
        problem: why it did not.
        left_out: why it cannot be tried on this machine; empty where it can.
    """

    name: str
    transactions: int = 0
    events: int = 0
    drain_s: float | None = None
    drain_ratio: float | None = None
    restarts: int = 0
    verdict: Verdict | None = None
    times_input: float = 0.0
    problem: str = ""
    left_out: str = ""

    @property
    def good(self) -> bool:
        """Whether nothing at all is wrong; what was left out is not."""
        if self.left_out:
            return True
        is_clean = self.verdict is not None and not any(astuple(self.verdict))
        return is_clean and not self.is_slow and not self.problem

    @property
    def is_slow(self) -> bool:
        """Whether it drained more slowly than it has to."""
        return self.drain_ratio is not None and self.drain_ratio < self.times_input


@dataclass
class _Traffic:
    """How long there has been traffic."""

    began_at: float = field(default_factory=time.monotonic)

    def goes_on_until(self, stage: Stage, second: float) -> None:
        stage.pause(max(0.0, self.began_at + second - time.monotonic()))

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began_at


def run(scenario: Scenario, folder: Path, *, seed: str, traffic_s: float) -> Outcome:
    """Play it in a folder of its own; whatever fails is in the outcome."""
    demands = scenario.demands
    try:
        with staged(folder, seed, nodes=demands.nodes, small=demands.small) as stage:
            return _played(scenario, stage, traffic_s)
    except NotPossibleHere as reason:
        return Outcome(name=scenario.name, left_out=str(reason))
    except Exception as error:  # one scenario that fails must not hide the others
        return Outcome(name=scenario.name, problem=f"{type(error).__name__}: {error}")


def _played(scenario: Scenario, stage: Stage, traffic_s: float) -> Outcome:
    traffic, pipeline = _Traffic(), stage.pipeline
    traffic.goes_on_until(stage, scenario.begins * traffic_s)
    scenario.fault(stage, scenario.lasts * traffic_s)
    drain_s, drain_ratio = _drained(stage, traffic)
    traffic.goes_on_until(stage, traffic_s)
    verdict = pipeline.verdict()
    return Outcome(
        name=scenario.name,
        transactions=pipeline.committed(),
        events=pipeline.told_of(),
        drain_s=drain_s,
        drain_ratio=drain_ratio,
        times_input=scenario.demands.times_input,
        restarts=sum(process.restarts for process in stage.processes.values()),
        verdict=verdict,
        problem="" if drain_s is not None else pipeline.told("the history never caught up"),
    )


def _drained(stage: Stage, traffic: _Traffic) -> tuple[float | None, float | None]:
    """Wait until the history has as much as was written when the fault ended."""
    pipeline, began = stage.pipeline, time.monotonic()
    written, told = pipeline.to_tell(), pipeline.told_of()
    written_per_s = written / traffic.seconds
    caught_up = wait_until(lambda: pipeline.told_of() >= written, timeout_s=PATIENCE_S, every_s=0.1)
    if not caught_up:
        return None, None
    drain_s = time.monotonic() - began
    return drain_s, (pipeline.told_of() - told) / drain_s / written_per_s

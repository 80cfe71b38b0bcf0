"""A report that says "good" of something bad would be worse than none."""

import json

import pytest
from rich.console import Console

from tests.faults.report import json_of, table_of
from tests.faults.run import Outcome
from tests.faults.scenarios import SCENARIOS
from tests.ledger.verdict import Verdict


def an_outcome(**changes: object) -> Outcome:
    known = {"name": "relay-killed", "events": 12, "drain_s": 1.0, "verdict": Verdict()}
    return Outcome(**{**known, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", list(Verdict.__dataclass_fields__))
def test_anything_that_the_ledger_finds_fails_a_scenario(kind: str):
    """Also what is no fault elsewhere: nothing here commits asynchronously."""
    outcome = an_outcome(verdict=Verdict(**{kind: ["a sentence"]}))

    assert an_outcome().good
    assert not outcome.good
    assert json_of([outcome], seed="1", traffic_s=1)["scenarios"][0]["verdict"][kind]


def test_scenario_that_got_nowhere_fails_and_one_that_is_impossible_here_says_so():
    """Left out is not failed, and is not called good either."""
    stuck = an_outcome(verdict=None, problem="never drained\nlogs")
    left_out = an_outcome(verdict=None, left_out="it takes root")

    text = shown([stuck, left_out])

    assert (stuck.good, left_out.good) == (False, True)
    assert "FAILED: never drained" in text
    assert "left out: it takes root" in text
    assert json.dumps(json_of([stuck, left_out], seed="1", traffic_s=1))


def test_scenario_that_drains_too_slowly_fails_and_says_so():
    """Of a long outage nothing is lost, and it would never end."""
    slow, fast = (an_outcome(drain_ratio=ratio, times_input=5) for ratio in (3.6, 5.1))

    assert (slow.good, fast.good) == (False, True)
    assert "FAILED: slower than 5 x input" in shown([slow])


def test_scenarios_have_names_of_their_own_and_end_before_the_traffic():
    """A fault that outlasts the traffic would meet nobody when it is mended."""
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS)
    assert all(scenario.begins + scenario.lasts < 1 for scenario in SCENARIOS)


def shown(outcomes: list[Outcome]) -> str:
    console = Console(width=200)
    with console.capture() as capture:
        console.print(table_of(outcomes))
    return capture.get()

"""What a loop's health says, second by second."""

import pytest

from consumers import Health, Verdict

YES = Verdict(True)


class Watched(Health):
    """A health whose clocks stand until told to go."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        super().__init__(
            "one", stuck_after_s=60, clock=lambda: self.now_s, monotonic=lambda: self.now_s
        )

    def after(self, seconds: float) -> "Watched":
        self.now_s += seconds
        return self


@pytest.fixture
def health() -> Watched:
    return Watched()


def test_not_ready_before_the_first_look_around(health: Watched):
    """A process that has just started may find anything."""
    health.begins("asking where to begin")

    assert health.ready() == Verdict(False, "not begun yet: asking where to begin")
    assert health.live() == YES
    health.advanced()
    assert health.ready() == YES


def test_lag_is_the_age_of_what_waits_and_zero_when_idle(health: Watched):
    """It grows by itself while nothing is settled."""
    health.advanced()
    assert health.after(30).lag_s() == 0
    health.found(1025.0)
    assert health.after(10).lag_s() == 15
    health.advanced(1030.0)
    assert health.lag_s() == 10
    health.advanced()
    assert health.lag_s() == 0


def test_event_of_unknown_age_is_as_old_as_its_discovery(health: Watched):
    """Kafka says that there is something; what it is, nobody has read."""
    health.advanced()
    health.found(None)
    health.after(5).found(None)

    assert health.lag_s() == 5


def test_what_it_waits_for_makes_it_not_ready_and_never_stuck(health: Watched):
    """A restart brings no database back; it would only add to the trouble."""
    health.advanced()
    health.found(1000.0)
    for _ in range(100):
        health.after(5).waits("sink 'history' is unavailable")

    assert health.ready() == Verdict(False, "sink 'history' is unavailable")
    assert health.live() == YES
    health.advanced()
    assert health.ready() == YES


def test_a_step_that_takes_long_is_named_before_it_counts_as_stuck(health: Watched):
    """Ten seconds are not ready; a minute is no life."""
    health.advanced()
    health.begins("writing 3 records to 'history'")

    assert health.after(9).ready() == YES
    assert health.after(2).ready() == Verdict(False, "writing 3 records to 'history' for 11 s")
    assert health.live() == YES
    stuck = Verdict(False, "stuck: writing 3 records to 'history' for 61 s")
    assert health.after(50).live() == stuck
    assert health.ready() == stuck


def test_a_loop_that_turns_and_settles_nothing_is_stuck(health: Watched):
    """Only if something is unread, and it has no reason to give."""
    health.advanced()
    for _ in range(100):
        health.after(1).begins("reading")
    assert health.live() == YES
    health.found(1090.0)
    for _ in range(61):
        health.after(1).begins("reading")

    told = "stuck: nothing settled for 61 s, an event waits for 71 s"
    assert health.live() == health.ready() == Verdict(False, told)
    health.advanced()
    assert health.live() == YES


def test_a_loop_that_ended_says_why_and_leaves_the_process_alone(health: Watched):
    """Whoever started it starts it again; until it works, it is not ready."""
    health.advanced()
    health.ended("no table")

    assert health.after(1000).live() == YES
    assert health.ready() == Verdict(False, "no table")
    health.begins("asking where to begin")
    assert not health.ready().ok
    health.advanced()
    assert health.ready() == YES

"""A replay steps back while live events come, and takes the machine when none do."""

from consumers.replay.courtesy import Courtesy


class Clock:
    """Time that passes when somebody works or sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


def rests(read: list[int], work_s: float) -> list[float]:
    """The rests of a replay whose live history has read so much at each look."""
    clock, left = Clock(), list(read)
    courtesy = Courtesy(lambda: left.pop(0), clock=clock, sleep=clock.sleep)
    while left:
        clock.now += work_s
        courtesy.rest()
    return clock.slept


def test_no_rest_while_the_live_history_stands():
    """Nobody else needs the machine."""
    assert rests([7, 7, 7], work_s=1.0) == []


def test_rests_half_of_the_time_it_worked_while_events_come():
    """From the second look on, a second after the first; between two looks the last one counts."""
    assert rests([7, 8, 9], work_s=0.6) == [0.3, 0.3, 0.3]


def test_rests_end_when_events_do():
    """The next look finds out."""
    assert rests([7, 8, 8, 8], work_s=0.8) == [0.4]


def test_no_rest_is_long():
    """After an index of an hour it does not wait for half of one."""
    assert rests([7, 8], work_s=3600.0) == [0.5]

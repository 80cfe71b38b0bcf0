"""How often ``backstory verify --follow`` reads the topic while a window is not proved."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from consumers import PersisterSettings, Verifier, WindowsOnTopic, verifying
from consumers.verify import Judged
from consumers.verify.topic import Seen
from tests.verify.conftest import Write, behind_its_back
from tests.verify.test_verify import A_ROW


class Clock:
    """Goes on when it is told to."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class SlowTopic(WindowsOnTopic):
    """The real one; each reading takes 3 s by the test's clock."""

    def __init__(self, settings: PersisterSettings, clock: Clock) -> None:
        super().__init__(settings)
        self._clock = clock
        self.looks = 0

    def look(self, source: str, windows: Sequence[Judged]) -> Seen:
        self.looks += 1
        self._clock.now_s += 3
        return super().look(source, windows)


def test_topic_is_read_for_a_twentieth_of_the_time_at_most(
    write: Write, env: dict[str, str], history: str
):
    """A loss that nobody can mend stands for ever; what the topic told of it is told again."""
    write(2)
    write(4)
    behind_its_back(history, f"DELETE FROM history.events WHERE id = {A_ROW}")
    clock = Clock()
    topic = SlowTopic(PersisterSettings.from_env(env), clock)

    with verifying(history) as connection:
        verifier = Verifier(connection, None, topic, lag=timedelta(0), clock=clock)

        def why() -> str:
            (bad,) = (one for one in verifier.verify(datetime.now(UTC)) if not one.is_good)
            return bad.why

        first = why()
        assert (why(), topic.looks) == (first, 1)
        assert first.startswith("1 events on topic")
        behind_its_back(history, f"DELETE FROM history.events WHERE id = {A_ROW}")
        assert why() == "not looked up: the topic is not read at every look"
        clock.now_s += 59
        assert (why(), topic.looks) == ("not looked up: the topic is not read at every look", 1)
        clock.now_s += 1
        assert why().startswith("2 events on topic")

    assert topic.looks == 2

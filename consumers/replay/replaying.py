"""One replay of a topic into the history, from the first record to the swap."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial

from ..dead import Person
from ..decisions import Decision, keep_decision
from ..records import Written
from ..settings import PersisterSettings
from .agreed import Agreed
from .asked import Asked
from .building import build
from .comparing import Comparison, compare
from .courtesy import Courtesy
from .errors import ReplayAsked, ReplayRecreated, SwapRefused
from .fresh import Fresh, State, ignore
from .kafka import TopicPart
from .loading import Loading
from .pace import Pace
from .planning import planned
from .session import Session
from .sql import statement
from .swapping import carry_over, refusals, swap

Tell = Callable[[str], None]


class Replay:
    """The replay that is under way; ``tell`` hears of each step."""

    def __init__(self, session: Session, courtesy: Courtesy, loading: Loading, tell: Tell) -> None:
        self._session = session
        self._courtesy = courtesy
        self._loading = loading
        self._tell = tell

    def left(self) -> int:
        """How many records are left to read."""
        return self._loading.left()

    def fill(self) -> bool:
        """Read the topic, then build indexes and guards; False when stopped before the end."""
        if not self._loading.catch_up():
            return False
        self._share()
        build(self._session, self._tell)
        return self._loading.catch_up()

    def compare(self) -> Comparison:
        """Compare what has been read so far with the live history."""
        self._share()
        comparison = compare(self._session, self._tell)
        with self._session.transaction() as connection:
            connection.execute(statement("note_compared"))
        return comparison

    def swap(self, comparison: Comparison, agreed: Agreed) -> str:
        """Make the fresh table the history; returns the schema that keeps the former one.

        Raises SwapRefused, naming each reason, before anything is done.
        """
        if reasons := refusals(comparison, agreed):
            raise SwapRefused(reasons)
        if comparison.count("missing"):
            self._tell("carrying over")
            carry_over(self._session, comparison, agreed)
            comparison = self.compare()
        self._tell("swapping")
        self._loading.hurry()
        return swap(self._session, self._loading, comparison, agreed)

    def _share(self) -> None:
        """Use all cores for what follows, unless live events need some."""
        processes = "one_process" if self._courtesy.is_busy() else "all_processes"
        with self._session.working() as connection:
            connection.execute(statement(processes))


@contextmanager
def replaying(
    settings: PersisterSettings,
    asked: Asked,
    *,
    stop: threading.Event,
    per_second: float | None = None,
    kept: Callable[[Written], None] = ignore,
    tell: Tell,
) -> Iterator[Replay]:
    """Begin a replay, or go on with the one that is under way.

    Raises ReplayBusy, ReplayAsked, ReplayRecreated or ReplayRangeGone.
    """
    config = settings.kafka_config
    with Session(settings.history_url) as session:
        courtesy = Courtesy(partial(_live_read, session, settings))
        pace = Pace(per_second, rest=courtesy.rest)
        fresh = Fresh(session, kept=kept)
        source = TopicPart(settings.kafka_servers, settings.topic, pace=pace, config=config)
        with closing(source):
            state = _begun(fresh, source, settings.consumer, asked)
            loading = Loading(
                session,
                fresh,
                source,
                live_consumer=state.consumer,
                asked=state.asked,
                dead_limit=settings.dead_limit,
                stop=stop,
            )
            yield Replay(session, courtesy, loading, tell)


def abandon_replay(history_url: str, person: Person) -> bool:
    """Drop the replay that is under way with all it holds; False if there was none.

    Who did, why, and how far it had come are kept as a decision. Raises SinkUnavailable, ReplayBusy
    or SinkRefused (also when no reason is given); then nothing was done.
    """
    with Session(history_url) as session, session.transaction() as connection:
        was_there = connection.execute(statement("exists")).fetchone()
        if not (was_there and was_there[0]):
            connection.execute(statement("drop_replay"))
            return False
        known = connection.execute(statement("known_of_replay")).fetchone()
        connection.execute(statement("drop_replay"))
        connection.execute(statement("commit_durably"))
        facts = known[0] if known else {}
        keep_decision(
            connection,
            Decision(kind="abandoned", actor=person.name, reason=person.reason, facts=facts),
        )
        return True


def _live_read(session: Session, settings: PersisterSettings) -> int:
    with session.working() as connection:
        of = (settings.consumer, settings.topic)
        row = connection.execute(statement("live_read"), of).fetchone()
    return int(row[0]) if row else 0


def _begun(fresh: Fresh, source: TopicPart, consumer: str, asked: Asked) -> State:
    """The state of a replay that was asked for the same, or of a new one."""
    topic_id = source.topic_id()
    state = fresh.state()
    known = set()
    if state is not None:
        _require_same(state, source.topic, topic_id, consumer, asked)
        asked = state.asked
        known = {place.partition for place in fresh.places()}
    places = planned(source, asked, known)
    return fresh.begin(source.topic, topic_id, consumer, asked, places)


def _require_same(state: State, topic: str, topic_id: str, consumer: str, asked: Asked) -> None:
    if (state.topic, state.consumer) != (topic, consumer):
        raise ReplayAsked(f"topic {state.topic!r} of the history {state.consumer!r}")
    if asked not in (Asked(), state.asked):
        raise ReplayAsked(str(state.asked))
    if state.topic_id != topic_id:
        reason = f"its id was {state.topic_id} when the replay began and is {topic_id}"
        raise ReplayRecreated(topic, reason)

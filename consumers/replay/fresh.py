"""The fresh table beside the live one, with what was asked of it and how far it has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..errors import OffsetConflict
from ..history.writing import Into, keep_events
from ..records import Batch, Position, Written
from .asked import Asked
from .errors import ReplayMissing
from .session import NAME, Connection, Session
from .sql import SCHEMA, statement

_INTO: Final = Into(*map(statement, ("copy_events", "make_stage", "keep_staged")))


@dataclass(frozen=True)
class Place:
    """Where a replay stands in a partition of the topic; ``last`` None: as far as the live one."""

    partition: int
    first: int
    next: int
    last: int | None


@dataclass(frozen=True)
class State:
    """What was asked of a replay and how far it has come.

    Attributes:
        read: records read from the topic.
        kept: those that became rows.
        rejected: those that make no row.
        compared_at: the moment whose live history was compared last.
    """

    topic: str
    topic_id: str
    consumer: str
    asked: Asked
    begun_at: datetime
    read: int
    kept: int
    indexed_at: datetime | None
    compared_at: datetime | None
    rejected: int


def ignore(written: Written) -> None:
    """Tell nobody."""


class Fresh:
    """The fresh table; also the sink that fills it, with the offsets in the same transaction."""

    name = NAME

    def __init__(self, session: Session, *, kept: Callable[[Written], None] = ignore) -> None:
        """``kept`` is told what became of each batch."""
        self._session = session
        self._kept = kept

    def state(self) -> State | None:
        """None when no replay is under way."""
        with self._session.working() as connection:
            return read_state(connection)

    def begin(
        self, topic: str, topic_id: str, consumer: str, asked: Asked, places: Sequence[Place]
    ) -> State:
        """Make the fresh table, or go on with the one that is there, whatever that was asked for.

        What an older version of the code made is brought up to date.
        """
        with self._session.transaction() as connection:
            connection.execute(statement("commit_durably"))
            for definition in SCHEMA:
                connection.execute(definition)
            connection.execute(statement("make_partitions"))
            if read_state(connection) is None:
                row = (topic, topic_id, consumer, asked.as_json())
                connection.execute(statement("begin"), row)
            self._add(connection, places)
            state = read_state(connection)
        if state is None:
            raise ReplayMissing
        return state

    def add(self, places: Sequence[Place]) -> None:
        """Read these partitions, too."""
        with self._session.transaction() as connection:
            self._add(connection, places)

    def places(self) -> list[Place]:
        """Where it stands."""
        with self._session.working() as connection:
            return read_places(connection)

    def positions(self, consumer: str, topic: str) -> Mapping[int, Position]:
        """Where it stands, as the loop asks for it."""
        state = self.state()
        if state is None:
            raise ReplayMissing
        return {place.partition: Position(place.next, state.topic_id) for place in self.places()}

    def unsettled(
        self, consumer: str, topic: str, since: Mapping[int, int]
    ) -> Mapping[int, Sequence[int]]:
        """None: a replay has no dead letters of its own, the live history has them."""
        return dict.fromkeys(since, ())

    def write(self, batch: Batch) -> Written:
        """Keep the batch, all or nothing, with no right but to add rows to the fresh table."""
        with self._session.transaction() as connection, _as_replayer(connection):
            self._move(connection, batch)
            kept = keep_events(connection, batch.topic, batch.events, _INTO)
            dead = [*batch.rejected, *kept.dead]
            batch.allow(dead)
            for letter in dead:
                record = letter.record
                row = (record.partition, record.offset, letter.reason.replace("\x00", "?"))
                connection.execute(statement("keep_rejected"), row)
            read = sum(move.next - (move.expected or 0) for move in batch.moves.values())
            connection.execute(statement("count"), (read, kept.new))
        repeated = len(batch.events) - kept.new - len(kept.dead)
        written = Written(kept.new, repeated, tuple(dead))
        self._kept(written)
        return written

    def close(self) -> None:
        """The session is its owner's to close."""

    def _add(self, connection: Connection, places: Sequence[Place]) -> None:
        for place in places:
            row = {"partition": place.partition, "first": place.first, "last": place.last}
            connection.execute(statement("add_place"), row)

    def _move(self, connection: Connection, batch: Batch) -> None:
        moves = {
            "partitions": list(batch.moves),
            "expected": [move.expected for move in batch.moves.values()],
            "next": [move.next for move in batch.moves.values()],
        }
        moved = connection.execute(statement("move_places"), moves).fetchone()
        if moved is None or moved[0] != len(batch.moves):
            raise OffsetConflict(batch.consumer, batch.topic, sorted(batch.moves))


def read_state(connection: Connection) -> State | None:
    """The replay that is under way in this history, if any."""
    found = connection.execute(statement("exists")).fetchone()
    if found is None or not found[0]:
        return None
    row = connection.execute(statement("read_state")).fetchone()
    if row is None:
        return None
    topic, topic_id, consumer, asked, *progress = row
    return State(topic, topic_id, consumer, Asked.from_json(asked), *progress)


def read_places(connection: Connection) -> list[Place]:
    """Where the replay stands in each partition of the topic."""
    return [Place(*row) for row in connection.execute(statement("read_places"))]


@contextmanager
def _as_replayer(connection: Connection) -> Iterator[None]:
    """Inside, the session may do nothing but replay; a failure rolls that back with the rest."""
    connection.execute(statement("become_replayer"))
    yield
    connection.execute(statement("become_owner"))

"""Where the replay of a history stands."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from ..history.failures import translated
from ..sql import statement as history_statement
from .fresh import Place, State, read_places, read_state
from .session import NAME
from .sql import statement


@dataclass(frozen=True)
class ReplayStatus:
    """A replay that is under way.

    Attributes:
        running: whether a process works on it now.
        behind: records that the live history has read and the replay has not.
    """

    state: State
    places: list[Place]
    running: bool
    behind: int

    @property
    def stage(self) -> str:
        """``loading``, ``following`` (it has its indexes) or ``compared``."""
        if self.state.indexed_at is None:
            return "loading"
        return "following" if self.state.compared_at is None else "compared"


def replay_status(history_url: str) -> ReplayStatus | None:
    """None when no replay is under way; raises SinkUnavailable or SinkRefused."""
    try:
        with psycopg.connect(history_url, autocommit=True) as connection:
            state = read_state(connection)
            if state is None:
                return None
            places = read_places(connection)
            row = connection.execute(statement("claimed_by")).fetchone()
            query, of = history_statement("read_offsets"), (state.consumer, state.topic)
            live = {partition: offset for partition, offset, _ in connection.execute(query, of)}
    except psycopg.Error as error:
        raise translated(NAME, error) from error
    ends = {place.partition: place.last or live.get(place.partition, 0) for place in places}
    behind = sum(max(0, ends[place.partition] - place.next) for place in places)
    return ReplayStatus(state, places, row is not None, behind)

"""What a consumer keeps, its dead letters and its offsets into the history, in one transaction."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import psycopg
from psycopg import errors
from psycopg.types.string import BytesBinaryDumper

from ..errors import AlreadySettled, OffsetConflict
from ..records import Act, Batch, DeadLetter, Position, Written
from ..sql import statement
from .failures import translated
from .writing import Connection, Kept, RecordEvent, keep_events

logger = logging.getLogger("backstory.consumers")

_CONNECT: dict[str, Any] = {
    "application_name": "backstory.history",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


class Keep(Protocol):
    """What is done with the events of a batch, in the transaction that moves the offsets."""

    def __call__(
        self, connection: Connection, topic: str, events: Sequence[RecordEvent], /
    ) -> Kept: ...


class HistorySink:
    """The history database. It connects when first needed, and again after any failure.

    ``keep`` writes what the consumer makes of the events; by default the events themselves.
    """

    def __init__(self, url: str, *, name: str = "history", keep: Keep = keep_events) -> None:
        self.name = name
        self._keep = keep
        self._url = url
        self._open: Connection | None = None
        self._strays_told = False

    def positions(self, consumer: str, topic: str) -> Mapping[int, Position]:
        """Read the stored offsets of one consumer in one topic."""
        try:
            rows = self._connection().execute(statement("read_offsets"), (consumer, topic))
            return {partition: Position(offset, topic_id) for partition, offset, topic_id in rows}
        except psycopg.Error as error:
            self.close()
            raise translated(self.name, error) from error

    def unsettled(
        self, consumer: str, topic: str, since: Mapping[int, int]
    ) -> Mapping[int, Sequence[int]]:
        """Read the offsets of the letters that nobody has dealt with."""
        found: dict[int, list[int]] = {partition: [] for partition in since}
        starts = {"partitions": list(since), "starts": list(since.values())}
        try:
            rows = self._connection().execute(
                statement("unsettled_offsets"), {"consumer": consumer, "topic": topic, **starts}
            )
            for partition, offset in rows:
                found[partition].append(offset)
        except psycopg.Error as error:
            self.close()
            raise translated(self.name, error) from error
        return found

    def write(self, batch: Batch) -> Written:
        """Keep the batch, all or nothing; see the port."""
        try:
            connection = self._connection()
            try:
                with connection.transaction():
                    return self._write_in(connection, batch)
            except errors.LockNotAvailable:
                connection.execute(statement("end_frozen_sessions"))
                raise
        except psycopg.Error as error:
            self.close()
            raise translated(self.name, error) from error

    def close(self) -> None:
        """Close the connection; whatever was not committed never was."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _connection(self) -> Connection:
        if self._open is None or self._open.closed:
            connection = psycopg.connect(self._url, autocommit=True, **_CONNECT)
            try:
                connection.execute(statement("open_session"))
            except BaseException:
                connection.close()
                raise
            # The last one registered is taken for bytea; this one is compiled, the default is not.
            connection.adapters.register_dumper(bytes, BytesBinaryDumper)
            self._open = connection
        return self._open

    def _write_in(self, connection: Connection, batch: Batch) -> Written:
        """Offsets first: who lost its partitions learns it before any work, and others wait."""
        self._move(connection, batch)
        kept = self._keep(connection, batch.topic, batch.events)
        dead = [*batch.rejected, *kept.dead]
        batch.allow(dead)
        self._keep_dead(connection, batch, dead)
        self._keep_acts(connection, batch.acts)
        self._tell_strays(connection)
        repeated = len(batch.events) - kept.new - len(kept.dead)
        return Written(kept.new, repeated, tuple(dead))

    def _move(self, connection: Connection, batch: Batch) -> None:
        moved = connection.execute(
            statement("move_offsets"),
            {
                "consumer": batch.consumer,
                "topic": batch.topic,
                "topic_id": batch.topic_id,
                "partitions": list(batch.moves),
                "expected": [move.expected for move in batch.moves.values()],
                "next": [move.next for move in batch.moves.values()],
            },
        ).fetchone()
        if moved is None or moved[0] != len(batch.moves):
            raise OffsetConflict(batch.consumer, batch.topic, sorted(batch.moves))

    def _tell_strays(self, connection: Connection) -> None:
        """Say once that the default partition is in use; that loses nothing, but blocks months."""
        if self._strays_told:
            return
        found = connection.execute(statement("has_strays")).fetchone()
        if found and found[0]:
            self._strays_told = True
            logger.error(
                "history.events_default holds events outside the months: run `backstory migrate` "
                "for more months, and look for clocks that are wrong"
            )

    def _keep_dead(self, connection: Connection, batch: Batch, dead: list[DeadLetter]) -> None:
        if not dead:
            return
        with connection.cursor() as cursor:
            cursor.executemany(
                statement("keep_dead_letter"),
                [
                    (
                        batch.consumer,
                        batch.topic,
                        batch.topic_id,
                        letter.record.partition,
                        letter.record.offset,
                        letter.record.key,
                        letter.record.value,
                        json.dumps([[name, value.hex()] for name, value in letter.record.headers]),
                        _storable(letter.reason),
                    )
                    for letter in dead
                ],
            )

    def _keep_acts(self, connection: Connection, acts: Sequence[Act]) -> None:
        for act in acts:
            row = (act.letter, act.kind, act.actor, act.reason, act.event.decode())
            if connection.execute(statement("keep_act"), row).rowcount == 0:
                raise AlreadySettled(act.letter)


def _storable(text: str) -> str:
    """What Postgres can keep of a text: no NUL, no half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "?")

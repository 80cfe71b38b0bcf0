"""Asking each part; what does not answer leaves a gap and a sentence, not an exception."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from confluent_kafka import KafkaException
from psycopg import errors

from ..databases import address_of, look_into
from ..installation import Installation
from ..kafka import admin, broker_count
from .application import outbox_state
from .history import Stored, dead_letters, stored_offsets
from .kafka import oldest_time, reach
from .report import DeadLetters, GroupState, OutboxState, Report, ServerState


def gather(installation: Installation, *, now: Callable[[], float] = time.time) -> Report:
    """Ask every part that has an address; takes a few seconds for each that is silent."""
    return _Gathering(installation, now).report()


class _Gathering:
    """One round of questions."""

    def __init__(self, installation: Installation, now: Callable[[], float]) -> None:
        self._installation = installation
        self._now = now
        self._servers: list[ServerState] = []
        self._problems: list[str] = []

    def report(self) -> Report:
        """Ask Kafka, the application's database, the history, and compare."""
        kafka_is_up = self._ask_kafka()
        outbox = self._outbox()
        dead, stored = self._history()
        return Report(
            servers=self._servers,
            outbox=outbox,
            groups=self._groups(stored) if kafka_is_up else [],
            dead_letters=dead,
            problems=self._problems,
        )

    def _ask_kafka(self) -> bool:
        address = self._installation.kafka
        if address is None:
            return self._saw("Kafka", None, None)
        try:
            brokers = broker_count(admin(address, self._installation.kafka_config))
        except KafkaException as error:
            return self._saw("Kafka", address, error.args[0].str())
        return self._saw("Kafka", address, f"{brokers} broker(s)", up=True)

    def _outbox(self) -> OutboxState | None:
        schema = self._installation.schema
        with self._asking("application database", self._installation.app_url) as connection:
            if connection is None:
                return None
            try:
                return outbox_state(connection, schema)
            except (errors.UndefinedTable, errors.InvalidSchemaName):
                self._problems.append(
                    f"the application's database has no outbox in schema {schema!r}: run its "
                    "`manage.py migrate`, or set BACKSTORY_SCHEMA"
                )
            except psycopg.Error as error:
                self._problems.append(f"the outbox could not be read: {str(error).strip()}")
        return None

    def _history(self) -> tuple[list[DeadLetters], dict[tuple[str, str], Stored]]:
        with self._asking("history database", self._installation.history_url) as connection:
            if connection is None:
                return [], {}
            try:
                return dead_letters(connection), stored_offsets(connection)
            except (errors.UndefinedTable, errors.InvalidSchemaName):
                self._problems.append("the history has no tables: run `backstory migrate`")
            except psycopg.Error as error:
                self._problems.append(f"the history could not be read: {str(error).strip()}")
        return [], {}

    def _groups(self, stored: dict[tuple[str, str], Stored]) -> list[GroupState]:
        expected = {(self._installation.consumer, self._installation.topic): Stored()}
        every = sorted({**expected, **stored}.items())
        found = (self._group(consumer, topic, one) for (consumer, topic), one in every)
        return [group for group in found if group is not None]

    def _group(self, consumer: str, topic: str, stored: Stored) -> GroupState | None:
        servers, config = self._installation.kafka or "", self._installation.kafka_config
        try:
            found = reach(admin(servers, config), topic)
            unread = found.unread(stored.offsets)
            oldest = oldest_time(servers, config, topic, unread) if unread else None
        except KafkaException as error:
            self._problems.append(
                f"topic {topic!r} of consumer {consumer!r}: {error.args[0].str()}; if it is "
                "missing, run `backstory migrate`"
            )
            return None
        return GroupState(
            consumer=consumer,
            topic=topic,
            lag_events=found.lag(stored.offsets),
            lag_s=None if oldest is None else max(0.0, self._now() - oldest),
            moved_age_s=stored.moved_age_s,
        )

    @contextmanager
    def _asking(self, name: str, url: str | None) -> Iterator[psycopg.Connection[Any] | None]:
        """A connection, or None; either way the server is in the report."""
        if url is None:
            self._saw(name, None, None)
            yield None
            return
        try:
            connection = look_into(url)
        except psycopg.OperationalError as error:
            self._saw(name, address_of(url), str(error).strip().splitlines()[0])
            yield None
            return
        version = connection.info.parameter_status("server_version")
        self._saw(name, address_of(url), f"PostgreSQL {version}", up=True)
        with connection:
            yield connection

    def _saw(self, name: str, address: str | None, detail: str | None, up: bool = False) -> bool:
        detail = detail or "not configured"
        self._servers.append(ServerState(name=name, address=address, up=up, detail=detail))
        return up

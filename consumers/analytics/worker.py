"""The Faust worker: reads the topic, counts in memory, writes whole windows."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import faust
import msgspec
import psycopg
from faust.auth import SASLCredentials, SSLCredentials

from schemas import InvalidEvent, decode

from ..broker import Broker
from ..client_log import ClientLog
from ..errors import SourceUnavailable, WorkerEnded
from ..health import Health
from ..history.failures import translated
from ..metrics import ConsumerMetrics
from ..sql import statement as history_statement
from .facts import facts_of
from .reconciling import reconcile
from .security import Security
from .settings import AnalyticsSettings
from .sql import statement
from .store import WindowStore
from .windows import Windows

logger = logging.getLogger("backstory.analytics")

_BATCH: Final = 500
_BATCH_WAIT_S: Final = 0.2
_FLUSH_EVERY_S: Final = 1.0
_LEAD_EVERY_S: Final = 2.0
_LOOK_EVERY_S: Final = 0.2
_SESSION_S: Final = 10.0
_ASSIGNED_WITHIN_S: Final = 60.0
_ASK_EVERY_S: Final = 5.0


class Counting:
    """What the worker does with a batch: count, and now and then write. Used by one thread."""

    def __init__(self, connection: psycopg.Connection[Any], settings: AnalyticsSettings) -> None:
        self._connection = connection
        self._settings = settings
        self._windows = Windows(settings.funnels)
        self._store = WindowStore(connection, settings.topic, lateness_s=settings.lateness_s)
        self._offsets: dict[int, int] = {}
        self._flushed_at = self._reconciled_at = 0.0
        self._store.begin()

    def add(self, partition: int, offset: int, value: bytes | None) -> None:
        """Count one record; what is no event is the persister's to reject."""
        self._offsets[partition] = offset + 1
        try:
            if value is not None:
                self._windows.add(facts_of(decode(value)))
        except (InvalidEvent, msgspec.MsgspecError) as error:
            logger.warning("partition %d, offset %d is not counted: %s", partition, offset, error)

    def settle(self, now: float) -> bool:
        """Write and reconcile when it is time; whether anything was written."""
        if now - self._flushed_at < _FLUSH_EVERY_S:
            return False
        self._store.flush(self._windows, self._offsets)
        self._flushed_at = now
        if now - self._reconciled_at >= self._settings.reconcile_every_s:
            reconcile(
                self._connection,
                funnels=self._settings.funnels,
                lateness_s=self._settings.lateness_s,
                history=self._settings.consumer,
            )
            self._reconciled_at = now
        return True


def run_analytics(
    settings: AnalyticsSettings,
    *,
    stop: threading.Event,
    health: Health | None = None,
    metrics: ConsumerMetrics | None = None,
) -> None:
    """Count until ``stop`` is set. One worker counts at a time; others stand by for it.

    Raises SinkUnavailable or SinkRefused when the history database fails, SourceUnavailable or
    SourceRefused when Kafka cannot be asked at the start, WorkerEnded when Faust ends, or when the
    topic is created again: started again, the worker leaves the windows it had in memory to the
    history, and reads a new topic from its beginning.
    """
    health = health or Health("analytics")
    try:
        with _leading(settings.history_url, stop, health) as connection:
            if not stop.is_set():
                asyncio.run(_read(Counting(connection, settings), settings, stop, health))
    except psycopg.Error as error:
        raise translated("analytics", error) from error


@contextmanager
def _leading(url: str, stop: threading.Event, health: Health) -> Iterator[psycopg.Connection[Any]]:
    """A connection that holds the lead; ``stop`` ends the wait for it."""
    with psycopg.connect(
        url, autocommit=True, application_name="backstory.analytics", connect_timeout=5
    ) as connection:
        connection.execute(history_statement("open_session"))
        while not stop.is_set():
            row = connection.execute(statement("lead")).fetchone()
            if row and row[0]:
                break
            health.advanced()  # standing by is all that is asked of it
            stop.wait(_LEAD_EVERY_S)
        yield connection


async def _read(
    counting: Counting, settings: AnalyticsSettings, stop: threading.Event, health: Health
) -> None:
    broker = Broker(
        settings.kafka_servers,
        settings.topic,
        {"bootstrap.servers": settings.kafka_servers, **settings.kafka_config},
        ClientLog(logger),
    )
    topic = _Topic(broker, await asyncio.to_thread(broker.topic_id))
    with tempfile.TemporaryDirectory() as folder:
        reading = _Reading(counting, _app(settings, folder, topic.id), topic, stop, health)
        await reading.run(settings.topic)


class _Topic:
    """The topic that is read: one of the same name, created later, has offsets of its own."""

    def __init__(self, broker: Broker, topic_id: str) -> None:
        self.id = topic_id
        self._broker = broker
        self._asked_at = time.monotonic()

    async def require(self) -> None:
        """Raise WorkerEnded when it is another one; asks every few seconds."""
        if time.monotonic() - self._asked_at < _ASK_EVERY_S:
            return
        try:
            found = await asyncio.to_thread(self._broker.topic_id)
        except SourceUnavailable:
            return  # a broker that is away has not created anything
        finally:
            self._asked_at = time.monotonic()
        if found != self.id:
            raise WorkerEnded("Faust", f"topic {self._broker.topic!r} was created again")


class _Reading:
    """Faust, reading for ``counting`` until it is told to stop or cannot go on."""

    def __init__(
        self,
        counting: Counting,
        app: faust.App,
        topic: _Topic,
        stop: threading.Event,
        health: Health,
    ) -> None:
        self._counting = counting
        self._app = app
        self._topic = topic
        self._stop = stop
        self._health = health
        self._unsettled: list[Any] = []
        self._failed: BaseException | None = None
        self._assigned_at = time.monotonic()

    async def run(self, topic: str) -> None:
        """Read the topic; raises what ended it, unless that was ``stop``."""
        read = self._app.topic(
            topic, value_type=bytes, value_serializer="raw", key_serializer="raw"
        )
        self._app.agent(read, concurrency=1)(self._count)
        await self._app.start()
        try:
            while not (self._stop.is_set() or self._failed or self._app.should_stop):
                await asyncio.sleep(_LOOK_EVERY_S)
                self._settle()
                self._require_partitions()
                await self._topic.require()
        except psycopg.Error as error:
            self._failed = error
        finally:
            await self._app.stop()
        if self._failed:
            raise self._failed
        if not self._stop.is_set():
            raise WorkerEnded("Faust", repr(self._app.crash_reason)) from self._app.crash_reason

    async def _count(self, stream: Any) -> None:
        try:
            async for batch in stream.noack_take(_BATCH, within=_BATCH_WAIT_S):
                for event in batch:
                    message = event.message
                    self._counting.add(message.partition, message.offset, message.value)
                self._unsettled.extend(batch)
                self._settle()
        except psycopg.Error as error:
            self._failed = error

    def _settle(self) -> None:
        """Write between two batches; only what is written is acknowledged."""
        self._health.begins("writing windows")
        if self._counting.settle(time.monotonic()):
            for event in self._unsettled:
                event.ack()
            self._unsettled.clear()
            self._health.advanced()

    def _require_partitions(self) -> None:
        """Who leads reads every partition: a reader that has none for long is dead inside."""
        now = time.monotonic()
        if self._app.consumer.assignment():
            self._assigned_at = now
            return
        self._health.waits("Kafka has given it no partition")
        if now - self._assigned_at > _ASSIGNED_WITHIN_S:
            raise WorkerEnded("Faust", f"no partition for {_ASSIGNED_WITHIN_S:.0f} s")


def _app(settings: AnalyticsSettings, folder: str, topic_id: str) -> faust.App:
    servers = ";".join(f"kafka://{each}" for each in settings.kafka_servers.split(","))
    return faust.App(
        # a reader of its own for each history, and each topic: what is created again begins at 0
        f"backstory.analytics.{settings.topic}.{settings.consumer}.{topic_id}",
        broker=servers,
        store="memory://",
        datadir=folder,
        web_enabled=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        broker_commit_interval=_FLUSH_EVERY_S,
        broker_session_timeout=_SESSION_S,
        broker_heartbeat_interval=_SESSION_S / 5,
        consumer_group_instance_id="lead",  # there is one: who leads is back at once after a kill
        stream_wait_empty=False,
        broker_credentials=credentials(Security.from_config(settings.kafka_config)),
    )


def credentials(security: Security) -> Any:
    """Return Faust's own form of it; None for a connection in the clear and without a name."""
    context = security.context() if security.encrypted else None
    if security.named:
        return SASLCredentials(
            username=security.username,
            password=security.password,
            ssl_context=context,
            mechanism=security.mechanism,
        )
    return SSLCredentials(context) if context else None

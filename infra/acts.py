"""The events that tell of acts on dead letters and of decisions, published until Kafka has them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event as Flag
from threading import Thread
from typing import Final

from consumers import ConsumeError, PersisterSettings, announce_acts
from producer import DeliveryFailed, KafkaPublisher, Record
from schemas import CONTENT_TYPE, Event

_log: Final = logging.getLogger("backstory.dead")
_ANSWER_S: Final = 4.0
_EVERY_S: Final = 10.0
_HEADERS: Final[list[tuple[str, str | bytes | None]]] = [("content-type", CONTENT_TYPE)]


def publish_acts(settings: PersisterSettings) -> int:
    """Publish what waits; how many events Kafka acknowledged within 4 s.

    Raises SinkUnavailable or SinkRefused.
    """
    quiet = {**settings.kafka_config, "log_level": "0"}  # complaints come through our own logger
    publisher = KafkaPublisher(settings.kafka_servers, settings.topic, quiet)

    def publish(events: Sequence[tuple[Event, bytes]]) -> bool:
        try:
            publisher.send([_record(event, value) for event, value in events])
            return publisher.settle(_ANSWER_S)
        except DeliveryFailed as error:
            _log.warning("acts wait: %s", error)
            return False

    try:
        return announce_acts(settings.history_url, publish)
    finally:
        publisher.close()


@contextmanager
def publishing_acts(settings: PersisterSettings) -> Iterator[None]:
    """A thread that publishes, every 10 s, what people did and decided."""
    stop = Flag()
    thread = Thread(target=_repeat, args=(settings, stop), name="acts", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(1)  # what it is about to publish can wait for the next process


def _repeat(settings: PersisterSettings, stop: Flag) -> None:
    while True:
        try:
            publish_acts(settings)
        except ConsumeError as error:
            _log.debug("acts wait: %s", error)  # the persister says it louder
        if stop.wait(_EVERY_S):
            return


def _record(event: Event, value: bytes) -> Record:
    return Record(str(event.subject), value, _HEADERS, event.sequence)

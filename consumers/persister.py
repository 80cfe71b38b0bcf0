"""The persister: every event of the topic, once, into the history."""

from __future__ import annotations

import threading

from .health import Health
from .history import HistorySink
from .kafka import KafkaSource
from .metrics import ConsumerMetrics
from .ports import Sink
from .processor import Consumer, Processor
from .settings import PersisterSettings
from .topics import KafkaDeadLetterTopic


def history(settings: PersisterSettings, sink: Sink | None = None) -> Consumer:
    """Keep every event for ever. Reading the topic again adds nothing to what is kept.

    Without a sink events go to ``settings.history_url``.
    """
    return Consumer(name=settings.consumer, sink=sink or HistorySink(settings.history_url))


def persist_events(
    settings: PersisterSettings,
    *,
    stop: threading.Event,
    metrics: ConsumerMetrics | None = None,
    health: Health | None = None,
    once: bool = False,
    sink: Sink | None = None,
) -> None:
    """Run until ``stop`` is set or, with ``once``, until all that the topic holds now is kept.

    The sink is closed at the end.
    What passes by itself is waited out; a ConsumeError that is not ``retryable`` is raised.
    """
    consumer = history(settings, sink)
    source = KafkaSource(
        settings.kafka_servers,
        settings.topic,
        group=consumer.group,
        instance=settings.instance,
        config=settings.kafka_config,
    )
    dead_letters = KafkaDeadLetterTopic(
        settings.kafka_servers, settings.dead_topic, config=settings.kafka_config
    )
    processor = Processor(
        consumer,
        source,
        dead_letters=dead_letters,
        metrics=metrics,
        health=health,
        limit=settings.batch_limit,
        wait_s=settings.batch_wait_s,
    )
    try:
        if once:
            processor.drain(stop)
        else:
            processor.run(stop)
    finally:
        source.close()
        dead_letters.close()
        consumer.sink.close()

"""Runs a consumer over Kafka until it is told to stop."""

from __future__ import annotations

import threading

from .consumer import Consumer
from .health import Health
from .kafka import KafkaSource
from .metrics import ConsumerMetrics
from .processor import Processor
from .settings import PersisterSettings
from .topics import KafkaDeadLetterTopic


def run_consumer(
    consumer: Consumer,
    settings: PersisterSettings,
    *,
    stop: threading.Event,
    metrics: ConsumerMetrics | None = None,
    health: Health | None = None,
    once: bool = False,
) -> None:
    """Run until ``stop`` is set or, with ``once``, until all that the topic holds now is kept.

    The sink is closed at the end.
    What passes by itself is waited out; a ConsumeError that is not ``retryable`` is raised.
    """
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

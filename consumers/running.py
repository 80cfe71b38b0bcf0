"""Runs a consumer over Kafka until it is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import partial

from .beginning import Beginning
from .consumer import Consumer
from .health import Health
from .kafka import KafkaSource
from .metrics import ConsumerMetrics
from .offsets.required import require_unread
from .processor import Processor
from .records import Position
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
            whole = consumer.beginning is Beginning.FIRST
            processor.drain(stop, *([partial(_require, settings)] if whole else []))
        else:
            processor.run(stop)
    finally:
        source.close()
        dead_letters.close()
        consumer.sink.close()


def _require(settings: PersisterSettings, positions: Mapping[int, Position]) -> None:
    require_unread(settings.kafka_servers, settings.topic, settings.kafka_config, positions)

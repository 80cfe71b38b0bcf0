"""From Kafka outward: the loop every consumer runs in, and the insert-only history."""

from .errors import (
    ConsumeError,
    MissingRange,
    OffsetConflict,
    SinkRefused,
    SinkUnavailable,
    SourceRefused,
    SourceUnavailable,
    TopicRecreated,
    TopicUnsafe,
)
from .history import HistorySink, migrate
from .kafka import KafkaSource
from .memory import MemoryDeadLetterTopic, MemorySink, MemorySource
from .metrics import ConsumerMetrics
from .persister import history, persist_events
from .ports import DeadLetterTopic, Sink, Source
from .processor import Consumer, Processor, every_event
from .records import Batch, DeadLetter, Move, Position, Record, Written
from .settings import PersisterSettings
from .topics import KafkaDeadLetterTopic, create_topics

__all__ = [
    "Batch",
    "ConsumeError",
    "Consumer",
    "ConsumerMetrics",
    "DeadLetter",
    "DeadLetterTopic",
    "HistorySink",
    "KafkaDeadLetterTopic",
    "KafkaSource",
    "MemoryDeadLetterTopic",
    "MemorySink",
    "MemorySource",
    "MissingRange",
    "Move",
    "OffsetConflict",
    "PersisterSettings",
    "Position",
    "Processor",
    "Record",
    "Sink",
    "SinkRefused",
    "SinkUnavailable",
    "Source",
    "SourceRefused",
    "SourceUnavailable",
    "TopicRecreated",
    "TopicUnsafe",
    "Written",
    "create_topics",
    "every_event",
    "history",
    "migrate",
    "persist_events",
]

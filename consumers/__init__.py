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
from .health import Health, Verdict
from .history import HistorySink
from .kafka import KafkaSource
from .memory import MemoryDeadLetterTopic, MemorySink, MemorySource
from .metrics import ConsumerMetrics
from .migration import migrate
from .notify import (
    Delivery,
    DeliveryKeeping,
    HistoryPast,
    InvalidNotification,
    Judge,
    Judgement,
    MemoryPast,
    Message,
    NotificationSettings,
    Past,
    Priority,
    QuietHours,
    Routed,
    Rule,
    RuleBook,
    RuleFailed,
    Rules,
    Target,
    Templates,
    email,
    slack,
    target_from,
)
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
    "Delivery",
    "DeliveryKeeping",
    "Health",
    "HistoryPast",
    "HistorySink",
    "InvalidNotification",
    "Judge",
    "Judgement",
    "KafkaDeadLetterTopic",
    "KafkaSource",
    "MemoryDeadLetterTopic",
    "MemoryPast",
    "MemorySink",
    "MemorySource",
    "Message",
    "MissingRange",
    "Move",
    "NotificationSettings",
    "OffsetConflict",
    "Past",
    "PersisterSettings",
    "Position",
    "Priority",
    "Processor",
    "QuietHours",
    "Record",
    "Routed",
    "Rule",
    "RuleBook",
    "RuleFailed",
    "Rules",
    "Sink",
    "SinkRefused",
    "SinkUnavailable",
    "Source",
    "SourceRefused",
    "SourceUnavailable",
    "Target",
    "Templates",
    "TopicRecreated",
    "TopicUnsafe",
    "Verdict",
    "Written",
    "create_topics",
    "email",
    "every_event",
    "history",
    "migrate",
    "persist_events",
    "slack",
    "target_from",
]

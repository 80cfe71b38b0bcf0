"""From the outbox to Kafka: reading, turning images into events, publishing. No Django."""

from .backlog import Waiting, waiting
from .direct import DirectKafka, Dropped, direct_record
from .errors import (
    DeliveryFailed,
    LeadershipLost,
    OutboxUnavailable,
    RelayError,
    SourceMismatch,
    SourceUnbound,
)
from .health import Health
from .identity import hashed, hidden_subject, subject_of
from .kafka import KafkaPublisher
from .memory import MemoryOutbox, MemoryPublisher, OutboxTable
from .metrics import RelayMetrics
from .outbox import Outbox
from .postgres import OutboxLimits, PostgresOutbox
from .publisher import Publisher, Record
from .relay import Relay
from .roles import able_to_disable, replica_settings
from .rows import Column, OutboxRow, Page, Place, Progress, Source, Start, TrackedModel
from .settings import RelaySettings
from .source import (
    Binding,
    adopt_source,
    bind_source,
    differences_of,
    new_source,
    show_source,
)
from .tables import create_tables
from .unpublished import last_number, preview

__all__ = [
    "Binding",
    "Column",
    "DeliveryFailed",
    "DirectKafka",
    "Dropped",
    "Health",
    "KafkaPublisher",
    "LeadershipLost",
    "MemoryOutbox",
    "MemoryPublisher",
    "Outbox",
    "OutboxLimits",
    "OutboxRow",
    "OutboxTable",
    "OutboxUnavailable",
    "Page",
    "Place",
    "PostgresOutbox",
    "Progress",
    "Publisher",
    "Record",
    "Relay",
    "RelayError",
    "RelayMetrics",
    "RelaySettings",
    "Source",
    "SourceMismatch",
    "SourceUnbound",
    "Start",
    "TrackedModel",
    "Waiting",
    "able_to_disable",
    "adopt_source",
    "bind_source",
    "create_tables",
    "differences_of",
    "direct_record",
    "hashed",
    "hidden_subject",
    "last_number",
    "new_source",
    "preview",
    "replica_settings",
    "show_source",
    "subject_of",
    "waiting",
]

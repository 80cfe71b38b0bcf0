"""From Kafka outward: the loop every consumer runs in, the insert-only history, notifications.

What needs a large library (Celery, Slack's client) is imported when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .alerts import Finding, Watch
from .analytics import AnalyticsSettings, LiveNumbers, live_numbers
from .analytics import recompute as recompute_windows
from .analytics import reconcile as reconcile_windows
from .announcing import announce_acts
from .beginning import Beginning
from .consumer import Consumer, OnReplay, every_event
from .dead import (
    Person,
    StoredLetter,
    Wanted,
    drop_letter,
    find_letters,
    retry_letter,
)
from .decisions import Decision
from .delivery import (
    STATES,
    DeliveryMetrics,
    DeliverySettings,
    decide,
    deliveries_like,
    delivery_with,
)
from .errors import (
    AlreadySettled,
    ConsumeError,
    MissingRange,
    OffsetConflict,
    SinkRefused,
    SinkUnavailable,
    SourceRefused,
    SourceUnavailable,
    StillRejected,
    TooManyDeadLetters,
    TopicRecreated,
    TopicUnsafe,
    WorkerEnded,
)
from .forward import ForwardSettings, forward_consumer, forward_events
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
    NotifierSettings,
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
    email_consumer,
    notify_email,
    notify_slack,
    slack,
    slack_consumer,
    target_from,
)
from .offsets import (
    Obstacle,
    Standing,
    TopicState,
    obstacle_of,
    standings,
    state_of,
    unread_partitions,
)
from .offsets import restart as restart_topic
from .offsets import skip as skip_range
from .persister import history, persist_events
from .ports import DeadLetterTopic, Sink, Source
from .processor import Processor
from .rebuild import Progress, Rebuild, RebuildIncomplete, RoutedEvent, count_events, rebuilding
from .records import Act, Batch, DeadLetter, Move, Position, Record, Written
from .repeating import ReplayRefused, refuse_unless_safe, replay_consumer
from .replay import (
    Agreed,
    Asked,
    Comparison,
    OldHistory,
    Replay,
    ReplayStatus,
    Selection,
    abandon_replay,
    drop_old_histories,
    estimate_replay,
    old_histories,
    replay_status,
    replaying,
)
from .settings import PersisterSettings
from .topics import KafkaDeadLetterTopic, create_topics
from .verify import Ledger, Report, Verifier, WindowsOnTopic, keep_report, verifying
from .verify import accept as accept_faults

if TYPE_CHECKING:
    from .analytics.worker import run_analytics
    from .delivery.worker import send_deliveries

__all__ = [
    "STATES",
    "Act",
    "Agreed",
    "AlreadySettled",
    "AnalyticsSettings",
    "Asked",
    "Batch",
    "Beginning",
    "Comparison",
    "ConsumeError",
    "Consumer",
    "ConsumerMetrics",
    "DeadLetter",
    "DeadLetterTopic",
    "Decision",
    "Delivery",
    "DeliveryKeeping",
    "DeliveryMetrics",
    "DeliverySettings",
    "Finding",
    "ForwardSettings",
    "Health",
    "HistoryPast",
    "HistorySink",
    "InvalidNotification",
    "Judge",
    "Judgement",
    "KafkaDeadLetterTopic",
    "KafkaSource",
    "Ledger",
    "LiveNumbers",
    "MemoryDeadLetterTopic",
    "MemoryPast",
    "MemorySink",
    "MemorySource",
    "Message",
    "MissingRange",
    "Move",
    "NotificationSettings",
    "NotifierSettings",
    "Obstacle",
    "OffsetConflict",
    "OldHistory",
    "OnReplay",
    "Past",
    "PersisterSettings",
    "Person",
    "Position",
    "Priority",
    "Processor",
    "Progress",
    "QuietHours",
    "Rebuild",
    "RebuildIncomplete",
    "Record",
    "Replay",
    "ReplayRefused",
    "ReplayStatus",
    "Report",
    "Routed",
    "RoutedEvent",
    "Rule",
    "RuleBook",
    "RuleFailed",
    "Rules",
    "Selection",
    "Sink",
    "SinkRefused",
    "SinkUnavailable",
    "Source",
    "SourceRefused",
    "SourceUnavailable",
    "Standing",
    "StillRejected",
    "StoredLetter",
    "Target",
    "Templates",
    "TooManyDeadLetters",
    "TopicRecreated",
    "TopicState",
    "TopicUnsafe",
    "Verdict",
    "Verifier",
    "Wanted",
    "Watch",
    "WindowsOnTopic",
    "WorkerEnded",
    "Written",
    "abandon_replay",
    "accept_faults",
    "announce_acts",
    "count_events",
    "create_topics",
    "decide",
    "deliveries_like",
    "delivery_with",
    "drop_letter",
    "drop_old_histories",
    "email",
    "email_consumer",
    "estimate_replay",
    "every_event",
    "find_letters",
    "forward_consumer",
    "forward_events",
    "history",
    "keep_report",
    "live_numbers",
    "migrate",
    "notify_email",
    "notify_slack",
    "obstacle_of",
    "old_histories",
    "persist_events",
    "rebuilding",
    "recompute_windows",
    "reconcile_windows",
    "refuse_unless_safe",
    "replay_consumer",
    "replay_status",
    "replaying",
    "restart_topic",
    "retry_letter",
    "run_analytics",
    "send_deliveries",
    "skip_range",
    "slack",
    "slack_consumer",
    "standings",
    "state_of",
    "target_from",
    "unread_partitions",
    "verifying",
]

_LATER = {"run_analytics": ".analytics.worker", "send_deliveries": ".delivery.worker"}


def __getattr__(name: str) -> Any:
    """Load a public name from its module, once."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_LATER[name], __name__), name)
    globals()[name] = value
    return value

"""What `backstory status` tells; with ``--json`` these are the names."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class ServerState:
    """A server, and whether it answers.

    Attributes:
        address: host, port and database, without account and password; None if not configured.
        up: whether it answered just now.
        detail: its version, or why it did not answer.
    """

    name: str
    address: str | None
    up: bool
    detail: str


@dataclass(frozen=True, kw_only=True)
class OutboxState:
    """What waits in the application's database, and who takes it away.

    Attributes:
        rows: committed rows that are not published; counting stops at 100,000.
        oldest_age_s: age of the oldest of them; None if none waits.
        bytes: size of the outbox on the disk, with what is published and not yet emptied.
        set_aside: rows that could not be published, ever.
        relay: which relay leads, or led last.
        heartbeat_age_s: time since its last sign of life; None if there never was a relay.
        relay_events_per_s: mean over the last minute, from the ledger.
    """

    rows: int
    oldest_age_s: float | None
    bytes: int
    set_aside: int
    relay: str | None
    heartbeat_age_s: float | None
    relay_events_per_s: float


@dataclass(frozen=True, kw_only=True)
class GroupState:
    """How far a consumer is behind the end of its topic.

    Attributes:
        lag_events: events it has not kept.
        lag_s: age of the oldest of them; None without lag, or if it could not be read.
        moved_age_s: time since it last kept something; None if it never did.
    """

    consumer: str
    topic: str
    lag_events: int
    lag_s: float | None
    moved_age_s: float | None


@dataclass(frozen=True, kw_only=True)
class DeadLetters:
    """Records a consumer could not use.

    Attributes:
        last_at: when the last one was recorded (ISO 8601).
    """

    consumer: str
    count: int
    last_at: str
    last_reason: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """All of it. ``problems`` say what could not be found out, and what to do about it."""

    servers: list[ServerState] = field(default_factory=list)
    outbox: OutboxState | None = None
    groups: list[GroupState] = field(default_factory=list)
    dead_letters: list[DeadLetters] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

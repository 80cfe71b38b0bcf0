"""What the relay tells Prometheus."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from .backlog import Waiting

_BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)


class RelayMetrics:
    """The relay's metrics, registered where the caller says."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        counter = partial(Counter, namespace="backstory_relay", registry=self.registry)
        gauge = partial(Gauge, namespace="backstory_relay", registry=self.registry)
        self.events = counter("events", "Events acknowledged by the broker")
        self.bytes = counter("bytes", "Bytes of acknowledged events")
        self.batches = counter("batches", "Batches acknowledged by the broker")
        self.failures = counter("delivery_failures", "Batches sent again")
        self.set_aside = counter("set_aside", "Outbox rows that were not published")
        self.leader = gauge("leader", "1 while this relay leads")
        self.age = gauge("window_age_seconds", "Age of the last batch's first row; 0 when idle")
        self.rows = gauge("outbox_rows", "Rows that wait to be published, 100,000 at most")
        self.oldest = gauge("outbox_age_seconds", "Age of the oldest row that waits")
        self.disk = gauge("outbox_bytes", "Disk that the outbox takes")
        self.batch_seconds = Histogram(
            "backstory_relay_batch_seconds",
            "From handing a batch to the producer to its last acknowledgement",
            registry=self.registry,
            buckets=_BUCKETS_S,
        )

    def show(self, waiting: Waiting, now: datetime) -> None:
        """Show what waits in the outbox."""
        self.rows.set(waiting.rows)
        self.disk.set(waiting.bytes)
        age = now - waiting.oldest_at if waiting.oldest_at else None
        self.oldest.set(age.total_seconds() if age else 0)

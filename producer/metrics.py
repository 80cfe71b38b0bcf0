"""What the relay tells Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class RelayMetrics:
    """The relay's metrics, registered where the caller says."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self.registry = registry
        self.events = Counter(
            "backstory_relay_events", "Events acknowledged by the broker", registry=registry
        )
        self.bytes = Counter(
            "backstory_relay_bytes", "Bytes of acknowledged events", registry=registry
        )
        self.batches = Counter(
            "backstory_relay_batches", "Batches acknowledged by the broker", registry=registry
        )
        self.failures = Counter(
            "backstory_relay_delivery_failures", "Batches sent again", registry=registry
        )
        self.set_aside = Counter(
            "backstory_relay_set_aside",
            "Outbox rows that were not published",
            registry=registry,
        )
        self.leader = Gauge("backstory_relay_leader", "1 while this relay leads", registry=registry)
        self.age = Gauge(
            "backstory_relay_age_seconds",
            "Age of the oldest row of the last batch when it was acknowledged; 0 when idle",
            registry=registry,
        )
        self.batch_seconds = Histogram(
            "backstory_relay_batch_seconds",
            "From handing a batch to the producer to its last acknowledgement",
            registry=registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
        )

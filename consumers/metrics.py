"""What a consumer tells Prometheus."""

from __future__ import annotations

from typing import Self

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from .records import Written

_BATCH_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class ConsumerMetrics:
    """Counters and gauges of the consumers in this process, labelled with the consumer's name."""

    def __init__(self, registry: CollectorRegistry) -> None:
        label = ("consumer",)
        prefix = "backstory_consumer"
        self.events = Counter(f"{prefix}_events", "Events kept", label, registry=registry)
        self.repeated = Counter(
            f"{prefix}_repeated", "Events that were kept before", label, registry=registry
        )
        self.dead = Counter(
            f"{prefix}_dead_letters", "Records that could not be used", label, registry=registry
        )
        self.batches = Counter(f"{prefix}_batches", "Batches kept", label, registry=registry)
        self.failures = Counter(
            f"{prefix}_failures", "Batches that failed", ("consumer", "error"), registry=registry
        )
        self.batch_seconds = Histogram(
            f"{prefix}_batch_seconds",
            "From the first byte decoded to the commit",
            label,
            buckets=_BATCH_SECONDS,
            registry=registry,
        )
        self.lag_events = Gauge(
            f"{prefix}_lag_events",
            "Records of our partitions not kept yet",
            label,
            registry=registry,
        )

    @classmethod
    def unregistered(cls) -> Self:
        """Metrics that nobody scrapes."""
        return cls(CollectorRegistry())

    def idle(self, consumer: str, lag_events: int) -> None:
        """Nothing came."""
        self.lag_events.labels(consumer).set(lag_events)

    def batch(self, consumer: str, written: Written, *, seconds: float, lag_events: int) -> None:
        """A batch was kept."""
        self.events.labels(consumer).inc(written.events)
        self.repeated.labels(consumer).inc(written.repeated)
        self.dead.labels(consumer).inc(len(written.dead))
        self.batches.labels(consumer).inc()
        self.batch_seconds.labels(consumer).observe(seconds)
        self.lag_events.labels(consumer).set(lag_events)

    def failure(self, consumer: str, error: str) -> None:
        """A batch failed by this class of error."""
        self.failures.labels(consumer, error).inc()

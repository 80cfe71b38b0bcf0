"""What Prometheus is told of deliveries."""

from __future__ import annotations

from typing import Self

from prometheus_client import CollectorRegistry, Counter


class DeliveryMetrics:
    """Attempts by channel and outcome, and messages that went out in them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._attempts = Counter(
            "backstory_delivery_attempts",
            "Attempts to deliver, by what the provider answered",
            ["channel", "outcome"],
            registry=registry,
        )
        self._messages = Counter(
            "backstory_deliveries",
            "Deliveries in those attempts: several in a digest",
            ["channel", "outcome"],
            registry=registry,
        )

    @classmethod
    def unregistered(cls) -> Self:
        """Metrics that nobody reads."""
        return cls(CollectorRegistry())

    def attempt(self, channel: str, outcome: str, deliveries: int) -> None:
        """Count one attempt."""
        self._attempts.labels(channel, outcome).inc()
        self._messages.labels(channel, outcome).inc(deliveries)

"""A relay in a process of its own, for tests that kill or freeze it.

    python -m tests.producer.relay_process APP_URL KAFKA TOPIC LEASE_S

It publishes one batch, prints ``acknowledged``, waits for a line, tries to store its progress, and
prints ``stored`` or the name of the error that kept it from doing so.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from threading import Event

from producer import KafkaPublisher, OutboxLimits, PostgresOutbox, RelayError, RelayMetrics
from producer.turn import Turn


def main(app_url: str, kafka: str, topic: str, lease_s: str) -> None:
    """Do what the module says."""
    limits = OutboxLimits(page_rows=10, lease_s=float(lease_s))
    outbox = PostgresOutbox(app_url, schema="public", holder="process", limits=limits)
    start = outbox.lead()
    assert start is not None
    turn = Turn(
        outbox,
        KafkaPublisher(kafka, topic),
        start,
        stop=Event(),
        grace_s=1,
        now=lambda: datetime.now(UTC),
        metrics=RelayMetrics(),
    )
    turn.step()
    print("acknowledged", flush=True)
    sys.stdin.readline()
    try:
        turn.finish()
        print("stored", flush=True)
    except RelayError as error:
        print(type(error).__name__, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

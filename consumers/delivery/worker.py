"""The process that sends: Celery's worker in threads, and a sweeper beside it."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg

from ..alerts import Watch
from ..errors import WorkerEnded
from ..health import Health
from ..notify import Templates
from ..sql import statement
from .celery import add_task, celery_app, enqueue
from .channels import Channel
from .mail import Mail
from .metrics import DeliveryMetrics
from .sending import Connect, Sender
from .settings import DeliverySettings
from .slack import Slack
from .sweeper import Sweeper

logger = logging.getLogger("backstory.delivery")

_THREADS: Final = 4
_ANSWER_S: Final = 20.0
_PROVIDERS: Final = {
    "slack": "BACKSTORY_SLACK_TOKEN or BACKSTORY_SLACK_WEBHOOKS",
    "email": "BACKSTORY_SMTP_URL and BACKSTORY_MAIL_FROM",
}
_ALONE: Final = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}
"""Workers have nothing to tell each other: the rows say who does what."""


def channels_of(settings: DeliverySettings) -> dict[str, Channel]:
    """Return the channels that have a provider; deliveries of the others wait."""
    channels: dict[str, Channel] = {}
    limit_s = min(_ANSWER_S, settings.claim_s / 2)  # who waits longer than its claim is repeated
    if settings.slack_token or settings.slack_webhooks:
        channels["slack"] = Slack(
            token=settings.slack_token,
            webhooks=settings.slack_webhooks,
            base_url=settings.slack_url,
            limit_s=limit_s,
        )
    if settings.mail_server is not None:
        channels["email"] = Mail(
            settings.mail_server,
            settings.mail_from,
            unsubscribe_url=settings.unsubscribe_url,
            limit_s=limit_s,
        )
    return channels


def connecting(url: str) -> Connect:
    """Return what opens a connection for one transaction or two, as the writer role."""

    @contextmanager
    def connect() -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(
            url, autocommit=True, application_name="backstory.send", connect_timeout=5
        ) as connection:
            connection.execute(statement("open_session"))
            yield connection

    return connect


def send_deliveries(
    settings: DeliverySettings,
    *,
    stop: threading.Event,
    health: Health | None = None,
    metrics: DeliveryMetrics | None = None,
    watches: Sequence[Watch] = (),
) -> None:
    """Send until ``stop`` is set. Several processes share the work by the deliveries' rows.

    Raises WorkerEnded when Celery ends before that.
    """
    connect = connecting(settings.history_url)
    channels = channels_of(settings)
    _tell_what_is_missing(settings, channels)
    policies = {name: settings.policies[name] for name in channels}
    app = celery_app(settings)
    sender = Sender(
        connect,
        channels,
        Templates(settings.notifications.templates),
        worker=f"{socket.gethostname()}:{os.getpid()}",
        policies=policies,
        claim_s=settings.claim_s,
        metrics=metrics,
    )
    add_task(app, sender)
    sweeper = Sweeper(
        connect,
        lambda delivery, channel: enqueue(app, delivery, channel),
        policies=policies,
        alerts=settings.notifications.alerts,
        watches=watches,
        health=health,
    )
    worker = app.WorkController(app=app, pool="threads", concurrency=_THREADS, **_ALONE)
    threading.Thread(target=sweeper.run, args=(stop,), name="sweeper", daemon=True).start()
    stopping = threading.Thread(target=_stop_later, args=(worker, stop), name="stop", daemon=True)
    stopping.start()
    worker.start()
    if not stop.is_set():
        raise WorkerEnded("Celery", "its own log says why")
    stopping.join()  # here, not when Python ends: there nobody cuts a provider's silence short


def _stop_later(worker: Any, stop: threading.Event) -> None:
    stop.wait()
    worker.stop()


def _tell_what_is_missing(settings: DeliverySettings, channels: Mapping[str, Channel]) -> None:
    for name, variables in _PROVIDERS.items():
        if name not in channels:
            logger.warning("no provider for %s: its deliveries wait; set %s", name, variables)
    if not settings.notifications.alerts:
        logger.warning("nobody hears of alerts: set BACKSTORY_ALERTS=slack:#ops,email:ops@host")

"""Celery carries deliveries to the workers. It may forget some: the sweeper does not."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from celery import Celery

from . import folder
from .sending import Sender
from .settings import DeliverySettings

TASK: Final = "backstory.send"
QUEUE: Final = "backstory.deliveries"
_LOOK_EVERY_S: Final = 0.2


def celery_app(settings: DeliverySettings) -> Celery:
    """Return an app that can enqueue; a worker gives it the task with ``add_task``."""
    app = Celery("backstory", broker=settings.broker_url, set_as_current=False)
    app.conf.update(
        task_default_queue=QUEUE,
        task_acks_late=True,
        task_ignore_result=True,
        task_publish_retry=False,  # the sweeper comes again
        worker_prefetch_multiplier=1,
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
    )
    if settings.broker_url.startswith(f"{folder.SCHEME}:"):
        app.conf.broker_transport_options = {
            "folder": str(settings.broker_folder),
            "polling_interval": _LOOK_EVERY_S,
        }
    return app


def enqueue(app: Celery, delivery: UUID, channel: str) -> None:
    """Ask for one attempt; raises kombu's errors when the broker is away."""
    app.send_task(TASK, args=[str(delivery), channel], ignore_result=True)


def add_task(app: Celery, sender: Sender) -> None:
    """Let a worker of this app make the attempts."""

    def send(delivery: str, channel: str) -> None:
        sender.send(UUID(delivery), channel)

    app.task(send, name=TASK)

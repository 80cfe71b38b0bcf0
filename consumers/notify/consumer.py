"""The consumers ``slack`` and ``email``: from the topic to deliveries that wait to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from schemas import ConfigurationError

from ..beginning import Beginning
from ..consumer import Consumer
from ..history import HistorySink
from ..running import run_consumer
from ..settings import PersisterSettings
from .deliveries import Judge
from .keeping import DeliveryKeeping
from .past import HistoryPast
from .settings import NotificationSettings
from .targets import EMAIL, SLACK
from .templates import Templates


@dataclass(frozen=True, kw_only=True)
class NotifierSettings(PersisterSettings):
    """Where events come from, and which rules are asked about them."""

    notifications: NotificationSettings = field(default_factory=NotificationSettings)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read the ``BACKSTORY_*`` variables; ConfigurationError tells all that is wrong."""
        problems: list[str] = []
        reading = cls.read(env, problems)
        notifications = NotificationSettings()
        try:
            notifications = NotificationSettings.from_env(env)
        except ConfigurationError as error:
            problems += error.problems
        if problems:
            raise ConfigurationError(problems)
        return cls(**reading, notifications=notifications)


def slack_consumer(settings: NotifierSettings) -> Consumer:
    """Keep what the rules tell Slack."""
    return _notifier(settings, SLACK)


def email_consumer(settings: NotifierSettings) -> Consumer:
    """Keep what the rules tell by mail."""
    return _notifier(settings, EMAIL)


def notify_slack(settings: NotifierSettings, **running: Any) -> None:
    """Run the consumer ``slack``; see ``run_consumer``."""
    run_consumer(slack_consumer(settings), settings, **running)


def notify_email(settings: NotifierSettings, **running: Any) -> None:
    """Run the consumer ``email``; see ``run_consumer``."""
    run_consumer(email_consumer(settings), settings, **running)


def _notifier(settings: NotifierSettings, channel: str) -> Consumer:
    """A consumer that begins at the end of the topic: nobody wants to be told of all the past."""
    book = settings.notifications.rules()
    past = HistoryPast(settings.history_url)
    templates = Templates(settings.notifications.templates)
    keep = DeliveryKeeping(Judge(book, templates, past, channel=channel))
    return Consumer(
        name=channel,
        sink=HistorySink(settings.history_url, name=f"deliveries of {channel}", keep=keep),
        accepts=book.concerns,
        dead_limit=settings.dead_limit,
        beginning=Beginning.END,
    )

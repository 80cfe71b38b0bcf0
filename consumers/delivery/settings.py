"""What the senders are told from outside, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

from schemas import ConfigurationError

from ..notify import NotificationSettings
from ..notify.targets import CHANNELS, EMAIL, SLACK
from .mail import SECURITY, MailServer
from .sending import ASK, RESEND

_SLACK_URL: Final = "https://slack.com/api/"
_PORTS: Final = {"starttls": 587, "implicit": 465, "none": 25}


@dataclass(frozen=True, kw_only=True)
class DeliverySettings:
    """Providers, the task broker, and what to do when nobody knows.

    Attributes:
        broker_url: of Celery; Redis or RabbitMQ in production.
        broker_folder: where tasks lie for ``folder://``, the broker without a server.
        slack_webhooks: by target; other targets go through the API with the token.
        policies: by channel, ``resend`` or ``ask`` for what may have been sent.
        claim_s: how long an attempt may take before its worker counts as gone, in seconds.
    """

    history_url: str = field(repr=False)
    notifications: NotificationSettings
    broker_url: str = field(default="folder://localhost", repr=False)
    broker_folder: Path = Path(".backstory/celery")
    slack_token: str = field(default="", repr=False)
    slack_webhooks: Mapping[str, str] = field(default_factory=dict, repr=False)
    slack_url: str = _SLACK_URL
    mail_server: MailServer | None = field(default=None, repr=False)
    mail_from: str = ""
    unsubscribe_url: str = ""
    policies: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(CHANNELS, RESEND))
    claim_s: float = 60.0

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read the ``BACKSTORY_*`` variables; ConfigurationError tells all that is wrong."""
        problems: list[str] = []
        notifications = NotificationSettings()
        try:
            notifications = NotificationSettings.from_env(env)
        except ConfigurationError as error:
            problems += error.problems
        if not env.get("BACKSTORY_HISTORY_URL"):
            problems.append("BACKSTORY_HISTORY_URL is not set: postgresql://user@host/history")
        broker = env.get("BACKSTORY_CELERY_BROKER") or "folder://localhost"
        if broker.startswith("filesystem:"):
            problems.append(
                "BACKSTORY_CELERY_BROKER is filesystem://: write folder://localhost or redis://…"
            )
        server = _mail_server(env, problems)
        if server is not None and "@" not in env.get("BACKSTORY_MAIL_FROM", ""):
            problems.append("BACKSTORY_MAIL_FROM is not set: Backstory <backstory@example.com>")
        settings = cls(
            history_url=env.get("BACKSTORY_HISTORY_URL", ""),
            notifications=notifications,
            broker_url=broker,
            broker_folder=Path(env.get("BACKSTORY_HOME") or ".backstory") / "celery",
            slack_token=env.get("BACKSTORY_SLACK_TOKEN", ""),
            slack_webhooks=_webhooks(env, problems),
            slack_url=env.get("BACKSTORY_SLACK_URL") or _SLACK_URL,
            mail_server=server,
            mail_from=env.get("BACKSTORY_MAIL_FROM", ""),
            unsubscribe_url=env.get("BACKSTORY_UNSUBSCRIBE_URL", ""),
            policies=_policies(env, problems),
            claim_s=_seconds(env, "BACKSTORY_CLAIM_S", 60.0, problems),
        )
        if problems:
            raise ConfigurationError(problems)
        return settings


def _mail_server(env: Mapping[str, str], problems: list[str]) -> MailServer | None:
    text = env.get("BACKSTORY_SMTP_URL", "")
    if not text:
        return None
    example = "write smtp://user:password@host:587?tls=starttls (or implicit, or none)"
    try:
        url = urlsplit(text)
        query = parse_qs(url.query)
        security = query.get("tls", ["starttls"])[0]
        if url.scheme != "smtp" or not url.hostname or security not in SECURITY:
            raise ValueError
        return MailServer(
            host=url.hostname,
            port=url.port or _PORTS[security],
            user=unquote(url.username or ""),
            password=unquote(url.password or ""),
            security=security,
            ca_file=query.get("ca", [""])[0],
        )
    except ValueError:
        problems.append(f"BACKSTORY_SMTP_URL cannot be read: {example}")
        return None


def _webhooks(env: Mapping[str, str], problems: list[str]) -> dict[str, str]:
    webhooks: dict[str, str] = {}
    for part in filter(None, env.get("BACKSTORY_SLACK_WEBHOOKS", "").split(",")):
        target, equals, url = part.strip().partition("=")
        if not equals or not url.startswith(("https://", "http://")):
            problems.append("BACKSTORY_SLACK_WEBHOOKS cannot be read: write #ops=https://…,…")
        webhooks[target] = url
    return webhooks


def _policies(env: Mapping[str, str], problems: list[str]) -> dict[str, str]:
    policies = dict.fromkeys((SLACK, EMAIL), RESEND)
    for part in filter(None, env.get("BACKSTORY_UNCERTAIN", "").split(",")):
        channel, _, policy = part.strip().partition("=")
        if channel not in CHANNELS or policy not in (RESEND, ASK):
            problems.append(f"BACKSTORY_UNCERTAIN has {part!r}: write slack=resend,email=ask")
        policies[channel] = policy
    return policies


def _seconds(env: Mapping[str, str], name: str, default: float, problems: list[str]) -> float:
    text = env.get(name, "")
    try:
        seconds = float(text) if text else default
    except ValueError:
        seconds = 0.0
    if not 1.0 <= seconds <= 86_400.0:
        problems.append(f"{name} is {text!r}: set it to a number of seconds, 1 to 86400")
    return seconds

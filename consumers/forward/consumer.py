"""The consumer ``forward``: a batch goes out before its offsets are moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pkgutil import resolve_name
from typing import Any, Final, Self

import psycopg

from schemas import ConfigurationError, Event, InvalidEvent, UnknownEventType

from ..beginning import Beginning
from ..consumer import Consumer
from ..history import HistorySink, Kept
from ..records import DeadLetter, Record
from ..running import run_consumer
from ..settings import PersisterSettings
from .products import Product
from .selection import Policy, Tracked, tracked

_TYPES: Final = "page.viewed,action.performed,action.failed"
_HOST: Final = "https://us.i.posthog.com"


@dataclass(frozen=True, kw_only=True)
class ForwardSettings(PersisterSettings):
    """Where events go, and which of their fields.

    Attributes:
        key: the project's API key.
        host: of the service.
    """

    key: str = field(default="", repr=False)
    host: str = _HOST
    policy: Policy = field(default_factory=lambda: Policy(types=frozenset(), salt=b""), repr=False)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read the ``BACKSTORY_*`` variables; ConfigurationError tells all that is wrong."""
        problems: list[str] = []
        reading = cls.read(env, problems)
        for name, example in (
            ("BACKSTORY_POSTHOG_KEY", "phc_…, the project's key"),
            ("BACKSTORY_FORWARD_SALT", "a random text that stays the same: it makes pseudonyms"),
        ):
            if not env.get(name):
                problems.append(f"{name} is not set: set it to {example}")
        consents = _consent(env.get("BACKSTORY_FORWARD_CONSENT", ""), problems)
        if problems:
            raise ConfigurationError(problems)
        policy = Policy(
            types=_names(env.get("BACKSTORY_FORWARD_TYPES") or _TYPES),
            allowed=_names(env.get("BACKSTORY_FORWARD_ALLOWED", "")),
            consents=consents,
            salt=env["BACKSTORY_FORWARD_SALT"].encode(),
        )
        host = env.get("BACKSTORY_POSTHOG_HOST") or _HOST
        return cls(**reading, key=env["BACKSTORY_POSTHOG_KEY"], host=host, policy=policy)


class Forwarding:
    """Sends what may leave of a batch; the offsets move only when the service has it."""

    def __init__(self, product: Product, policy: Policy) -> None:
        self._product = product
        self._policy = policy

    def __call__(
        self,
        connection: psycopg.Connection[Any],
        topic: str,
        events: Sequence[tuple[Record, Event]],
    ) -> Kept:
        """Hand the batch over; what cannot be read or asked about stays, a dead letter."""
        batch: list[Tracked] = []
        dead: list[DeadLetter] = []
        for record, event in events:
            try:
                batch.append(tracked(event, self._policy))
            except (InvalidEvent, UnknownEventType) as error:
                dead.append(DeadLetter(record, str(error)))
            except Exception as error:  # the function of consent is the application's code
                reason = f"asking for consent failed with {type(error).__name__}: {error}"
                dead.append(DeadLetter(record, reason))
        if batch:
            self._product.send(batch)
        return Kept(len(batch), dead)


def forward_consumer(settings: ForwardSettings, product: Product | None = None) -> Consumer:
    """Forward what happens from now on to PostHog, or another product."""
    if product is None:
        from .posthog import PostHog

        product = PostHog(settings.key, settings.host)
    keep = Forwarding(product, settings.policy)
    return Consumer(
        name="forward",
        sink=HistorySink(settings.history_url, name=product.name, keep=keep),
        accepts=lambda event: event.type in settings.policy.types,
        dead_limit=settings.dead_limit,
        beginning=Beginning.END,
    )


def forward_events(settings: ForwardSettings, **running: Any) -> None:
    """Run the consumer ``forward``; see ``run_consumer``."""
    run_consumer(forward_consumer(settings), settings, **running)


def _consent(name: str, problems: list[str]) -> Callable[[Event], bool]:
    if not name:
        return lambda event: False
    try:
        consents: Callable[[Event], bool] = resolve_name(name)
    except (ImportError, AttributeError, ValueError) as error:
        problems.append(f"BACKSTORY_FORWARD_CONSENT names {name!r}: {error}; write module:function")
        return lambda event: False
    return lambda event: consents(event) is True


def _names(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())

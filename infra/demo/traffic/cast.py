"""What all scenes of one run share: the ledger, what makes each change unique, and chance."""

import itertools
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock

from ..ledger import Ledger

_DIGITS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Markers:
    """Values that nobody else writes, so that each change can be found again."""

    def __init__(self, run: str) -> None:
        self.run = run
        self._numbers = itertools.count(1)
        self._lock = Lock()

    def number(self) -> int:
        """The next number of this run; never the same twice."""
        with self._lock:
            return next(self._numbers)

    def minute(self) -> str:
        """A number of somebody's minutes, such as ``7K2F-0042``."""
        return f"{self.run}-{self.number():04d}"

    def certificate(self, prefix: str) -> str:
        """A certificate number, such as ``CS-7K2F-0042``."""
        return f"{prefix}-{self.minute()}"

    def price(self) -> str:
        """A price of four decimals; its whole part belongs to the run."""
        tens, rest = divmod(self.number(), 10_000)
        return f"{2 + int(self.run, 36) % 900 + tens}.{rest:04d}"

    def email(self, name: str) -> str:
        """An address."""
        return f"{name.lower().replace(' ', '.')}.{self.run.lower()}{self.number()}@example.org"


def run_name(now: float) -> str:
    """A short name for a run that starts at ``now`` (seconds since 1970), new each second."""
    number, digits = int(now) % len(_DIGITS) ** 5, ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits or "0"


@dataclass(frozen=True)
class Clock:
    """Time as the traffic needs it."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Cast:
    """One run's traffic, as every scene sees it.

    Attributes:
        stop: set when everybody has to go home.
        surprises: what happened that no scene was written for; has to stay empty.
    """

    base_url: str
    ledger: Ledger
    markers: Markers
    seed: int
    clock: Clock = field(default_factory=Clock)
    stop: Event = field(default_factory=Event)
    surprises: list[str] = field(default_factory=list)

    def chance(self, who: str) -> random.Random:
        """Chance for one person: the same seed gives the same decisions."""
        return random.Random(f"{self.seed} {who}")  # noqa: S311 - not for secrets

    @staticmethod
    def trace() -> str:
        """A W3C trace id."""
        return secrets.token_hex(16)

"""Dead letters: how many are too many, and what people do about them."""

from .acting import Person, drop_letter, retry_letter
from .announcing import announce_acts
from .letters import Settled, StoredLetter, Wanted, find_letters
from .limit import Rejections

__all__ = [
    "Person",
    "Rejections",
    "Settled",
    "StoredLetter",
    "Wanted",
    "announce_acts",
    "drop_letter",
    "find_letters",
    "retry_letter",
]

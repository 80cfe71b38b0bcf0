"""Dead letters: how many are too many, and what people do about them."""

from .acting import Person, drop_letter, retry_letter
from .letters import Settled, StoredLetter, Wanted, find_letters
from .limit import Rejections

__all__ = [
    "Person",
    "Rejections",
    "Settled",
    "StoredLetter",
    "Wanted",
    "drop_letter",
    "find_letters",
    "retry_letter",
]

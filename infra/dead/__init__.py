"""What ``backstory dead`` does and shows."""

from .acts import Outcome, drop_letters, retry_letters
from .moments import Moment
from .tables import letter_facts, show_letter, show_letters

__all__ = [
    "Moment",
    "Outcome",
    "drop_letters",
    "letter_facts",
    "retry_letters",
    "show_letter",
    "show_letters",
]

"""Views that declare what they are about, whom they let in, and all that they take."""

from .declaration import ATTRIBUTE, Declaration, declaration_of
from .relaxations import Relaxed, accepts_any, any_member, public

__all__ = [
    "ATTRIBUTE",
    "Declaration",
    "Relaxed",
    "accepts_any",
    "any_member",
    "declaration_of",
    "public",
]

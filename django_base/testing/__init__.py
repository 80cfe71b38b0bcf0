"""For the tests of host projects: events written so far, who gets where, what is isolated."""

from .captured import CapturedEvents, Events, captured_events
from .isolation import Isolation, assert_isolated
from .matrix import Matrix, role_matrix

__all__ = [
    "CapturedEvents",
    "Events",
    "Isolation",
    "Matrix",
    "assert_isolated",
    "captured_events",
    "role_matrix",
]

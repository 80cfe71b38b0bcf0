"""Who does it, from where, in the course of what, and why; told to the database."""

from .actions import action
from .connections import with_context
from .reasons import ReasonRequired
from .scope import bind_context, current_context
from .shown import shows

__all__ = ["ReasonRequired", "action", "bind_context", "current_context", "shows", "with_context"]

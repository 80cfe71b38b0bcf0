"""What a Django service embeds to tell who saw what, who changed what, and why.

Add ``"django_base"`` to INSTALLED_APPS; derive models from BaseModel, and put
``django_base.middleware.ContextMiddleware`` and ``PageViewMiddleware`` into MIDDLEWARE. The names
are loaded when they are first asked for, because models need Django's app registry.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .siblings import check_siblings

if TYPE_CHECKING:
    from .capture import BaseModel, track
    from .context import ReasonRequired, action, bind_context, current_context, shows, with_context
    from .deletion import RestoreConflict, keep_when_void
    from .deletion.deletions import Deletion
    from .deletion.hard import hard_deletion
    from .deletion.holds import place_hold, release_hold
    from .deletion.uniqueness import UniqueAmongLive
    from .events import TypedEvent, typed
    from .recording import record

__all__ = [
    "BaseModel",
    "Deletion",
    "ReasonRequired",
    "RestoreConflict",
    "TypedEvent",
    "UniqueAmongLive",
    "action",
    "bind_context",
    "current_context",
    "hard_deletion",
    "keep_when_void",
    "place_hold",
    "record",
    "release_hold",
    "shows",
    "track",
    "typed",
    "with_context",
]

_HOMES = {
    "BaseModel": ".capture",
    "Deletion": ".deletion.deletions",
    "ReasonRequired": ".context",
    "RestoreConflict": ".deletion",
    "TypedEvent": ".events",
    "UniqueAmongLive": ".deletion.uniqueness",
    "action": ".context",
    "bind_context": ".context",
    "current_context": ".context",
    "hard_deletion": ".deletion.hard",
    "keep_when_void": ".deletion",
    "place_hold": ".deletion.holds",
    "record": ".recording",
    "release_hold": ".deletion.holds",
    "shows": ".context",
    "track": ".capture",
    "typed": ".events",
    "with_context": ".context",
}

check_siblings()


def __getattr__(name: str) -> Any:
    """Load a public name from its module, once."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

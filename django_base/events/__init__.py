"""Events as the application knows them: models as classes, values as their fields' Python types."""

from .typed import TypedEvent, typed
from .values import JSON_NULL, LargeValue

__all__ = ["JSON_NULL", "LargeValue", "TypedEvent", "typed"]

"""Where Django looks for an app's models; without this module it sends no ``post_migrate``."""

from .capture.models import BaseModel

__all__ = ["BaseModel"]

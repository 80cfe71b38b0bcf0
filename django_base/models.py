"""Where Django looks for an app's models; without this module it sends no ``post_migrate``."""

from .capture.models import BaseModel
from .deletion.deletions import Deletion
from .deletion.holds import Hold

__all__ = ["BaseModel", "Deletion", "Hold"]

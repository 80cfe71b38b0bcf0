"""What is captured, and how the database is made to tell it."""

from .models import BaseModel
from .registry import track

__all__ = ["BaseModel", "track"]

"""Logical deletion: rows are voided and hidden, restored, and only on purpose removed."""

from .errors import RestoreConflict
from .fields import keep_when_void

__all__ = ["RestoreConflict", "keep_when_void"]

"""Logical deletion: rows are voided and hidden, restored, and only on purpose removed."""

from .fields import keep_when_void

__all__ = ["keep_when_void"]

"""Every setting that silently loses events, found from outside, each with its fix."""

from .examination import examine
from .finding import Finding

__all__ = ["Finding", "examine"]

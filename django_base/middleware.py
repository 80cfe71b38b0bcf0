"""The middleware: who is asking (ContextMiddleware), what they saw, the gate around all views."""

from .context.middleware import ContextMiddleware
from .context.page_views import PageViewMiddleware
from .gate.middleware import GateMiddleware

__all__ = ["ContextMiddleware", "GateMiddleware", "PageViewMiddleware"]

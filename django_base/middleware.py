"""The middleware: who is asking (ContextMiddleware), and what they saw (PageViewMiddleware)."""

from .context.middleware import ContextMiddleware
from .context.page_views import PageViewMiddleware

__all__ = ["ContextMiddleware", "PageViewMiddleware"]

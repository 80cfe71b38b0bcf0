"""The gate around all views: what no declaration covers is refused.

Put ``django_base.middleware.GateMiddleware`` into MIDDLEWARE, after those of session, user and
context. URLs of others (admin, static files) are declared in the URLconf by ``declare``.
"""

from .glass import BrokenGlass, break_glass
from .others import declare, declare_include, requires_staff

__all__ = ["BrokenGlass", "break_glass", "declare", "declare_include", "requires_staff"]

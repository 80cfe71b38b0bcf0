"""Who may do what: rules of two values, the same for one object and for a list."""

from .predicates import Permission, as_permission, permission

__all__ = ["Permission", "as_permission", "permission"]

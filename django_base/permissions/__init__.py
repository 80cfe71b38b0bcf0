"""Who may do what: rules of two values, the same for one object and for a list."""

from .errors import NoQuerysetForm, NotAVerdict, PermissionIsAsync
from .evaluation import Evaluation, Explanation
from .predicates import Permission, as_permission, permission
from .rows import rows

__all__ = [
    "Evaluation",
    "Explanation",
    "NoQuerysetForm",
    "NotAVerdict",
    "Permission",
    "PermissionIsAsync",
    "as_permission",
    "permission",
    "rows",
]

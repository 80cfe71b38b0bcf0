"""What makes a permission unusable: never a no, always an error."""

from typing import Any

from schemas import EventError


class NotAVerdict(EventError):  # noqa: N818  (named by what happened)
    """A permission answered something else than True or False.

    Attributes:
        permission: its name.
    """

    def __init__(self, permission: str, answer: Any) -> None:
        self.permission = permission
        super().__init__(
            f"permission {permission!r} answered a {type(answer).__name__}: return True or False"
        )


class PermissionIsAsync(EventError):  # noqa: N818
    """A coroutine function was to be asked by synchronous code."""

    def __init__(self, permission: str) -> None:
        super().__init__(
            f"permission {permission!r} is a coroutine function, and the view is synchronous: make "
            "the view async, or the permission a plain function"
        )


class NoQuerysetForm(EventError):  # noqa: N818
    """A permission that looks at objects cannot be asked of a whole list."""

    def __init__(self, permission: str) -> None:
        super().__init__(
            f"permission {permission!r} has no queryset form: give its class a method "
            "q(actor, entity), or the function an as_rows"
        )

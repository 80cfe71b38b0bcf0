"""What a view says about itself before any of its code runs: one value, read by everybody.

It hangs on the callback of the URL as ``callback.backstory_declaration``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from ..permissions import Permission, as_permission
from .relaxations import Kind, Relaxed

ATTRIBUTE: Final = "backstory_declaration"


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What a view is about, who may see it, and all that it takes.

    Attributes:
        entity: where the entity's key comes from, such as ``from_url("company_id", Company)``; None
            for a page that is about none.
        reach: who knows of the entity at all, by its queryset form; others get a 404. None for the
            site's, ``BACKSTORY["reach"]``.
        permission: what the view takes, or a mapping from HTTP methods (or a viewset's actions).
        url: the URL's keyword arguments to their types; ``Ref[Certificate]`` or the model itself
            for an object, any type that msgspec can convert a text to otherwise.
        query: the parameters of the query string likewise; all of them may be left away.
        body: a form, formset, serializer or struct, or a mapping from HTTP methods (or actions).
        relaxed: the rules it leaves away.
        login: whether a browser without a session is sent to the login; programs get a 401.
        source: dotted name of the view or, for URLs of others, of where they are declared.
    """

    entity: Any = None
    reach: Permission | None = None
    permission: Permission | Mapping[str, Permission] | None = None
    url: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    relaxed: tuple[Relaxed, ...] = ()
    login: bool = True
    source: str = ""

    @classmethod
    def of(
        cls,
        *,
        reach: Any = None,
        permission: Any = None,
        relaxed: Relaxed | tuple[Relaxed, ...] | None = (),
        **said: Any,
    ) -> "Declaration":
        """Return what was said in the short forms: classes of permissions, one relaxation."""
        if isinstance(permission, Mapping):
            permission = {name: as_permission(each) for name, each in permission.items()}
        elif permission is not None:
            permission = as_permission(permission)
        return cls(
            reach=None if reach is None else as_permission(reach),
            permission=permission,
            relaxed=(relaxed,) if isinstance(relaxed, Relaxed) else tuple(relaxed or ()),
            **said,
        )

    def relaxes(self, kind: Kind) -> bool:
        """Return whether it leaves a rule away."""
        return any(each.kind == kind for each in self.relaxed)

    @property
    def is_empty(self) -> bool:
        """Whether it says neither who may see the view nor that anybody may."""
        return self.permission is None and not (
            self.relaxes("public") or self.relaxes("any_member")
        )

    def permission_for(self, method: str) -> Permission | None:
        """Return what a request takes; None where it takes nothing, or nothing is said."""
        found: Permission | None = _of_method(self.permission, method)
        return found

    def body_for(self, method: str) -> Any:
        """Return what a request's body must be; None for no body."""
        return None if method in ("GET", "HEAD") else _of_method(self.body, method)


def declaration_of(callback: Callable[..., Any]) -> Declaration | None:
    """Return what a callback of the URLconf declares, None when it declares nothing."""
    while isinstance(callback, partial):
        callback = callback.func
    found = getattr(callback, ATTRIBUTE, None)
    return found if isinstance(found, Declaration) else None


def _of_method(said: Any, method: str) -> Any:
    if not isinstance(said, Mapping):
        return said
    return said.get("GET" if method in ("HEAD", "OPTIONS") and method not in said else method)

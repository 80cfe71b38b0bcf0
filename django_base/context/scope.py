"""The current context: an immutable value in a ContextVar, set and put back by token."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import PurePath
from typing import Any, Protocol

from msgspec.structs import replace

from schemas import Actor, Context, Request, check_reason, context_to_comment

_ORIGINS = {"migrate": "migration", "shell": "shell", "shell_plus": "shell"}
_SERVERS = frozenset({"runserver", "test", "runserver_plus", "testserver"})


class Visitor(Protocol):
    """Somebody whose request is being answered, known in full only when asked for."""

    def actor(self) -> Actor | None:
        """Return who it is; the same object as long as it is the same person."""

    def request(self) -> Request:
        """Return the request's description, made once."""


class Scope:
    """A context that holds for a while: what was said, and a visitor asked for the rest.

    It never changes; what it keeps are renderings of itself.
    """

    __slots__ = ("_bytes", "_comment", "_rendered", "said", "visitor")

    def __init__(self, said: Context, visitor: Visitor | None = None) -> None:
        self.said = said
        self.visitor = visitor
        self._rendered: Context | None = None
        self._comment = ""
        self._bytes = b""

    def context(self) -> Context:
        """Return the whole context."""
        self._render()
        assert self._rendered is not None
        return self._rendered

    def comment(self, *, doubled: bool) -> str:
        """Return the SQL comment that says it, with percent signs doubled for a parameter style."""
        self._render()
        return self._comment.replace("%", "%%") if doubled else self._comment

    def comment_bytes(self) -> bytes:
        """Return the comment as it is sent."""
        self._render()
        return self._bytes

    def _render(self) -> None:
        """Render it, once for each actor: a visitor may log in while the request is answered."""
        visitor = self.visitor
        actor = self.said.actor or (visitor.actor() if visitor else None)
        if self._rendered is not None and self._rendered.actor is actor:
            return
        context = self.said
        if visitor is not None:
            request = context.request or visitor.request()
            context = replace(context, actor=actor, request=request)
        self._comment = context_to_comment(context)
        self._bytes = self._comment.encode()
        self._rendered = context


def _of_process() -> Scope:
    """Return the scope of whatever nobody has bound a context for, told from the command line."""
    path = PurePath(sys.argv[0] if sys.argv else "")
    command = next((each for each in sys.argv[1:] if not each.startswith("-")), "")
    name = path.parent.name if path.name == "__main__.py" else path.name
    if name == "celery":
        return Scope(Context(origin="task"))
    if name not in ("manage.py", "django-admin", "django") or command in _SERVERS:
        return Scope(Context())
    return Scope(Context(origin=_ORIGINS.get(command, "command"), action=command))


_process = _of_process()
_current: ContextVar[Scope] = ContextVar("backstory.scope")


def current_scope() -> Scope:
    """Return the scope in force here."""
    return _current.get(_process)


def current_context() -> Context:
    """Return the context in force here; looks the visitor up when that was not done before."""
    return current_scope().context()


class bind_scope:  # noqa: N801  (a verb in a with statement)
    """Let a scope hold until the block ends."""

    __slots__ = ("_scope", "_token")

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def __enter__(self) -> Scope:
        self._token = _current.set(self._scope)
        return self._scope

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


@contextmanager
def bind_context(
    *,
    actor: Any = None,
    reason: str | None = None,
    entity: Any = None,
    action: str | None = None,
    action_id: str | None = None,
    parent_action_id: str | None = None,
    trace: str | None = None,
    origin: str | None = None,
    request: Request | None = None,
) -> Iterator[Context]:
    """Add to the context until the block ends: what is not given stays as it is.

    ``actor`` is a user or a ``schemas.Actor``, ``entity`` a model instance or its subject.

    Raises:
        InvalidEvent: the reason is longer than 10,000 bytes.
    """
    from ..subjects import actor_of, subject_of

    fields = {
        "actor": None if actor is None else actor_of(actor),
        "reason": None if reason is None else check_reason(reason),
        "entity": None if entity is None else subject_of(entity),
        "action": action,
        "action_id": action_id,
        "parent_action_id": parent_action_id,
        "trace": trace,
        "origin": origin,
        "request": request,
    }
    outer = current_scope()
    said = replace(outer.said, **{name: each for name, each in fields.items() if each is not None})
    with bind_scope(Scope(said, outer.visitor)):
        yield said

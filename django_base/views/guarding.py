"""Puts the way in front of a view, and its entity around all that the view does."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from ..context import shows
from ..entities.bound import Bound, State, Unbound, in_state
from .admission import Admission, admission_of, look_up, named_in, permission_of, read
from .declaration import ATTRIBUTE, Declaration
from .reading import Sent
from .refusals import Refusal, Refused, as_exception, refused

View = Callable[..., Any]
ACTOR_OF: Final = "backstory_actor_of"

ActorOf = Callable[[HttpRequest], Any]


def guarded(view: View, declaration: Declaration, actor_of: ActorOf | None = None) -> View:
    """Return a callback that begins with the verdicts, and hangs the declaration on itself.

    ``actor_of`` tells who sent a request where that is not ``request.user``.

    ``request.backstory`` is the Admission; the entity is bound while the view runs, its response
    is rendered or streams.
    """

    @wraps(view)
    def sync_view(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            admission = admit(request, declaration, args, kwargs, actor_of)
        except Refused as error:
            return answer_refusal(request, error.refusal)
        state = _state(admission)
        with in_state(state), _handed(request, admission):
            response = view(request, *args, **kwargs)
        return _within(response, state)

    @wraps(view)
    async def async_view(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            admission = await aadmit(request, declaration, args, kwargs, actor_of)
        except Refused as error:
            return await sync_to_async(answer_refusal)(request, error.refusal)
        state = _state(admission)
        with in_state(state), _handed(request, admission):
            response = await view(request, *args, **kwargs)
        return _within(response, state)

    made = async_view if iscoroutinefunction(view) else sync_view
    setattr(made, ATTRIBUTE, declaration)
    setattr(made, ACTOR_OF, actor_of)
    return made


def admit(
    request: HttpRequest,
    declaration: Declaration,
    args: Any,
    kwargs: Any,
    actor_of: ActorOf | None = None,
) -> Admission:
    """Return what the view gets.

    Raises:
        Refused: no session, something undeclared, nothing there, or no permission; in this order.
    """
    sent, admission, permission = _before_permission(request, declaration, args, kwargs, actor_of)
    if permission is not None:
        named = named_in(sent, admission.entity)
        with in_state(_state(admission)):
            _demand(admission, admission.evaluation.explain(permission, named))
    return admission


async def aadmit(
    request: HttpRequest,
    declaration: Declaration,
    args: Any,
    kwargs: Any,
    actor_of: ActorOf | None = None,
) -> Admission:
    """Do the same from async code; rules that are coroutine functions are awaited."""
    sent, admission, permission = await sync_to_async(_before_permission)(
        request, declaration, args, kwargs, actor_of
    )
    if permission is not None:
        named = named_in(sent, admission.entity)
        with in_state(_state(admission)):
            _demand(admission, await admission.evaluation.aexplain(permission, named))
    return admission


def _before_permission(
    request: HttpRequest,
    declaration: Declaration,
    args: Any,
    kwargs: Any,
    actor_of: ActorOf | None,
) -> tuple[Sent, Admission, Any]:
    actor = actor_of(request) if actor_of else getattr(request, "user", None)
    if not declaration.relaxes("public") and not (actor and actor.is_authenticated):
        raise Refused(Refusal(declaration=declaration, verdict="no_session"))
    sent = read(request, declaration, args, kwargs)
    entity = look_up(request, declaration, sent, actor, kwargs)
    permission = permission_of(request, declaration)
    return sent, admission_of(request, declaration, sent, actor, entity), permission


def _demand(admission: Admission, explanation: Any) -> None:
    if not explanation.holds:
        raise Refused(
            Refusal(
                declaration=admission.declaration,
                verdict="forbidden",
                explanation=explanation,
                entity=admission.entity,
            )
        )


def _state(admission: Admission) -> State:
    if admission.entity is None:
        return Unbound()
    named = (each for named in admission.objects.values() for each in _as_list(named))
    return Bound(admission.entity, frozenset((type(each), each.pk) for each in named))


@contextmanager
def _handed(request: Any, admission: Admission) -> Iterator[None]:
    """Hand the view what it gets, and say what its page is about and shows.

    A view that called it has its own again afterwards.
    """
    outer = getattr(request, "backstory", None)
    request.backstory = admission
    for named in admission.objects.values():
        shows(*_as_list(named))
    if admission.entity is not None:
        shows(entity=admission.entity)
    try:
        yield
    finally:
        request.backstory = outer or admission


def _as_list(named: Any) -> list[Any]:
    return named if isinstance(named, list) else [named]


def answer_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a refusal; the client learns which of the verdicts it is, and no more."""
    refused.send(Refusal, request=request, refusal=refusal)
    if refusal.verdict != "no_session":
        raise as_exception(request, refusal)
    is_browser = request.get_preferred_type(["text/html", "application/json"]) == "text/html"
    if refusal.declaration.login and is_browser:
        # Imported late: it loads the models of auth, which a project without sessions lacks.
        from django.contrib.auth.views import redirect_to_login

        return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
    return HttpResponse(status=401)


def _within(response: Any, state: State) -> Any:
    """Let the state hold while a response is rendered, and for each part of a streaming one."""
    if getattr(response, "streaming", False):
        body = response.streaming_content
        parts = _async_parts if response.is_async else _parts
        response.streaming_content = parts(body, state)
    elif not getattr(response, "is_rendered", True):
        render = response.render

        def rendered() -> Any:
            with in_state(state):
                return render()

        response.render = rendered
    return response


def _parts(body: Iterator[bytes], state: State) -> Iterator[bytes]:
    while True:
        with in_state(state):
            try:
                part = next(body)
            except StopIteration:
                return
        yield part


async def _async_parts(body: AsyncIterator[bytes], state: State) -> AsyncIterator[bytes]:
    while True:
        with in_state(state):
            try:
                part = await anext(body)
            except StopAsyncIteration:
                return
        yield part

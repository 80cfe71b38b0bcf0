"""Refuses what no declaration covers, and keeps what is declared for views of others."""

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404

from ..views.declaration import Declaration
from ..views.guarding import aadmit, admit, answer_refusal
from ..views.refusals import Refused
from ..views.unmatched import answer_unmatched
from .callbacks import name_of
from .denials import note_denial
from .others import ForOthers, declaration_for
from .routes import own_declaration

_log = logging.getLogger("backstory.access")


class GateMiddleware:
    """Put it after the middleware of the session, the user and the context; native under ASGI.

    A view that nobody has declared answers as if there were nothing at its URL, and the log says
    what to do. What a view declares is for itself to keep; where something around it, such as a
    cache, answers in its place without asking, that answer is refused, too.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        self.process_view: Callable[..., Any] = self._aview if self._is_async else self._view
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer the request; the view is looked at when Django has found it."""
        if self._is_async:
            return self._answer(request)
        return _asked_for(request, self.get_response(request))

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        response = await self.get_response(request)
        return await sync_to_async(_asked_for)(request, response)

    def _view(
        self, request: HttpRequest, callback: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        declaration = _covering(request, callback)
        if isinstance(declaration, ForOthers):
            try:
                admit(request, declaration, (), {})
            except Refused as error:
                return answer_refusal(request, error.refusal)
        return None

    async def _aview(
        self, request: HttpRequest, callback: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        declaration = _covering(request, callback)
        if isinstance(declaration, ForOthers):
            try:
                await aadmit(request, declaration, (), {})
            except Refused as error:
                return await sync_to_async(answer_refusal)(request, error.refusal)
        return None


def _covering(request: HttpRequest, callback: Callable[..., Any]) -> Declaration:
    """Return what covers a view.

    Raises:
        Resolver404: nothing does.
    """
    match = request.resolver_match
    name = (match.view_name or "") if match else ""
    found = declaration_for(callback, name, getattr(request, "urlconf", None))
    if found is None:
        _log.error(
            "view %r was refused: no declaration covers it; derive it from BaseView, or declare() "
            "its URL in the URLconf",
            name_of(callback),
        )
        raise _as_if_unknown(request, "declared")
    return found


def _asked_for(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return a response; one of a view that declares itself only if it was asked for.

    Raises:
        Resolver404: something around the view has answered with content, and asked nobody.
    """
    match = request.resolver_match
    if match is None and response.status_code == HTTPStatus.NOT_FOUND:
        return answer_unmatched(request, response)
    is_content = 200 <= response.status_code < 300
    if match is None or not is_content or hasattr(request, "backstory"):
        return response
    own = own_declaration(match.func)
    if own is None or isinstance(own, ForOthers) or request.method == "OPTIONS":
        return response
    _log.error(
        "the answer of view %r was refused: something around it gave it before the view asked for "
        "a permission; put what caches inside of the view",
        name_of(match.func),
    )
    response.close()
    raise _as_if_unknown(request, "asked")


def _as_if_unknown(request: HttpRequest, permission: str) -> Resolver404:
    """Return the error that an unknown URL raises, so that the same page answers it."""
    note_denial(request, permission, status=404)
    return Resolver404({"path": request.path_info.lstrip("/")})

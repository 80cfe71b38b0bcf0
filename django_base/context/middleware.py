"""Binds the context of each request, under WSGI and ASGI, also while a response streams."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse

from schemas import Context

from .failures import Failures
from .scope import Scope, bind_scope
from .visitors import RequestVisitor, trace_of

GetResponse = Callable[[HttpRequest], Any]


class ContextMiddleware:
    """Put it after AuthenticationMiddleware, or before: the user is looked up when first needed.

    Only requests that write look it up at all.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer the request with its context bound."""
        if self._is_async:
            return self._answer(request)
        scope = scope_of(request)
        with bind_scope(scope), Failures() as failures:
            try:
                response = self.get_response(request)
            finally:
                failures.end()
        return _with_scope(response, scope)

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        scope = scope_of(request)
        with bind_scope(scope), Failures() as failures:
            try:
                response = await self.get_response(request)
            finally:  # the task is cancelled when the visitor leaves
                await failures.aend()
        return _with_scope(response, scope)


def scope_of(request: HttpRequest) -> Scope:
    """Return the scope of a request."""
    said = Context(origin="web", trace=trace_of(request))
    return Scope(said, RequestVisitor(request))


def _with_scope(response: HttpResponseBase, scope: Scope) -> HttpResponseBase:
    """Let the context hold for the body of a streaming response, too."""
    if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
        body: Any = response.streaming_content
        response.streaming_content = (
            _async_parts(body, scope) if response.is_async else _parts(body, scope)
        )
    return response


def _parts(body: Iterator[bytes], scope: Scope) -> Iterator[bytes]:
    while True:
        with bind_scope(scope):
            try:
                part = next(body)
            except StopIteration:
                return
        yield part


async def _async_parts(body: AsyncIterator[bytes], scope: Scope) -> AsyncIterator[bytes]:
    while True:
        with bind_scope(scope):
            try:
                part = await anext(body)
            except StopAsyncIteration:
                return
        yield part

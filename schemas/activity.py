"""Payloads of what people did, whether or not a row changed. Who and why stand in the context."""

from .payload import Payload


class PageViewed(Payload, name="page.viewed", version=1):
    """A visitor received a page.

    Attributes:
        path: URL path without the query string, with ``***`` for parts the route names as secret.
        duration_ms: from request start to the last byte handed to the server, in milliseconds.
        status: HTTP status, or None when the visitor left before there was one.
        view: dotted name of the view.
        route: the URL pattern that matched.
        referrer: where the visitor came from, without its query string.
        response_bytes: length of the body as far as it was read, or None when it is not known.
        complete: False when the visitor left, or the body failed, before its last byte.
        query: the query string, with ``***`` in the place of what looks secret.
        request_bytes: length of the request's body, or None when its sender did not say.
        shown: the first 100 objects the page showed, as ``app.Model/key``.
        shown_count: how many it showed.
    """

    path: str
    duration_ms: float
    status: int | None = None
    view: str = ""
    route: str = ""
    referrer: str = ""
    response_bytes: int | None = None
    complete: bool = True
    query: str = ""
    request_bytes: int | None = None
    shown: tuple[str, ...] = ()
    shown_count: int = 0


class ActionPerformed(Payload, name="action.performed", version=1):
    """An action ran to its end; the changes made inside carry its ``action_id`` in their context.

    Attributes:
        action: name of the action, such as ``certificate.transfer``.
        duration_ms: how long it took, in milliseconds, or None when nobody measured.
    """

    action: str
    duration_ms: float | None = None


class ActionFailed(Payload, name="action.failed", version=1):
    """An action ended with an exception; whatever it had written was rolled back.

    Attributes:
        action: name of the action.
        error: dotted type of the exception; never its text, which may hold secrets.
        duration_ms: how long it took, in milliseconds, or None when nobody measured.
    """

    action: str
    error: str
    duration_ms: float | None = None


class AccessDenied(Payload, name="access.denied", version=1):
    """Somebody was refused.

    Attributes:
        permission: name of the permission that said no. ``exists``: what was named is absent, void,
            malformed or another entity's. ``declared``: the view declares nothing, or not what was
            sent. ``method``: it says nothing for the method. ``asked``: the answer was given by
            something that had asked for no permission.
        view: dotted name of the view, if it was one.
        status: HTTP status of the answer.
        parameter: which parameter named what was refused, such as ``body.lines[2].holder``.
        objects: the first 100 things it named, as ``app.Model/key`` or as far as they can be told.
        object_count: how many it named.
        left_out: how many denials of the same sender were not told since the last that was.
    """

    permission: str
    view: str = ""
    status: int = 403
    parameter: str = ""
    objects: tuple[str, ...] = ()
    object_count: int = 0
    left_out: int = 0


class AccessOpened(Payload, name="access.opened", version=1):
    """Somebody broke the glass: let themselves into an entity out of their reach.

    Who, into which entity, and why stand in the context.

    Attributes:
        duration_s: for how long, in seconds; the end of their session ends it, too.
    """

    duration_s: int

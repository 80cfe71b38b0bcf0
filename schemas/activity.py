"""Payloads of what people did, whether or not a row changed. Who and why stand in the context."""

from .payload import Payload


class PageViewed(Payload, name="page.viewed", version=1):
    """A visitor received a page.

    Attributes:
        path: URL path without the query string.
        duration_ms: from request start to the last byte handed to the server, in milliseconds.
        status: HTTP status, or None when the visitor left before there was one.
        view: dotted name of the view.
        route: the URL pattern that matched.
        referrer: where the visitor came from, without its query string.
        response_bytes: length of the body, or None when it is not known.
    """

    path: str
    duration_ms: float
    status: int | None = None
    view: str = ""
    route: str = ""
    referrer: str = ""
    response_bytes: int | None = None


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
        permission: name of the permission that said no.
        view: dotted name of the view, if it was one.
    """

    permission: str
    view: str = ""

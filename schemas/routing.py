"""How an event travels as a record of a topic: what is a function of the event, so that a topic can
be made again from events alone."""

from typing import Final

from .event import CONTENT_TYPE

RecordHeaders = list[tuple[str, str | bytes | None]]

_CONTENT_TYPE: Final = ("content-type", CONTENT_TYPE.encode())


def record_key(subject: str | None, request: str, event_id: str) -> str:
    """Return the key: what shares it stays in order. By subject, else by request, else alone."""
    return subject or request or event_id


def record_headers(trace: str) -> RecordHeaders:
    """Return the headers: the content type and, if the context has one, the traceparent."""
    if trace:
        return [_CONTENT_TYPE, ("traceparent", trace.encode())]
    return [_CONTENT_TYPE]

"""From the comment in front of a statement to the context of its events, encoded once."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import msgspec
from msgspec import Raw

from schemas import CONTENT_TYPE, Context, Database, context_from_comment

from .publisher import Headers
from .rows import OutboxRow, Source

_CACHED: Final = 2048
_encoder: Final = msgspec.json.Encoder()
_NOTHING: Final = Context()


class Circumstances(NamedTuple):
    """What all events of a statement about one entity share.

    Attributes:
        context: the encoded context.
        headers: of the records on the topic.
        request: id of the request, or an empty string.
    """

    context: Raw
    headers: Headers
    request: str


class Contexts:
    """Reads comments; the last few thousand answers are kept, as a request writes many times.

    Attributes:
        own: the circumstances of what the relay itself tells.
    """

    def __init__(self, source: Source) -> None:
        self._believed = source.believed_roles
        self._parse = lru_cache(maxsize=_CACHED)(context_from_comment)
        self._build = lru_cache(maxsize=_CACHED)(self._circumstances)
        self.own = Circumstances(Raw(b"{}"), _headers(""), "")

    def of(self, row: OutboxRow, entity: str) -> Circumstances:
        """Return the circumstances of a row; ``entity`` (if any) is the row's own, and wins."""
        return self._build(
            row.context, row.role, row.application, row.address, entity, row.kind == "event"
        )

    def _circumstances(
        self,
        comment: str | None,
        role: str,
        application: str | None,
        address: str | None,
        entity: str,
        recorded: bool,
    ) -> Circumstances:
        said = self._parse(comment) if comment else _NOTHING
        outside = said == _NOTHING and not recorded
        claimed = not outside and role not in self._believed
        context = msgspec.structs.replace(
            said,
            entity=entity or said.entity,
            origin="outside" if outside else said.origin,
            claimed=claimed,
            database=Database(role=role, application=application or "", address=address or "")
            if outside or claimed
            else None,
        )
        return Circumstances(
            Raw(_encoder.encode(context)),
            _headers(context.trace),
            context.request.id if context.request else "",
        )


def _headers(trace: str) -> Headers:
    headers: Headers = [("content-type", CONTENT_TYPE.encode())]
    return [*headers, ("traceparent", trace.encode())] if trace else headers

"""From the comment in front of a statement to the context of its events, encoded once."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import msgspec
from msgspec import Raw

from schemas import Context, Database, RecordHeaders, context_from_comment, record_headers

from .deletions import without_mark
from .rows import OutboxRow, Source
from .templates import Template, cut, template_of, with_stand_ins

_CACHED: Final = 2048
_CACHED_CHARACTERS: Final = 4_000  # of a comment; bounds the memory, with the number of them
_TEMPLATES: Final = 8192
_CUT_CHARACTERS: Final = 65_534  # what sql/add_outbox_context.sql keeps of a longer comment
_encoder: Final = msgspec.json.Encoder()
_NOTHING: Final = Context()
_TOO_LONG: Final = Context(
    reason="not known: the comment in front of the statement has over 65,000 characters"
)


class Circumstances(NamedTuple):
    """What all events of a statement share.

    Attributes:
        encoded: the context without its entity and its closing brace.
        entity: whose data it is according to the comment, or an empty string.
        trace: traceparent, or an empty string.
        request: id of the request, or an empty string.
    """

    encoded: bytes
    entity: str
    trace: str
    request: str

    @property
    def headers(self) -> RecordHeaders:
        """Of the records on the topic."""
        return record_headers(self.trace)

    def context(self, entity: str = "") -> Raw:
        """Return the encoded context; ``entity`` (if any) is the row's own, and wins."""
        entity = entity or self.entity
        if not entity:
            return Raw(self.encoded + b"}")
        comma = b"," if len(self.encoded) > 1 else b""
        return Raw(b'%b%b"entity":%b}' % (self.encoded, comma, _encoder.encode(entity)))


class Contexts:
    """Reads comments; the last few thousand answers are kept, as a request writes many times.

    Attributes:
        own: the circumstances of what the relay itself tells.
    """

    def __init__(self, source: Source) -> None:
        self._believed = source.believed_roles
        self._read = lru_cache(maxsize=_CACHED)(self._circumstances)
        self._template = lru_cache(maxsize=_TEMPLATES)(self._made_template)
        self._last_key: tuple[str | None, ...] | None = None
        self._last = self.own = Circumstances(b"{", "", "", "")

    def of(self, row: OutboxRow) -> Circumstances:
        """Return the circumstances of a row."""
        key = (row.context, row.role, row.application, row.address, row.kind)
        if key != self._last_key:
            self._last, self._last_key = self._found(row), key
        return self._last

    def _found(self, row: OutboxRow) -> Circumstances:
        session = (row.role, row.application, row.address, row.kind == "event")
        comment = row.context
        if comment and len(comment) <= _CACHED_CHARACTERS:
            comment = without_mark(comment)
        found = cut(comment) if comment else None
        if found is None or (known := self._template(found.texts, found.keys, *session)) is None:
            is_short = comment is None or len(comment) <= _CACHED_CHARACTERS
            return (self._read if is_short else self._circumstances)(comment, *session)
        template, like = known
        return Circumstances(
            template.filled(found.values),
            like.entity,
            found.value("traceparent", like.trace),
            found.value("request", like.request),
        )

    def _made_template(
        self,
        texts: tuple[str, ...],
        keys: tuple[str, ...],
        role: str,
        application: str | None,
        address: str | None,
        recorded: bool,
    ) -> tuple[Template, Circumstances] | None:
        like = self._circumstances(
            with_stand_ins(texts, keys), role, application, address, recorded
        )
        template = template_of(like.encoded, len(keys))
        return None if template is None else (template, like)

    def _circumstances(
        self,
        comment: str | None,
        role: str,
        application: str | None,
        address: str | None,
        recorded: bool,
    ) -> Circumstances:
        said = _said(comment)
        outside = said in (_NOTHING, _TOO_LONG) and not recorded
        claimed = not outside and role not in self._believed
        session = Database(role=role, application=application or "", address=address or "")
        context = msgspec.structs.replace(
            said,
            entity="",
            origin="outside" if outside else said.origin,
            claimed=claimed,
            database=session if outside or claimed else None,
        )
        return Circumstances(
            _encoder.encode(context)[:-1],
            said.entity,
            context.trace,
            context.request.id if context.request else "",
        )


def _said(comment: str | None) -> Context:
    """Return what a comment says; one that was cut says nothing, rather than half of it."""
    if not comment:
        return _NOTHING
    return _TOO_LONG if len(comment) >= _CUT_CHARACTERS else context_from_comment(comment)

"""The context as a SQL comment in front of a statement, and back.

The form is sqlcommenter's (https://google.github.io/sqlcommenter/spec/): sorted ``key='value'``
pairs, values percent-encoded, so that no value can end the comment or be taken for a parameter.
A deletion's mark stands before them: see deletion.py, beside.
"""

import logging
import re
from functools import lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from .context import Actor, Context, Request
from .text import (
    MAX_BROWSER_BYTES,
    MAX_NAME_BYTES,
    MAX_PATH_BYTES,
    MAX_SUBJECT_BYTES,
    MAX_USER_AGENT_BYTES,
    check_reason,
    clean,
    clean_prose,
)

_log = logging.getLogger("backstory.context")

MAX_COMMENT_CHARACTERS: Final = 60_000

_BYTES: Final = {
    "browser": MAX_BROWSER_BYTES,
    "entity": MAX_SUBJECT_BYTES,
    "path": MAX_PATH_BYTES,
    "user_agent": MAX_USER_AGENT_BYTES,
}
_BY_VISITORS: Final = frozenset({"browser", "method", "path", "user_agent"})
_ESCAPES: Final = {code: quote(chr(code), safe="") for code in range(128)}
_NEW_EACH_TIME: Final = frozenset(
    {
        "action_id",
        "cause",
        "deletion",
        "hard_deletion",
        "parent_action_id",
        "reason",
        "request",
        "traceparent",
    }
)
# What stays as it is: identifiers, mostly.
_is_plain: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}").fullmatch
_NO_ACTOR: Final = Actor()
_NO_REQUEST: Final = Request()
_NOTHING: Final = Context()
# Linear in time whatever the text: keys start at a word's start and everything else is bounded.
_PAIR: Final = re.compile(
    r"(?<![a-z_])([a-z_]{1,20})\s{0,4}=\s{0,4}'([^'\\]*(?:\\.[^'\\]*)*)'", re.DOTALL
)


def context_to_comment(context: Context) -> str:
    """Return the comment that says the context, or an empty string when there is nothing to say.

    Control characters become U+FFFD, visitor-made fields and names are cut to their bounds (so the
    comment stays below 60,000 characters; a name that was cut is logged), ``claimed`` and
    ``database`` are left out: those are the reader's to judge. Percent signs are plain: whoever
    passes parameters doubles them.

    Raises:
        InvalidEvent: the reason is longer than 10,000 bytes.
    """
    pairs = []
    for key, text in _texts(context):
        if not text:
            continue
        if key not in _NEW_EACH_TIME and len(text) <= 600:
            pairs.append(_rewrite(key, text))
        elif _is_plain(text):
            pairs.append(f"{key}='{text}'")
        else:
            pairs.append(_write(key, text))
    return f"/*{','.join(pairs)}*/" if pairs else ""


def context_from_comment(text: str) -> Context:
    """Return the context that a comment says, with or without its ``/*`` and ``*/``.

    Never raises. The comment may be typed by hand or made by a stranger: unknown keys and what
    cannot be parsed are ignored, values are cleaned and bounded as in writing, an ``ip`` that is
    none is left out.
    """
    said = {
        key: _read(key, value) if key in _NEW_EACH_TIME or len(value) > 600 else _reread(key, value)
        for key, value in _parse(text)
    }
    if not said:
        return _NOTHING
    get = said.get
    request = Request(
        id=get("request", ""),
        method=get("method", ""),
        path=get("path", ""),
        ip=get("ip", ""),
        browser=get("browser", ""),
        user_agent=get("user_agent", ""),
    )
    return Context(
        actor=_actor(get("actor", ""), get("actor_name", ""), get("impersonator", "")),
        request=None if request == _NO_REQUEST else request,
        action=get("action", ""),
        action_id=get("action_id", ""),
        parent_action_id=get("parent_action_id", ""),
        cause=get("cause", ""),
        reason=get("reason", ""),
        entity=get("entity", ""),
        trace=get("traceparent", ""),
        origin=get("origin", ""),
    )


def _texts(context: Context) -> tuple[tuple[str, str], ...]:
    """Return every key with its text as it came, sorted by key."""
    actor = context.actor or _NO_ACTOR
    request = context.request or _NO_REQUEST
    return (
        ("action", context.action),
        ("action_id", context.action_id),
        ("actor", actor.id),
        ("actor_name", actor.username),
        ("browser", request.browser),
        ("cause", context.cause),
        ("entity", context.entity),
        ("impersonator", actor.impersonator),
        ("ip", request.ip),
        ("method", request.method),
        ("origin", context.origin),
        ("parent_action_id", context.parent_action_id),
        ("path", request.path),
        ("reason", context.reason),
        ("request", request.id),
        ("traceparent", context.trace),
        ("user_agent", request.user_agent),
    )


def _write(key: str, text: str) -> str:
    """Return one pair of the comment, its text cleaned, bounded and quoted.

    What the application made is not cut silently: a log line says so.
    """
    max_bytes = _BYTES.get(key, MAX_NAME_BYTES)
    kept = check_reason(text) if key == "reason" else clean(text, max_bytes)
    if len(kept) < len(text) and key not in _BY_VISITORS and key != "reason":
        _log.warning("%s of a context was cut to %d bytes; make it shorter", key, max_bytes)
    quoted = kept.translate(_ESCAPES) if kept.isascii() else quote(kept, safe="")
    return f"{key}='{quoted}'"


_rewrite = lru_cache(maxsize=4096)(_write)
"""For texts that come again and again; bounded in length by its caller."""


def _parse(text: str) -> list[tuple[str, str]]:
    """Return the pairs of a comment: split where it is as we write it, searched for where not."""
    pairs = []
    for piece in text.removesuffix("'").split("',"):
        key, found, value = piece.partition("='")
        if not found or not key.isidentifier() or "'" in value or "\\" in value:
            return _PAIR.findall(text)
        pairs.append((key, value))
    return pairs


@lru_cache(maxsize=4096)
def _actor(id_: str, username: str, impersonator: str) -> Actor | None:
    actor = Actor(id=id_, username=username, impersonator=impersonator)
    return None if actor == _NO_ACTOR else actor


def _read(key: str, value: str) -> str:
    """Return one value decoded, cleaned and bounded."""
    if "\\" in value:
        value = value.replace("\\'", "'")
    text = _unquote(value) if "%" in value else value
    if key == "reason":
        return clean_prose(text)
    text = clean(text, _BYTES.get(key, MAX_NAME_BYTES))
    return _address(text) if key == "ip" else text


_reread = lru_cache(maxsize=4096)(_read)
"""For values that come again and again; bounded in length by its caller."""


def _unquote(value: str) -> str:
    return unquote_to_bytes(value.encode(errors="replace")).decode(errors="replace")


@lru_cache(maxsize=1024)
def _address(text: str) -> str:
    """Return an IP address in its canonical form without its zone, or nothing."""
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return ""

"""What is kept of a URL: no user name and password, and nothing that looks secret."""

import re
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, get_script_prefix, resolve
from django.utils.translation import get_language

from ..secrets import looks_secret
from ..settings import backstory_settings

MASK: Final = "***"

_MAX_BYTES: Final = 2_000
_READ_CHARACTERS: Final = 8_000
_JWT: Final = re.compile(r"eyJ[\w-]{8,}\.")  # a JSON web token, whatever the parameter is called


def kept_path(request: HttpRequest) -> str:
    """Return the path, with a mask for what the route captures under a secret's name.

    A password reset (``reset/<uidb64>/<token>/``) is a secret as long as nobody has used it.
    """
    match = request.resolver_match
    if match is None:  # not yet, or never: a write of a middleware, a page that is not there
        return _resolved(request, request.path)
    return bounded(_masked(request.path, match))


def kept_query(request: HttpRequest) -> str:
    """Return the query string, at most 2,000 bytes, with a mask for each value that looks secret.

    A URL in it is kept as a referrer is.
    """
    said = request.META.get("QUERY_STRING", "")[:_READ_CHARACTERS]
    if not said:
        return ""
    pairs = parse_qsl(said, keep_blank_values=True, errors="replace")
    kept = [
        (_kept_value(request, name, of=""), _kept_value(request, value, of=name))
        for name, value in pairs
    ]
    return bounded(urlencode(kept, quote_via=quote, safe="*/:,@"))


def kept_referrer(request: HttpRequest) -> str:
    """Return where the visitor came from, without its query; paths of this site masked as above."""
    said = request.META.get("HTTP_REFERER", "")[:_READ_CHARACTERS]
    return bounded(_kept_url(request, said)) if said else ""


def bounded(text: str) -> str:
    """Return at most 2,000 bytes of a text, as JSON and UTF-8 can carry it."""
    if len(text) <= _MAX_BYTES and text.isascii() and "\0" not in text:
        return text
    text = text[:_MAX_BYTES].encode(errors="replace")[:_MAX_BYTES].decode(errors="ignore")
    return text.replace("\0", "\ufffd")


def _kept_value(request: HttpRequest, value: str, *, of: str) -> str:
    """Return what is kept of a name or a value of the query; ``of`` is the value's name."""
    if not value:
        return ""
    if looks_secret(of, backstory_settings().secret_parameters) or _JWT.search(value):
        return MASK
    return _kept_url(request, value) if "://" in value or value.startswith("/") else value


def _kept_url(request: HttpRequest, url: str) -> str:
    """Return a URL without user, query and fragment, its path masked where it is one of ours."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    path = _resolved(request, unquote(parts.path)) if parts.path else ""
    return f"{parts.scheme}://{host}{path}" if host else path


def _resolved(request: HttpRequest, path: str) -> str:
    """Return a path of this site masked as its route says."""
    urlconf = getattr(request, "urlconf", None) or settings.ROOT_URLCONF
    return _resolved_once(bounded(path), urlconf, get_script_prefix(), get_language())


@lru_cache(maxsize=1024)
def _resolved_once(path: str, urlconf: Any, prefix: str, language: str | None) -> str:
    own = path.removeprefix(prefix[:-1])
    for candidate in (own, f"{own}/"):  # the second: about to be redirected by APPEND_SLASH
        try:
            return _masked(path, resolve(candidate, urlconf))
        except Resolver404:
            continue
    return path


def _masked(path: str, match: ResolverMatch) -> str:
    more = backstory_settings().secret_parameters
    for name, value in match.kwargs.items():
        if value not in (None, "") and looks_secret(name, more):
            masked = _without(str(value), path)
            if masked == path:  # its converter wrote it in another way
                return f"/{match.route}"
            path = masked
    return path


def _without(value: str, path: str) -> str:
    """Mask a value where it is a whole part of the path, or else wherever it stands."""
    parts = path.split("/")
    if value not in parts:
        return path.replace(value, MASK)
    return "/".join(MASK if part == value else part for part in parts)

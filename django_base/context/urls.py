"""What is kept of a URL: no user name and password, and nothing that looks secret."""

import re
from functools import lru_cache
from typing import Any, Final, NamedTuple
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
_SHORT_CHARACTERS: Final = 500
_JWT: Final = re.compile(r"eyJ[\w-]{8,}\.")  # a JSON web token, whatever the parameter is called


def kept_path(request: HttpRequest) -> str:
    """Return the path, with a mask for what the route captures under a secret's name.

    A password reset (``reset/<uidb64>/<token>/``) is a secret as long as nobody has used it.
    """
    match = request.resolver_match
    if match is None:  # not yet, or never: a write of a middleware, a page that is not there
        return _resolved(bounded(request.path), _site_of(request))
    return bounded(_masked(request.path, match, backstory_settings().secret_parameters))


def kept_query_and_referrer(request: HttpRequest) -> tuple[str, str]:
    """Return the query string, and where the visitor came from; at most 2,000 bytes of each.

    In the query each value that looks secret is masked, and a URL is kept as the referrer is:
    without its own query, its path masked as above where it is one of this site.
    """
    query, referrer = request.META.get("QUERY_STRING"), request.META.get("HTTP_REFERER")
    if not query and not referrer:
        return "", ""
    site = _site_of(request)
    return _kept(_kept_query, query, site), _kept(_kept_url, referrer, site)


def bounded(text: str) -> str:
    """Return at most 2,000 bytes of a text, as JSON and UTF-8 can carry it."""
    if len(text) <= _MAX_BYTES and text.isascii() and "\0" not in text:
        return text
    text = text[:_MAX_BYTES].encode(errors="replace")[:_MAX_BYTES].decode(errors="ignore")
    return text.replace("\0", "\ufffd")


class _Site(NamedTuple):
    """What decides beside a URL what is kept of it."""

    urlconf: Any
    prefix: str
    language: str | None
    secret_parameters: tuple[str, ...]


def _site_of(request: HttpRequest) -> _Site:
    urlconf = getattr(request, "urlconf", None) or settings.ROOT_URLCONF
    more = backstory_settings().secret_parameters
    return _Site(urlconf, get_script_prefix(), get_language(), more)


def _kept(keep: Any, said: str | None, site: _Site) -> str:
    """Return what is kept of a text; of a short one, which may come again, it is remembered."""
    if not said:
        return ""
    keep = keep if len(said) <= _SHORT_CHARACTERS else keep.__wrapped__
    return bounded(keep(said[:_READ_CHARACTERS], site))


@lru_cache(maxsize=1024)
def _kept_query(said: str, site: _Site) -> str:
    pairs = parse_qsl(said, keep_blank_values=True, errors="replace")
    kept = [
        (_kept_value(name, site, of=""), _kept_value(value, site, of=name)) for name, value in pairs
    ]
    return urlencode(kept, quote_via=quote, safe="*/:,@")


def _kept_value(value: str, site: _Site, *, of: str) -> str:
    """Return what is kept of a name or a value of the query; ``of`` is the value's name."""
    if not value:
        return ""
    if looks_secret(of, site.secret_parameters) or _JWT.search(value):
        return MASK
    return _kept_url.__wrapped__(value, site) if "://" in value or value.startswith("/") else value


@lru_cache(maxsize=1024)
def _kept_url(url: str, site: _Site) -> str:
    """Return a URL without user, query and fragment, its path masked where it is one of ours."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    path = _resolved(bounded(unquote(parts.path)), site) if parts.path else ""
    return f"{parts.scheme}://{host}{path}" if host else path


@lru_cache(maxsize=1024)
def _resolved(path: str, site: _Site) -> str:
    """Return a path of this site masked as its route says."""
    own = path.removeprefix(site.prefix[:-1])
    for candidate in (own, f"{own}/"):  # the second: about to be redirected by APPEND_SLASH
        try:
            return _masked(path, resolve(candidate, site.urlconf), site.secret_parameters)
        except Resolver404:
            continue
    return path


def _masked(path: str, match: ResolverMatch, more: tuple[str, ...]) -> str:
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

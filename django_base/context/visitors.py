"""Who sends a request, and from where, as far as it can be trusted."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import SynchronousOnlyOperation
from django.http import HttpRequest
from django.utils.functional import LazyObject, empty

from schemas import Actor, Request

from ..settings import backstory_settings
from ..subjects import actor_of
from .identifiers import new_identifier
from .savepoints import unbroken_transactions
from .shown import Shown
from .urls import kept_path

_log = logging.getLogger("backstory.context")

_SANE_ID: Final = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_NOBODY: Final = object()


class RequestVisitor:
    """The visitor behind a Django request; user and browser are looked up when first asked for.

    Attributes:
        shown: what the page says it shows.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._user: Any = _NOBODY
        self._actor: Actor | None = None
        self._described: Request | None = None
        self._looking = False
        self.shown = Shown()

    @property
    def session(self) -> Any:
        """The session of the request; None where there is no middleware for it."""
        return getattr(self._request, "session", None)

    def request(self) -> Request:
        """Return the request's description, made once."""
        if self._described is None:
            self._described = describe(self._request)
        return self._described

    def actor(self) -> Actor | None:
        """Return the user, looked up once, and again when somebody logs in or out."""
        user = getattr(self._request, "user", None)
        if user is self._user or user is None:
            return self._actor
        is_unloaded = _is_unloaded(user)
        if is_unloaded:
            user = self._user_loaded() or user
            is_unloaded = _is_unloaded(user)
        if user is self._user or self._looking or (is_unloaded and self._is_surely_nobody()):
            return self._actor
        self._looking = True
        try:
            if is_unloaded:
                with unbroken_transactions(), _unnoticed(self._request):
                    self._actor = self._look(user)
            else:
                self._actor = self._look(user)
            self._user = user
        except SynchronousOnlyOperation:
            pass  # an async view asks before anything has loaded the user; a later write may
        except Exception:  # a cache of sessions that is away, say: no write may fail because of us
            _log.warning("the user of a request could not be loaded", exc_info=True)
        finally:
            self._looking = False
        return self._actor

    def actor_if_loaded(self) -> Actor | None:
        """Return the user if the request has loaded one; asks no database."""
        return self.actor() if self._user_loaded() is not None else self._actor

    def _user_loaded(self) -> Any:
        """Return the request's user, if something has loaded it, also by ``request.auser()``."""
        user = getattr(self._request, "user", None)
        return getattr(self._request, "_acached_user", None) if _is_unloaded(user) else user

    def _is_surely_nobody(self) -> bool:
        """Return whether loading the user could only find out that there is no session."""
        return settings.SESSION_COOKIE_NAME not in self._request.COOKIES

    def _look(self, user: Any) -> Actor | None:
        if not user.is_authenticated:
            return None
        actor = actor_of(user)
        impersonator = getattr(self._request, "impersonator", None)
        if impersonator is None:
            return actor
        return Actor(id=actor.id, username=actor.username, impersonator=actor_of(impersonator).id)


def _is_unloaded(user: Any) -> bool:
    return isinstance(user, LazyObject) and user.__dict__.get("_wrapped") is empty


@contextmanager
def _unnoticed(request: HttpRequest) -> Iterator[None]:
    """Keep our looking at the session from making the response vary by cookie."""
    session = getattr(request, "session", None)
    accessed = getattr(session, "accessed", None)
    try:
        yield
    finally:
        if session is not None and accessed is False:
            session.accessed = False


def describe(request: HttpRequest) -> Request:
    """Return what is kept of a request: nothing of its query string and of its body."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    return Request(
        id=request_id(request),
        method=request.method or "",
        path=kept_path(request),
        ip=client_address(request, backstory_settings().trusted_proxies),
        browser=browser_of(agent[:500]),
        user_agent=agent,
    )


def request_id(request: HttpRequest) -> str:
    """Return the sender's ``X-Request-ID`` if it is sane, or else a new identifier."""
    said = request.META.get("HTTP_X_REQUEST_ID")
    return said if said and _SANE_ID.fullmatch(said) else new_identifier()


def trace_of(request: HttpRequest) -> str:
    """Return the W3C ``traceparent``, or an empty string when there is no valid one."""
    said = request.META.get("HTTP_TRACEPARENT", "").strip()
    return said if said and _TRACEPARENT.fullmatch(said) else ""


def client_address(request: HttpRequest, trusted_proxies: int) -> str:
    """Return the address of the client, believing only what the trusted proxies have added.

    Each of them appends the address it was called from to ``X-Forwarded-For``; whatever stands
    further left, a visitor may have made up. Where there are fewer than so many, the request came
    past a proxy, and only the connection is believed.
    """
    direct = _address(request.META.get("REMOTE_ADDR", ""))
    if not trusted_proxies:
        return direct
    said = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if len(said) < trusted_proxies:
        return direct
    return _address(said[-trusted_proxies]) or direct


@lru_cache(maxsize=4096)
def _address(text: str) -> str:
    """Return an address without port, brackets and zone; empty when it is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)


@lru_cache(maxsize=4096)
def browser_of(user_agent: str) -> str:
    """Return browser and system in words, such as ``Firefox 128 on Linux``; empty when unknown."""
    if not user_agent:
        return ""
    try:
        from ua_parser import parse
    except ImportError:
        return ""
    found = parse(user_agent)
    agent, system = found.user_agent, found.os
    browser = " ".join(filter(None, (agent.family, agent.major))) if agent else ""
    return " on ".join(filter(None, (browser, system.family if system else "")))

"""Who, from where, in the course of what, and why: the context every event carries."""

import msgspec


class Actor(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Who did it.

    Attributes:
        id: primary key of the user, as text.
        username: the user's name at that moment.
        impersonator: id of the user who acted in this one's name, or empty.
    """

    id: str = ""
    username: str = ""
    impersonator: str = ""


class Request(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The HTTP request in whose course it happened.

    Attributes:
        id: identifier of the request, the same in all its events.
        method: HTTP method in capitals.
        path: URL path without the query string, at most 2,000 bytes.
        ip: address of the client, as far as the configured proxies can be trusted.
        browser: browser and system in words, at most 100 bytes.
        user_agent: the header as sent, cleaned of control characters, at most 500 bytes.
    """

    id: str = ""
    method: str = ""
    path: str = ""
    ip: str = ""
    browser: str = ""
    user_agent: str = ""


class Database(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The database session that wrote, as the server saw it.

    Attributes:
        role: the session's role (``session_user``).
        application: its ``application_name``.
        address: its client address, empty for a local socket.
    """

    role: str = ""
    application: str = ""
    address: str = ""


class Context(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Everything known about the circumstances of an event; what is not known is left out.

    Attributes:
        actor: who did it; None when nobody is known.
        request: the HTTP request; None outside of one.
        action: name of the action, such as ``certificate.transfer``.
        action_id: identifier of that one execution of the action.
        parent_action_id: identifier of the action it ran inside, or that queued its task, if any.
        cause: id of the request that led to it through a task, however many tasks later.
        reason: why, in the actor's words, at most 10,000 bytes.
        entity: whose data it is, such as ``captable.Company/3``.
        trace: W3C ``traceparent``.
        origin: ``web``, ``task``, ``command``, ``migration``, ``shell``, ``outside`` or empty.
        claimed: True when the context came from a database user that is not believed.
        database: the database session that wrote.
    """

    actor: Actor | None = None
    request: Request | None = None
    action: str = ""
    action_id: str = ""
    parent_action_id: str = ""
    cause: str = ""
    reason: str = ""
    entity: str = ""
    trace: str = ""
    origin: str = ""
    claimed: bool = False
    database: Database | None = None

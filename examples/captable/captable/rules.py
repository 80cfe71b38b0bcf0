"""Who is told what of the register; ``backstory run slack email`` asks these rules.

No Django here: rules run beside the site, on events and on what the history knows of the past.
``CAPTABLE_URL`` is where the site answers, for the links in the messages.
"""

import os
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from consumers import Message, Past, Priority, QuietHours, Rules, Target, email, slack
from schemas import Change, Event

SITE = os.environ.get("CAPTABLE_URL", "http://localhost:8000")
CAP_TABLE, VALUATIONS = slack("#cap-table"), slack("#valuations")
REGISTER = email("register@captable.example")
CREATED, UPDATED, DELETED = "model.created", "model.updated", "model.deleted"
CERTIFICATE = "captable.Certificate"

rules = Rules()


@rules.route
def editors(event: Event, past: Past) -> Iterator[Target]:
    """Those who last added to this company's register, at the address they began with."""
    added = past.events(type=CREATED, entity=event.context.entity, limit=200)
    people = {each.context.actor.id for each in added if each.context.actor}
    for person in sorted(people):
        for user in past.events(type=CREATED, subject=f"auth.User/{person}", limit=1):
            if address := _values(user, "after").get("email"):
                yield email(address)


@rules.on(CREATED, model="captable.Transfer")
def certificate_moved(event: Event, past: Past) -> Message:
    """Tell #cap-table at once that shares have changed hands."""
    transfer = _values(event, "after")
    source, result = (_number(transfer[name], past) for name in ("source", "result"))
    shares = f"{Decimal(transfer['shares']).normalize():,f}"
    return Message(
        to=[CAP_TABLE],
        title=f"{shares} shares of {source} moved to {result}",
        template="certificate_moved",
        values={
            "shares": shares,
            "source": source,
            "result": result,
            "reason": transfer["reason"],
            "who": _who(event),
            "link": _link(event, "certificates", transfer["result"]),
        },
    )


@rules.on(UPDATED, model=CERTIFICATE, expires_after_s=3_600)
def certificate_revalued(event: Event, past: Past) -> Message | None:
    """Tell #valuations of new fair values: a nightly run changes hundreds, in one digest."""
    old, new = _values(event, "before"), _values(event, "after")
    if "fair_value" not in new:
        return None
    return Message(
        to=[VALUATIONS],
        title=f"{_number(event, past)}: {_told(old['fair_value'])} → {_told(new['fair_value'])}",
        group=f"valuation of {event.context.entity}",
        digest_s=10,
    )


@rules.on(UPDATED, DELETED, model=CERTIFICATE, priority=Priority.HIGH)
def changed_outside(event: Event, past: Past) -> Message | None:
    """Mail the register and the company's editors what was done to a certificate with psql."""
    if event.context.origin != "outside":
        return None
    old, new = _values(event, "before"), _values(event, "after")
    database = event.context.database
    certificate = _number(event, past)
    return Message(
        to=[REGISTER, rules.routed("editors")],
        title=f"Certificate {certificate} was changed outside the site",
        template="changed_outside",
        values={
            "certificate": certificate,
            "fields": [(name, _told(old[name]), _told(new.get(name))) for name in old],
            "role": database.role if database else "unknown",
            "link": _link(event, "certificates", _key(event)),
        },
        group=f"outside {event.context.entity}",
        digest_s=10,
    )


@rules.on(CREATED, model="captable.Stakeholder")
def stakeholder_added(event: Event, past: Past) -> Message:
    """Mail the register and the company's editors who is new; an import is one mail."""
    person = _values(event, "after")
    return Message(
        to=[REGISTER, rules.routed("editors")],
        title=f"New stakeholder: {person['name']}",
        template="stakeholder_added",
        values={
            "person": person,
            "who": _who(event),
            "link": _link(event, "stakeholders", _key(event)),
        },
        group=f"stakeholders of {event.context.entity}",
        digest_s=10,
    )


@rules.on(
    UPDATED,
    model="captable.ShareClass",
    priority=Priority.LOW,
    quiet_hours=QuietHours("20:00", "07:00", "Europe/Oslo"),
)
def price_set(event: Event, past: Past) -> Message | None:
    """Tell #valuations the new price of a class; nobody is woken up for it."""
    old, new = _values(event, "before"), _values(event, "after")
    if "price" not in new:
        return None
    return Message(
        to=[VALUATIONS],
        title=f"Price of class {_key(event)}: {_told(old['price'])} → {_told(new['price'])}",
        text=f"By {_who(event)}: {_link(event)}",
    )


def _values(event: Event, which: str) -> Mapping[str, Any]:
    """``before`` or ``after`` of a change, numbers with all their digits; empty if it has none."""
    change = event.payload()
    assert isinstance(change, Change)
    raw = getattr(change, which, {})
    return {name: _decode(value) for name, value in raw.items()}


_decode = msgspec.json.Decoder(float_hook=Decimal).decode


def _number(certificate: Event | int, past: Past) -> str:
    """The certificate's number, from its first event; its key until the history has that."""
    key = _key(certificate) if isinstance(certificate, Event) else certificate
    for first in past.events(type=CREATED, subject=f"{CERTIFICATE}/{key}", limit=1):
        return str(_values(first, "after")["number"])
    return f"certificate {key}"


def _key(event: Event) -> str:
    return str(event.subject).partition("/")[2]


def _who(event: Event) -> str:
    actor = event.context.actor
    return (actor.username or actor.id) if actor else event.context.action or "nobody we know"


def _told(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:,f}"
    return "nothing" if value in (None, "") else str(value)


def _link(event: Event, *path: object) -> str:
    """The page of the event's company, or one below it."""
    company = event.context.entity.partition("/")[2]
    return "/".join((SITE, "companies", company, *map(str, path), ""))

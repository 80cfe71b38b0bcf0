"""The example's rules, asked about events in memory: who is told, and in which words."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from itertools import count
from runpy import run_path
from typing import Any
from uuid import UUID

import pytest

from consumers import Judge, MemoryPast, RuleBook, Templates
from schemas import (
    Actor,
    Context,
    Database,
    Event,
    ModelCreated,
    ModelUpdated,
    Payload,
    dataschema_of,
    encode_payload,
    raw,
)

from .conftest import SITE

COMPANY = "captable.Company/3"
ADA = Context(actor=Actor(id="7", username="ada"), entity=COMPANY, origin="web")
EVENING = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
_numbers = count(1)


def an_event(
    payload: Payload, subject: str, context: Context = ADA, at: datetime = EVENING
) -> Event:
    return Event(
        id=UUID(int=next(_numbers)),
        type=payload.__event_type__,
        source="captable",
        time=at,
        subject=subject,
        sequence="1",
        dataschema=dataschema_of(payload),
        context=context,
        data=encode_payload(payload),
    )


def created(subject: str, **after: Any) -> Event:
    return an_event(ModelCreated(after=raw_values(after)), subject)


def updated(subject: str, field: str, old: Any, new: Any, context: Context = ADA) -> Event:
    payload = ModelUpdated(before=raw_values({field: old}), after=raw_values({field: new}))
    return an_event(payload, subject, context)


def raw_values(values: dict[str, Any]) -> dict[str, Any]:
    return {name: raw(value) for name, value in values.items()}


def told(event: Event, *past: Event) -> dict[str, Any]:
    """What the rules say, by target."""
    book = RuleBook(run_path(str(SITE / "captable" / "rules.py"))["rules"].all)
    templates = Templates([SITE / "captable" / "notifications"])
    judgement = Judge(book, templates, MemoryPast(past), now=lambda: event.time).judge(event)
    assert judgement.failures == ()
    return {delivery.target.address: delivery for delivery in judgement.deliveries}


USER = created("auth.User/7", email="ada@captable.example")
ISSUED = created("captable.Certificate/11", number="CS-0011")


def test_rules_need_no_django():
    """They run in a process of their own, where the site's settings are not."""
    script = "import captable.rules, sys; sys.exit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], cwd=SITE, check=False).returncode == 0


def test_channel_hears_of_a_transfer_at_once():
    """By the certificates' numbers, for keys mean nothing to people."""
    moved = created(
        "captable.Transfer/1", source=11, result=12, shares=250, reason="Gift to *heirs* & <co>"
    )

    (delivery,) = told(moved, ISSUED).values()

    assert delivery.target.address == "#cap-table"
    assert delivery.title == "250 shares of CS-0011 moved to certificate 12"
    assert delivery.due_at == moved.time
    assert "/companies/3/certificates/12/" in delivery.content["text"]
    assert "&amp; &lt;co&gt;" in json.dumps(delivery.content["blocks"])


def test_revaluation_waits_for_one_digest_a_company():
    """Hundreds of certificates change in one night."""
    prices = [
        told(updated(f"captable.Certificate/{key}", "fair_value", None, 2.5))["#valuations"]
        for key in (11, 12)
    ]

    assert {delivery.group for delivery in prices} == {f"valuation of {COMPANY}"}
    assert prices[0].title == "certificate 11: nothing → 2.5"
    assert prices[0].due_at > EVENING


@pytest.mark.parametrize("field", ["reference", "vested"])
def test_other_changes_of_a_certificate_are_nobodys_news(field: str):
    """A channel that tells everything is read by nobody."""
    assert told(updated("captable.Certificate/11", field, "1", "2")) == {}


def test_change_outside_the_site_is_mailed_with_old_and_new():
    """Whoever keeps the register has to know, and sees what it was."""
    psql = Context(entity=COMPANY, origin="outside", database=Database(role="<admin>"))
    changed = updated("captable.Certificate/11", "reference", "Gift", "<b>Sale</b>", psql)

    said = told(changed, ISSUED, USER)

    assert said.keys() == {"register@captable.example", "ada@captable.example"}
    content = said["register@captable.example"].content
    assert "reference: Gift -> <b>Sale</b>" in content["text"]
    assert "<del>Gift</del>" in content["html"]
    assert "&lt;b&gt;Sale&lt;/b&gt;" in content["html"]
    assert "&lt;admin&gt;" in content["html"]


def test_new_stakeholder_is_mailed_to_the_editors_of_the_company_only():
    """Routed by entity: those who added to this company's register, not to another's."""
    eve = Context(actor=Actor(id="8", username="eve"), entity="captable.Company/4", origin="web")
    elsewhere = an_event(ModelCreated(after={}), "captable.Stakeholder/1", eve)
    her = created("auth.User/8", email="eve@captable.example")
    added = created("captable.Stakeholder/2", name="Amara Berg", kind="employee")

    said = told(added, ISSUED, USER, elsewhere, her)

    assert said.keys() == {"register@captable.example", "ada@captable.example"}
    assert "was added by ada" in said["ada@captable.example"].content["html"]


def test_price_of_a_class_wakes_nobody():
    """Half past eight in the evening in London is quiet in Oslo; the morning is not."""
    price = told(updated("captable.ShareClass/5", "price", 1.25, 1.5))["#valuations"]

    assert price.title == "Price of class 5: 1.25 → 1.5"
    assert price.due_at == datetime(2026, 3, 3, 6, 0, tzinfo=UTC)

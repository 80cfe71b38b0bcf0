"""Somebody at a browser."""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..ledger import Expected
from .browser import Browser
from .cast import Cast

CERTIFICATE, STAKEHOLDER = "captable.Certificate", "captable.Stakeholder"
SHARE_CLASS, TRANSFER = "captable.ShareClass", "captable.Transfer"
LEGENDS = "captable.Certificate_legends"
CREATED, UPDATED, DELETED = "model.created", "model.updated", "model.deleted"
VOIDED = "model.voided"


@dataclass
class Person:
    """Somebody at a browser, and the company they are busy with."""

    cast: Cast
    browser: Browser
    chance: random.Random
    company: str = ""  # address of the company's page, such as /companies/3/

    @property
    def name(self) -> str:
        return self.browser.username

    def changed(self, kind: str, model: str, object_id: str = "", **values: str) -> Expected:
        """A change that this person makes."""
        return Expected(
            type=kind, model=model, object_id=object_id, values=values, actor=self.browser.actor
        )

    def acted(
        self, action: str, reason: str = "", *, certificate: str = "", failed: bool = False
    ) -> Expected:
        """An action that this person takes; ``certificate`` is the address of what it is about."""
        return Expected(
            type="action.failed" if failed else "action.performed",
            model=CERTIFICATE if certificate else "",
            object_id=key_of(certificate),
            action=action,
            reason=reason,
            actor=self.browser.actor,
        )

    def one_of(self, listing: str, kind: str) -> str:
        """Look at a list and pick one of its rows; empty when there is none."""
        page = self.browser.view(listing).page
        rows = [link for link in page.links if re.fullmatch(rf"/companies/\d+/{kind}/\d+/", link)]
        return self.chance.choice(rows) if rows else ""

    def active_certificate(self) -> str:
        """Pick an active certificate of the company."""
        return self.one_of(f"{self.company}certificates/?status=active", "certificates")


def key_of(path: str) -> str:
    """The object's key in an address: 7 in /companies/1/certificates/7/."""
    return path.rstrip("/").rpartition("/")[2]


def settled(people: Iterable[str], chance: random.Random) -> str:
    """Pick one of the oldest stakeholders: nobody removes those meanwhile."""
    return chance.choice(sorted(people, key=int)[:20])

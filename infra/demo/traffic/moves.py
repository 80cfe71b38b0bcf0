"""What happens to certificates that are there: corrections, transfers, cancellations."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from ..ledger import Expected
from .person import CERTIFICATE, CREATED, TRANSFER, UPDATED, Person, key_of, settled
from .words import CANCELLATIONS, PRIVATE_NOTE, REASONS, TYPOS


def correct(person: Person) -> None:
    """Change a certificate's reference with a typo, see it, and correct it."""
    certificate = person.active_certificate()
    if not certificate:
        return
    right, wrong = person.chance.choice(TYPOS)
    number = person.cast.markers.minute()
    for text, what in ((wrong, "makes a typo in"), (right, "corrects")):
        form = person.browser.view(f"{certificate}edit/").page
        reference = f"{text}, minute {number}"
        note = PRIVATE_NOTE.format(person.cast.markers.run)
        person.browser.submit(
            f"{certificate}edit/",
            {**form.fields, "reference": [reference], "notes": [f"{note}, minute {number}"]},
            what=f"{what} {certificate}",
            expects=(
                person.changed(UPDATED, CERTIFICATE, key_of(certificate), reference=reference),
            ),
        )
        person.browser.view(certificate)


def transfer(person: Person) -> None:
    """Transfer a part or all of a certificate; sometimes more than it has, which is refused."""
    certificate = person.active_certificate()
    if not certificate:
        return
    form = person.browser.view(f"{certificate}transfer/").page
    held = re.search(r"holds ([\d,.]+)", form.text)
    if not held or not form.options["recipient"]:
        return
    has = Decimal(held[1].replace(",", "").rstrip("."))
    moved = person.chance.choice((has, (has / 4).quantize(Decimal("0.0001")), has + 1))
    number, reason = person.cast.markers.certificate("T"), person.chance.choice(REASONS)
    acted = partial(person.acted, "certificate.transfer", reason, certificate=certificate)
    asked = {
        "recipient": [settled(form.options["recipient"], person.chance)],
        "shares": [f"{moved:f}"],
        "number": [number],
        "reason": [reason],
    }
    answer = person.browser.submit(
        f"{certificate}transfer/",
        {**form.fields, **asked},
        what=f"transfers {moved:f} shares of {certificate}",
        expects=(*_moved(person, certificate, number, moved, has - moved, reason), acted()),
        otherwise=(acted(failed=True),),
    )
    if answer.accepted:
        person.browser.view(answer.goes_to)


def _moved(
    person: Person, certificate: str, number: str, moved: Decimal, rest: Decimal, reason: str
) -> Iterator[Expected]:
    """What an accepted transfer changes."""
    yield person.changed(UPDATED, CERTIFICATE, key_of(certificate), status="transferred")
    yield person.changed(CREATED, CERTIFICATE, number=number, shares=f"{moved:f}")
    yield person.changed(CREATED, TRANSFER, shares=f"{moved:f}", reason=reason)
    if rest > 0:
        yield person.changed(CREATED, CERTIFICATE, number=f"{number}-R", shares=f"{rest:f}")


def cancel(person: Person) -> None:
    """Cancel a certificate; refused when somebody was faster."""
    certificate = person.active_certificate()
    if not certificate:
        return
    form = person.browser.view(f"{certificate}cancel/").page
    reason = person.chance.choice(CANCELLATIONS)
    person.browser.submit(
        f"{certificate}cancel/",
        {**form.fields, "reason": [reason]},
        what=f"cancels {certificate}",
        expects=(
            person.changed(UPDATED, CERTIFICATE, key_of(certificate), status="cancelled"),
            person.acted("certificate.cancel", reason, certificate=certificate),
        ),
        otherwise=(
            person.acted("certificate.cancel", reason, certificate=certificate, failed=True),
        ),
    )

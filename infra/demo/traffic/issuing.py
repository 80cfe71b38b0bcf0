"""Issuing certificates: rightly, wrongly, too many, several at once, and without waiting."""

import re

from .browser import Answer
from .forms import Page
from .person import CERTIFICATE, CREATED, LEGENDS, Person, settled
from .words import PRIVATE_NOTE, RESOLUTIONS


def issue(person: Person) -> None:
    """Issue a certificate; sometimes check first, which must leave nothing."""
    path = f"{person.company}certificates/issue/"
    form = person.browser.view(path).page
    fields = _certificate(person, form)
    if person.chance.random() < 0.4:
        checked = {**fields, "preview": ["1"]}
        person.browser.submit(path, checked, what="checks an issue", commits=False)
    answer = _issue(person, path, fields, "issues")
    if answer.accepted:
        person.browser.view(answer.goes_to)


def issue_and_hang_up(person: Person) -> None:
    """Issue, and leave before the answer: only the application knows whether it happened."""
    path = f"{person.company}certificates/issue/"
    fields = _certificate(person, person.browser.view(path).page)
    _issue(person, path, fields, "hangs up while issuing", impatient=True)


def issue_too_many(person: Person) -> None:
    """Ask for more shares than are authorised: written, counted, and rolled back."""
    path = f"{person.company}certificates/issue/"
    fields = _certificate(person, person.browser.view(path).page, shares="99000000")
    _issue(person, path, fields, "issues too many")


def issue_wrongly(person: Person) -> None:
    """Mistype the shares, read the complaint, and send it right."""
    path = f"{person.company}certificates/issue/"
    fields = _certificate(person, person.browser.view(path).page)
    wrong = {**fields, "shares": ["-" + fields["shares"][0]]}
    person.browser.submit(path, wrong, what="mistypes the shares", commits=False)
    _issue(person, path, fields, "sends it right")


def issue_round(person: Person) -> None:
    """Several at once; one line asks too much and only its savepoint is rolled back."""
    path = f"{person.company}certificates/issue-several/"
    form = person.browser.view(path).page
    people = person.browser.view(f"{person.company}stakeholders/?q=.example").page
    emails = re.findall(r"\S+@\S+\.example\b", people.text)
    if not emails:
        return
    share_class = person.chance.choice(sorted(form.options["share_class"]))
    reference = f"{person.chance.choice(RESOLUTIONS)}, round {person.cast.markers.minute()}"
    rows = [
        (person.cast.markers.certificate("R"), email, str(person.chance.randrange(1, 40) * 10))
        for email in person.chance.sample(emails, min(4, len(emails)))
    ]
    lines = [f"{number}; {email}; {shares}" for number, email, shares in rows]
    lines.insert(1, f"{person.cast.markers.certificate('R')}; {emails[0]}; 98000000")
    created = [person.changed(CREATED, CERTIFICATE, number=row[0], shares=row[2]) for row in rows]
    asked = {"share_class": [share_class], "reference": [reference], "lines": ["\r\n".join(lines)]}
    person.browser.submit(
        path,
        {**form.fields, **asked},
        what=f"issues a round of {len(rows)}",
        expects=(*created, person.acted("certificate.issue_round", reference)),
    )


def _certificate(person: Person, form: Page, *, shares: str = "") -> dict[str, list[str]]:
    chance = person.chance
    legends = sorted(form.options.get("legends", {}))
    return {
        **form.fields,
        "number": [person.cast.markers.certificate("CS")],
        "share_class": [chance.choice(sorted(form.options["share_class"]))],
        "holder": [settled(form.options["holder"], chance)],
        "shares": [shares or str(chance.randrange(1, 90) * 10)],
        "reference": [f"{chance.choice(RESOLUTIONS)}, minute {person.cast.markers.minute()}"],
        "notes": [PRIVATE_NOTE.format(person.cast.markers.run)],
        "legends": chance.sample(legends, chance.randrange(len(legends) + 1)),
    }


def _issue(
    person: Person,
    path: str,
    fields: dict[str, list[str]],
    what: str,
    *,
    impatient: bool = False,
) -> Answer:
    number, shares, reason = (fields[name][0] for name in ("number", "shares", "reference"))
    legends = [person.changed(CREATED, LEGENDS, legend=legend) for legend in fields["legends"]]
    return person.browser.submit(
        path,
        fields,
        what=f"{what} {number}",
        expects=(
            person.changed(CREATED, CERTIFICATE, number=number, shares=shares),
            *legends,
            person.acted("certificate.issue", reason),
        ),
        otherwise=(person.acted("certificate.issue", reason, failed=True),),
        impatient=impatient,
    )

"""Logging in, looking around, and the entries of people and prices."""

import re

from ..ledger import Expected
from .person import CREATED, SHARE_CLASS, STAKEHOLDER, UPDATED, VOIDED, Person, key_of
from .words import FIRST, LAST


def log_in(person: Person, password: str) -> bool:
    """Log in with the form, sometimes after a wrong password, and pick one of the companies."""
    form = person.browser.view("/login/").page
    credentials = {**form.fields, "username": [person.name], "password": [password]}
    if person.chance.random() < 0.3:
        wrong = {**credentials, "password": [password + "!"]}
        person.browser.submit("/login/", wrong, what="mistypes the password", commits=False)
    answer = person.browser.submit(
        "/login/",
        credentials,
        what="logs in",
        expects=(Expected(type=UPDATED, model="auth.User"),),
    )
    if not answer.accepted:
        return False
    person.browser.actor = person.name
    companies = [link for link in person.browser.view("/").page.links if _is_company(link)]
    person.company = person.chance.choice(companies) if companies else ""
    return bool(companies)


def log_out(person: Person) -> None:
    """Log out by the button on every page."""
    token = person.browser.view("/").page.token
    person.browser.actor = ""  # nobody is logged in when the answer is recorded
    person.browser.submit("/logout/", {"csrfmiddlewaretoken": [token]}, what="logs out")


def look_around(person: Person) -> None:
    """Read: overview, people, a search, certificates, one of them, transfers."""
    browser = person.browser
    browser.view(person.company)
    browser.view(f"{person.company}stakeholders/?q={person.chance.choice(LAST)}")
    if certificate := person.active_certificate():
        browser.view(certificate)
    if holder := person.one_of(f"{person.company}stakeholders/", "stakeholders"):
        browser.view(holder)
    browser.view(f"{person.company}transfers/")


def welcome(person: Person) -> None:
    """Add a stakeholder, misspelt; correct the name; sometimes remove the entry again."""
    path = f"{person.company}stakeholders/new/"
    form = person.browser.view(path).page
    first, last = person.chance.choice(FIRST), person.chance.choice(LAST)
    email = person.cast.markers.email(f"{first} {last}")
    answer = person.browser.submit(
        path,
        {**form.fields, "name": [f"{first} {last[:-1]}"], "email": [email], "kind": ["employee"]},
        what=f"adds {email}",
        expects=(person.changed(CREATED, STAKEHOLDER, email=email),),
    )
    if answer.accepted:
        _correct_name(person, answer.goes_to, f"{first} {last}")
    if answer.accepted and person.chance.random() < 0.3:
        _remove(person, answer.goes_to, email)


def _correct_name(person: Person, entry: str, name: str) -> None:
    form = person.browser.view(f"{entry}edit/").page
    person.browser.submit(
        f"{entry}edit/",
        {**form.fields, "name": [name]},
        what=f"corrects the name of {entry}",
        expects=(person.changed(UPDATED, STAKEHOLDER, key_of(entry), name=name),),
    )


def _remove(person: Person, entry: str, email: str) -> None:
    form = person.browser.view(entry).page
    person.browser.submit(
        f"{entry}remove/",
        form.fields,
        what=f"removes {email}",
        expects=(person.changed(VOIDED, STAKEHOLDER, key_of(entry)),),
    )


def reprice(person: Person) -> None:
    """Set a new price for a class of shares."""
    page = person.browser.view(person.company).page
    classes = [link for link in page.links if re.search(r"/classes/\d+/edit/$", link)]
    if not classes:
        return
    path = person.chance.choice(classes)
    form, price = person.browser.view(path).page, person.cast.markers.price()
    key = path.split("/")[-3]
    person.browser.submit(
        path,
        {**form.fields, "price": [price]},
        what=f"prices {path} at {price}",
        expects=(person.changed(UPDATED, SHARE_CLASS, key, price=price),),
    )


def go_astray(person: Person) -> None:
    """Ask for what is not there, and for a company of other people."""
    person.browser.view(f"{person.company}certificates/999999999/")
    person.browser.view("/companies/999999999/")


def overstep(person: Person) -> None:
    """A viewer tries to write, and is refused: the form, and a request made by hand as well."""
    path = f"{person.company}classes/new/"
    token = person.browser.view(person.company).page.token
    person.browser.view(path)
    fields = {"csrfmiddlewaretoken": [token], "name": ["Golden shares"], "prefix": ["GS"]}
    person.browser.submit(path, fields, what="writes without the right", commits=False)


def _is_company(link: str) -> bool:
    return re.fullmatch(r"/companies/\d+/", link) is not None

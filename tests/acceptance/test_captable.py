"""The example as a person meets it, over HTTP."""

import re

import httpx
import psycopg
import pytest

from .conftest import ROOT, SITE, Visitor, run

COMPANY = "/companies/1/"


@pytest.fixture(scope="module")
def ada(site):
    """An administrator."""
    return site.visitor("ada")


def certificate_of(visitor, number: str) -> str:
    """The address of a certificate, found on the list."""
    page = visitor.get(f"{COMPANY}certificates/").text
    found = re.search(rf'href="(/companies/1/certificates/\d+/)">{number}<', page)
    assert found, f"{number} is not on the list"
    return found[1]


def issue(visitor, number: str, **changes: str):
    path = f"{COMPANY}certificates/issue/"
    form = visitor.page(path)
    fields = {
        "number": number,
        "shares": "120",
        "share_class": min(form.options["share_class"]),
        "holder": min(form.options["holder"]),
        "reference": "Board consent",
    }
    return visitor.send(path, **{**fields, **changes})


def test_stranger_is_sent_to_the_login(site):
    """Nothing of a company is for everybody."""
    answer = httpx.get(f"{site.url}{COMPANY}", trust_env=False)

    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/login/")


def test_wrong_password_is_refused_in_words(site):
    """The form comes back and says what is wrong."""
    answer = Visitor(site.url).send("/login/", username="ada", password="guess")

    assert answer.status_code == 200
    assert "correct username and password" in answer.text


def test_member_sees_who_owns_the_company(ada):
    """The first thing a cap table is asked."""
    page = ada.page(COMPANY)

    assert "Halden Robotics" in page.text
    assert "Northwind Ventures" in page.text
    assert "100 %" in page.text


def test_company_of_others_is_not_found(site, ada):
    """That it exists is not told either."""
    created = ada.send("/companies/new/", name="Secret Works", country="Chile", currency="CLP")
    theirs = created.headers["location"]

    assert ada.get(theirs).status_code == 200
    assert site.visitor("chiara").get(theirs).status_code == 404


def test_auditor_may_look_and_not_write(site):
    """The role of the membership decides."""
    ben = site.visitor("ben")

    assert ben.get(COMPANY).status_code == 200
    path = f"{COMPANY}certificates/issue/"
    assert ben.get(path).status_code == 403
    assert ben.press(path, on=COMPANY).status_code == 403


def test_issued_certificate_is_on_the_list_and_has_a_page(ada):
    """The simplest thing to do."""
    answer = issue(ada, "CS-9001")

    assert answer.status_code == 302
    assert "Certificate CS-9001" in ada.page(certificate_of(ada, "CS-9001")).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shares": "-5"}, "greater than or equal to"),
        ({"number": "CS-0001"}, "exists already"),
        ({"shares": "99000000"}, "more than authorised"),
        ({"shares": "many"}, "Enter a number"),
    ],
)
def test_impossible_issue_is_refused_in_words(ada, changes, words):
    """What was typed stays in the form, beside the reason."""
    answer = issue(ada, **{"number": "CS-9100", **changes})

    assert answer.status_code == 422
    assert words in answer.text
    assert "CS-9100<" not in ada.get(f"{COMPANY}certificates/").text


def test_check_without_saving_saves_nothing(ada):
    """It runs the same code and takes it back."""
    answer = issue(ada, "CS-9200", preview="1")

    assert answer.status_code == 200
    assert "can be issued" in answer.text
    assert "CS-9200<" not in ada.get(f"{COMPANY}certificates/").text


def test_stakeholder_with_certificates_stays(ada):
    """The register never loses a holder; a newcomer can be removed again."""
    holder = ada.page(certificate_of(ada, "CS-0001")).links
    owner = next(link for link in holder if re.search(r"/stakeholders/\d+/$", link))
    assert ada.press(f"{owner}remove/", on=owner).status_code == 409

    made = ada.send(f"{COMPANY}stakeholders/new/", name="Nia Short", kind="employee")
    entry = made.headers["location"]

    removed = ada.press(f"{entry}remove/", on=entry)

    assert removed.headers["location"].endswith("/stakeholders/")
    assert ada.get(entry).status_code == 404


def test_transfer_splits_the_certificate_and_shows_in_its_history(site, ada):
    """Who, what, why, from which page, old and new: all of it from the history database."""
    issue(ada, "CS-9300")
    source = certificate_of(ada, "CS-9300")
    recipient = min(ada.page(f"{source}transfer/").options["recipient"])

    moved = ada.send(
        f"{source}transfer/",
        recipient=recipient,
        shares="20",
        number="CS-9301",
        reason="Gift to a daughter",
    )
    assert moved.status_code == 302
    assert "100 Common" in ada.page(certificate_of(ada, "CS-9301-R")).text

    site.deliver()
    page = ada.page(source).text
    assert "Transfer by ada “Gift to a daughter” Status active → transferred" in page
    assert f"POST {source}transfer/" in page
    assert "Issue by ada" in page


def test_masked_note_is_on_the_page_and_not_in_the_history(site, ada):
    """The note is for the application; the history says only that it changed."""
    issue(ada, "CS-9400", notes="salary 12345")
    page = certificate_of(ada, "CS-9400")
    site.deliver()

    text = ada.page(page).text

    assert text.count("salary 12345") == 1
    assert "set, value masked" in text


def test_events_with_personal_values_are_found_by_the_documented_query(site):
    """Erasure begins with it."""
    [query] = re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "events.md").read_text(), re.DOTALL)
    site.deliver()

    with psycopg.connect(site.env["BACKSTORY_HISTORY_URL"]) as history:
        models = {model for _, model, _ in history.execute(query).fetchall()}

    assert models == {"auth.User"}


def test_every_model_of_the_site_is_captured_or_left_out_with_a_reason(site):
    """What a project runs in its build, so that no model is forgotten."""
    listing = run("manage.py", "backstory_models", "--check", env=site.env, cwd=SITE).stdout

    assert "captable.Certificate" in listing
    assert "the site has no groups" in listing


def test_every_url_of_the_site_says_whom_it_lets_in(site):
    """What a project runs in its build, so that no view is published by mistake."""
    listing = run("manage.py", "backstory_urls", "--check", env=site.env, cwd=SITE).stdout

    assert "public (where a session begins)" in listing
    assert "takes (HasRole(roles=('administrator', 'auditor')) | IsLawyer)" in listing


def test_the_sites_own_tests_pass(site):
    """They try the keys of one company in every parameter of another's pages."""
    run("manage.py", "test", "tests", env=site.env, cwd=SITE)

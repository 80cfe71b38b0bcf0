"""What the pages for developers of host projects say, tried."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from shop.models import Certificate, Company

from django_base import action
from django_base.capture import registry
from django_base.capture.checks import check_models
from django_base.capture.coverage import coverage

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page: str, language: str) -> list[str]:
    """A page's code blocks in a language."""
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)


def transfer(certificate: Certificate, to: SimpleNamespace, reason: str) -> None:
    with action("certificate.transfer", subject=certificate, reason=reason):
        certificate.holder = to.pk
        certificate.save()


@pytest.fixture
def world(db):
    """What the examples take for granted."""
    company = Company.objects.create(name="Acme")
    certificate = Certificate.objects.create(company=company, holder="Ann")
    return SimpleNamespace(certificate=certificate, bob=SimpleNamespace(pk="Bob"))


def test_the_example_for_pytest_passes(world, captured_events):
    """Copied as it stands, with this project's model."""
    example, _ = blocks("testing.md", "python")
    names = {"transfer": transfer}
    exec(example.replace("captable", "shop"), names)  # noqa: S102

    names["test_a_transfer_is_told"](captured_events, world.certificate, world.bob)


def test_the_example_for_unittest_passes(world):
    """Copied as it stands, with the fixtures of a test class."""
    _, example = blocks("testing.md", "python")
    names = {"transfer": transfer, "Certificate": Certificate}
    exec(example, names)  # noqa: S102

    case = names["TransferTest"]("test_a_transfer_is_told")
    case.certificate, case.bob = world.certificate, world.bob
    case.test_a_transfer_is_told()


@pytest.mark.django_db
def test_the_models_of_django_are_all_covered_by_the_example(monkeypatch):
    """Nothing of Django's own is forgotten, and no secret of theirs is open."""
    declared = dict(registry._declared)
    monkeypatch.setattr(registry, "_declared", declared)
    tracking, _ = blocks("third-party-models.md", "python")
    exec(tracking, {})  # noqa: S102

    apps = ("auth", "contenttypes", "sessions")
    kinds = [each.kind for each in coverage("default") if each.label.startswith(apps)]
    assert len(kinds) == 8
    assert "uncovered" not in kinds
    assert [each.msg for each in check_models() if each.id == "backstory.E006"] == []


def run(script: str) -> None:
    """Do what psql does with a script, inside the test's transaction."""
    with connection.cursor() as cursor:
        for line in script.strip().splitlines():
            if line in ("BEGIN;", "COMMIT;"):
                continue
            question, execute_each, _ = line.partition(r" \gexec")
            cursor.execute(question)
            for (statement,) in cursor.fetchall() if execute_each else ():
                cursor.execute(statement)


@pytest.mark.django_db
def test_all_of_it_can_be_taken_off_again():
    """The scripts leave nothing of ours in the database, and the application's writes go on."""
    _, triggers, rest = blocks("adopting.md", "sql")

    run(triggers)
    run(rest)

    with connection.cursor() as cursor:
        cursor.execute(
            r"SELECT relname::text FROM pg_class WHERE relname LIKE 'backstory\_%'"
            r" UNION ALL SELECT proname::text FROM pg_proc WHERE proname LIKE 'backstory\_%'"
            r" UNION ALL SELECT tgname::text FROM pg_trigger WHERE tgname LIKE 'backstory\_%'"
        )
        assert cursor.fetchall() == []
    Company.objects.create(name="Acme")


@pytest.mark.django_db
def test_nothing_is_taken_from_under_a_trigger():
    """A trigger without its outbox would make the application's writes fail."""
    *_, rest = blocks("adopting.md", "sql")

    with pytest.raises(DatabaseError, match="other objects depend on it"), transaction.atomic():
        run(rest)


@pytest.mark.django_db(transaction=True)
def test_the_rights_of_the_example_are_what_a_role_needs(raw):
    """With rights on rows only: its changes are captured, and it can record events."""
    rights, *_ = blocks("adopting.md", "sql")
    raw.autocommit = False
    raw.execute("CREATE ROLE app")
    raw.execute("GRANT USAGE ON SCHEMA public TO app; GRANT INSERT ON shop_company TO app")
    raw.execute("GRANT USAGE ON SEQUENCE shop_company_id_seq TO app")
    raw.execute(rights)
    raw.execute("SET LOCAL ROLE app")
    raw.execute("INSERT INTO shop_company (name) VALUES ('Acme')")
    raw.execute("INSERT INTO backstory_outbox (kind, name, version) VALUES ('event', 'a.b', 1)")
    raw.execute("RESET ROLE")

    found = raw.execute("SELECT name FROM backstory_outbox ORDER BY seq DESC LIMIT 2").fetchall()
    raw.rollback()

    assert found == [("a.b",), ("shop.Company",)]

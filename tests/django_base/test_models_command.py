"""backstory_models: every model is captured, left out with a reason, or told of."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from shop.models import Account

from django_base import track
from django_base.capture import registry
from django_base.capture.checks import check_models
from django_base.capture.options import CaptureOptions

pytestmark = pytest.mark.django_db


def listed(capsys, **options):
    """Label to what the command says of the model."""
    call_command("backstory_models", json=True, **options)
    return {each["label"]: each for each in json.loads(capsys.readouterr().out)}


def test_every_model_is_of_one_kind(capsys):
    """Also many-to-many tables, and models of installed apps that nobody thought of."""
    kinds = {label: each["kind"] for label, each in listed(capsys).items()}

    assert kinds["shop.Certificate"] == "base"
    assert kinds["shop.Certificate_legends"] == "through"
    assert kinds["shop.Account"] == "tracked"
    assert kinds["shop.Account_groups"] == "through"
    assert kinds["shop.Scratch"] == "left out"
    assert kinds["sessions.Session"] == kinds["auth.User_groups"] == "uncovered"
    assert "shop.CertificateProxy" not in kinds


def test_what_is_known_of_a_model_is_listed(capsys):
    """Table, key, entity, classes of fields, what is left out and why."""
    models = listed(capsys)

    certificate = models["shop.Certificate"]
    assert (certificate["table"], certificate["database"]) == ("shop_certificate", "default")
    assert (certificate["key"], certificate["entity"]) == (["id"], "company")
    classes = certificate["fields"]
    assert (classes["notes"], classes["holder"], classes["shares"]) == (
        *("secret", "personal", "internal"),
    )
    assert models["shop.Holding"]["key"] == ["fund", "day"]
    assert models["shop.Document"]["excluded"]["scan"].startswith("1 MB")
    assert models["shop.Scratch"]["reason"].startswith("working table")


def test_the_listing_can_be_read(capsys):
    """A line a model, with its reason or its triggers."""
    call_command("backstory_models", database="default")

    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert "triggers in order · key id · entity company · secret notes" in lines["shop.Certificate"]
    assert "working table of the nightly import" in lines["shop.Scratch"]
    assert "without scan (1 MB each" in lines["shop.Document"]


@pytest.mark.parametrize(
    ("damage", "state"),
    [
        ("DROP TRIGGER backstory_update ON shop_company", "missing"),
        ("ALTER TABLE shop_company DISABLE TRIGGER backstory_update", "disabled"),
        (
            "CREATE OR REPLACE TRIGGER backstory_truncate AFTER TRUNCATE ON shop_company"
            " EXECUTE FUNCTION backstory_truncate('other.Label');"
            "ALTER TABLE shop_company ENABLE ALWAYS TRIGGER backstory_truncate",
            "changed",
        ),
        (
            "CREATE TRIGGER backstory_other AFTER TRUNCATE ON shop_company"
            " EXECUTE FUNCTION backstory_truncate('shop.Company')",
            "left over",
        ),
        ("ALTER TABLE shop_company RENAME TO elsewhere", "no table"),
        (
            "ALTER TABLE shop_company RENAME TO elsewhere;"
            "CREATE VIEW shop_company AS SELECT * FROM elsewhere",
            "no triggers",
        ),
    ],
)
def test_the_state_of_triggers_is_told(capsys, damage, state):
    """The listing is of what the database has, not of what should be there."""
    assert listed(capsys)["shop.Company"]["triggers"] == "in order"
    with connection.cursor() as cursor:
        cursor.execute(damage)

    assert listed(capsys)["shop.Company"]["triggers"] == state


def test_the_worst_of_all_partitions_counts(capsys):
    """A write to a partition fires its own triggers only."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER backstory_insert ON shop_reading_south")

    assert listed(capsys)["shop.Reading"]["triggers"] == "missing"


def test_the_check_names_what_is_not_covered(capsys):
    """For a build that must not pass when a new app brings a model along."""
    with pytest.raises(CommandError, match=r"sessions\.Session on 'default': not covered"):
        call_command("backstory_models", check=True)


def test_the_check_passes_when_all_is_captured_or_left_out(capsys, monkeypatch):
    """A reason is what it takes; triggers that are gone make it fail again."""
    monkeypatch.setattr(registry, "_declared", dict(registry._declared))
    for label, model in listed(capsys).items():
        if model["kind"] == "uncovered" and not label.endswith(("_groups", "_permissions")):
            track(label, untracked="of no interest to this test")
    call_command("backstory_models", check=True)

    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER backstory_update ON shop_company")

    with pytest.raises(CommandError, match=r"shop\.Company on 'default': triggers: missing"):
        call_command("backstory_models", check=True)


def test_a_model_of_others_is_left_out_with_its_reason(capsys, monkeypatch):
    """Its many-to-many tables go with it; triggers still there are left over."""
    left_out = CaptureOptions.of(untracked="kept by the identity provider")
    monkeypatch.setitem(registry._declared, Account._meta.label_lower, left_out)

    models = listed(capsys)

    for label in ("shop.Account", "shop.Account_groups"):
        assert models[label]["kind"] == "left out"
        assert models[label]["reason"] == "kept by the identity provider"
        assert models[label]["triggers"] == "left over"


@pytest.mark.parametrize("untracked", [True, ("a", "b"), None])
def test_leaving_out_takes_a_written_reason(capsys, monkeypatch, untracked):
    """What is no text leaves nothing out, and is an error of the check."""
    said = CaptureOptions.of(masked=("password",), untracked=untracked)
    monkeypatch.setitem(registry._declared, Account._meta.label_lower, said)

    assert listed(capsys)["shop.Account"]["kind"] == "tracked"
    assert [each.id for each in check_models() if each.obj is Account] == ["backstory.E003"]


def test_a_database_without_capture_is_refused():
    """Nothing can be said of its triggers."""
    with pytest.raises(CommandError, match="'lite' is not PostgreSQL"):
        call_command("backstory_models", database="lite")

"""backstory_install: mends what is not as it should be, touches nothing else."""

import json
from pathlib import Path

import pytest
from django.apps import apps
from django.core.checks import Error
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from shop.models import Account, Certificate, Company

from django_base import action, track
from django_base.capture.checks import check_models
from django_base.capture.database_checks import check_databases
from django_base.capture.install import TablesBusy, install
from django_base.capture.options import CaptureOptions
from django_base.capture.registry import CapturedModel, captured_models
from django_base.siblings import check_siblings
from schemas import ConfigurationError

ROOT = Path(__file__).parents[2]


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None


def problems():
    """All but W006: the run's role is a superuser."""
    found = check_databases(databases=["default"])
    return [(each.id, each.obj) for each in found if each.id != "backstory.W006"]


@pytest.mark.django_db(transaction=True)
def test_what_is_in_order_is_left_alone(raw, django_assert_max_num_queries):
    """A second run is quick and waits for nobody, even while a table is in use."""
    with raw.transaction(), django_assert_max_num_queries(17):
        raw.execute("LOCK shop_company IN ACCESS EXCLUSIVE MODE")
        assert install("default").changed == ()


DAMAGES = [
    ("DROP TRIGGER backstory_update ON shop_company", "backstory.W003"),
    ("ALTER TABLE shop_company DISABLE TRIGGER backstory_update", "backstory.W004"),
    ("ALTER TABLE shop_company ENABLE TRIGGER backstory_update", "backstory.W004"),
    (
        "CREATE OR REPLACE TRIGGER backstory_truncate AFTER TRUNCATE ON shop_company"
        " EXECUTE FUNCTION backstory_truncate('other.Label');"
        "ALTER TABLE shop_company ENABLE ALWAYS TRIGGER backstory_truncate",
        "backstory.W005",
    ),
    ("DROP TRIGGER backstory_insert ON shop_reading_south", "backstory.W003"),
    (
        "CREATE OR REPLACE FUNCTION backstory_update() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NULL; END'",
        "backstory.W002",
    ),
    ("ALTER FUNCTION backstory_write_rows SET TimeZone = 'Asia/Tokyo'", "backstory.W002"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("damage", "told_as"), DAMAGES)
def test_damage_is_told_and_mended(damage, told_as):
    """Whoever may own a table may also switch its history off: it must not stay unnoticed."""
    assert problems() == []
    execute(damage)
    assert [number for number, _ in problems()] == [told_as]

    install("default")

    assert problems() == []


@pytest.mark.django_db(transaction=True)
@override_settings(BACKSTORY={"source": "shop", "lock_timeout_s": 0.05, "lock_attempts": 3})
def test_a_table_in_use_is_come_back_to(raw):
    """A trigger waiting behind a writer would make all writers after it wait as well."""
    execute("DROP TRIGGER backstory_update ON shop_company")
    execute("DROP TRIGGER backstory_update ON shop_document")
    waits = []
    with raw.transaction():
        raw.execute("LOCK shop_company IN ROW EXCLUSIVE MODE")
        with pytest.raises(TablesBusy, match="shop_company") as caught:
            install("default", sleep=waits.append)
    assert caught.value.tables == ("public.shop_company",)
    assert len(waits) == 3
    assert len(problems()) == 1
    install("default")
    assert problems() == []


@pytest.mark.django_db
def test_a_model_no_longer_captured_loses_its_triggers(monkeypatch):
    """Its rows would be set aside for ever, as nobody knows the label; they are guarded as ever."""
    monkeypatch.setattr(Certificate.Backstory, "untracked", "moved elsewhere", raising=False)

    done = install("default")

    assert "public.shop_certificate" in done.changed
    assert (
        execute(
            "SELECT * FROM pg_trigger WHERE tgrelid = 'shop_certificate'::regclass"
            " AND tgname ~ '^backstory_(insert|update|delete|truncate)$'"
        )
        == []
    )


@pytest.mark.django_db
def test_the_relay_is_told_of_the_models():
    """Label, kind, key, columns with field and class, entity."""
    rows = execute(
        "SELECT label, kind, key, columns::text, entity_label, entity_column FROM backstory_model"
    )
    told = {label: rest for label, *rest in rows}

    kind, key, columns, *entity = told["shop.Certificate"]
    assert (kind, key, entity) == ("base", ["id"], ["shop.Company", "company_id"])
    columns = json.loads(columns)
    assert columns["holder_name"] == {"field": "holder", "class": "personal"}
    assert columns["notes"] == {"field": "notes", "class": "secret"}
    assert columns["company_id"] == {"field": "company", "class": "internal"}
    assert told["shop.Company"][3:] == ["shop.Company", "id"]
    assert told["shop.Certificate_legends"][0] == "through"
    assert told["shop.Account"][0] == "tracked"
    assert told["shop.Account_groups"][0] == "through"
    assert told["shop.Holding"][1] == ["fund", "day"]
    assert "scan" not in json.loads(told["shop.Document"][2])
    assert "shop.Scratch" not in told


@pytest.mark.django_db
def test_a_changed_description_gets_a_new_version(monkeypatch):
    """The relay sees that it has to read again."""
    before = dict(execute("SELECT label, version FROM backstory_model"))
    monkeypatch.setattr(Company.Backstory, "masked", ("name",), raising=False)

    install("default")

    after = dict(execute("SELECT label, version FROM backstory_model"))
    changed = {label for label, version in after.items() if version != before[label]}
    assert changed == {"shop.Company"}
    assert after["shop.Company"] == before["shop.Company"] + 1


@pytest.mark.django_db
@override_settings(BACKSTORY={"source": "shop", "schema": "au'dit %s \"x"})
def test_the_tables_may_live_in_a_schema_of_their_own():
    """Whatever it is called, and whatever the search path."""
    schema = '"au\'dit %s ""x"'
    install("default")
    with action("company.found"):
        Company.objects.create(name="x" * 50)
        Company.objects.bulk_create(Company(name=str(i)) for i in range(600))

    rows = execute(f"SELECT name, sum(new_count) FROM {schema}.backstory_outbox GROUP BY name")
    assert dict(rows) == {"shop.Company": 601, "action.performed": 0}
    assert problems() == []


def test_the_models_of_the_test_project_are_in_order():
    """No check complains of a set-up that is right."""
    assert [message for message in check_models() if isinstance(message, Error)] == []


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ({"masked": ("nots",)}, "backstory.E004"),
        ({"entity": "holder"}, "backstory.E005"),
        ({"entity": "nothing"}, "backstory.E005"),
        ({"exclude": ("notes",)}, "backstory.E003"),
        ({"maskd": ("notes",)}, "backstory.E003"),
        ({"masked": "notes"}, "backstory.E003"),
        ({"exclude": {"id": "why"}}, "backstory.E007"),
    ],
)
def test_wrong_options_are_told(monkeypatch, said, number):
    """A misspelt name would leave a secret open."""
    for name, value in said.items():
        monkeypatch.setattr(Certificate.Backstory, name, value, raising=False)

    found = [each for each in check_models() if each.obj is Certificate]

    assert [each.id for each in found] == [number]
    assert all(each.hint for each in found)


def test_an_unclassified_password_is_an_error(monkeypatch):
    """Third-party models come with fields nobody has looked at."""
    from django_base.capture import registry

    monkeypatch.setitem(registry._declared, "shop.account", CaptureOptions())

    assert [each.id for each in check_models()] == ["backstory.E006"]
    monkeypatch.setitem(
        registry._declared, "shop.account", CaptureOptions.of(internal=("password",))
    )
    assert [each.id for each in check_models()] == []


@override_settings(BACKSTORY={"sorce": "x", "trusted_proxies": "1"})
def test_wrong_settings_are_told_all_at_once():
    """With what would be right."""
    found = [each for each in check_models() if each.id == "backstory.E001"]

    assert len(found) == 2


def test_tracking_twice_differently_is_refused():
    """Two places that say different things about one model: neither can be believed."""
    with pytest.raises(ConfigurationError, match="twice"):
        track(Account, masked=("name",))
    with pytest.raises(ConfigurationError, match="inner class"):
        track(Company)
    track(Account, masked=("password",))


def test_every_model_has_one_identity():
    """Proxies share the table of their model; multi-table children have their own."""
    labels = [each.label for each in captured_models()]

    assert "shop.CertificateProxy" not in labels
    assert {"shop.Preferred", "shop.Certificate_legends", "shop.Watch"} <= set(labels)
    preferred = next(each for each in captured_models() if each.label == "shop.Preferred")
    assert isinstance(preferred, CapturedModel)
    assert preferred.key == ["certificate_ptr_id"]


def test_other_databases_are_refused_by_name():
    """Installing on SQLite cannot do anything: better said than skipped."""
    with pytest.raises(CommandError, match="not PostgreSQL"):
        call_command("backstory_install", database="lite")


def test_siblings_are_ours():
    """And an intruder is named, with the way out."""
    check_siblings()
    places = {
        "schemas": "/host/schemas/__init__.py",
        "producer": str(ROOT / "producer/__init__.py"),
    }

    with pytest.raises(ImportError, match=r"/host/schemas/__init__\.py.*rename that package"):
        check_siblings(locate=places.__getitem__)
    with pytest.raises(ImportError, match="missing"):
        check_siblings(locate=lambda name: "")


def test_the_app_has_no_models_of_djangos():
    """makemigrations of the host project creates nothing for us: what we have, install makes."""
    found = apps.get_app_config("backstory").get_models(include_auto_created=True)
    assert [model for model in found if model._meta.managed] == []


@pytest.mark.parametrize("said", ["masked", "personal"])
def test_a_foreign_key_is_held_back_like_the_key_it_holds(monkeypatch, said):
    """Or the tables beside a model would tell what the model itself keeps to itself."""
    from django_base.capture import registry

    options = CaptureOptions.of(**{said: ("id",), "internal": ("password",)})
    monkeypatch.setitem(registry._declared, "shop.account", options)

    through = next(each for each in captured_models() if each.label == "shop.Account_groups")
    classes = {column: known["class"] for column, known in through.columns.items()}
    told = {"masked": "secret", "personal": "personal"}[said]
    assert classes == {"id": "internal", "account_id": told, "legend_id": "internal"}

"""Capture in strange company: it tells the truth, and it never makes a write fail."""

import pytest
from shop.models import Company, Document, Reading

from tests.django_base.robustness.past import HARD, execute

DATE_STYLES = ["ISO", "German", "SQL, DMY", "Postgres"]


@pytest.mark.django_db
@pytest.mark.parametrize("date_style", DATE_STYLES)
def test_images_do_not_depend_on_the_sessions_settings(captured, date_style):
    """psql, a report tool and Django must tell the same value in the same words."""

    company = Company.objects.create(name="Acme")
    captured()

    def write() -> list[object]:
        execute(
            "INSERT INTO shop_certificate (company_id, holder_name, shares, notes, issued_at)"
            " VALUES (%s, 'a', 1.5, '', '2026-05-17T12:00:00.5Z')",
            company.pk,
        )
        execute("UPDATE shop_certificate SET issued_at = issued_at + interval '1 day'")
        execute(HARD + "DELETE FROM shop_certificate")
        execute(
            "INSERT INTO shop_specimen (code, took, ratio, body, at, period, labels, moments)"
            " VALUES"
            " ('x', '14 months 3 days 4 hours'::interval, 0.1::float8 + 0.2::float8, '\\x00ff',"
            " '2026-05-17T12:00:00Z', '[2026-05-17T12:00:00Z,)', '{a}', '{2026-05-17T12:00:00Z}')"
        )
        execute("UPDATE shop_specimen SET took = took * 2")
        execute(HARD + "DELETE FROM shop_specimen")
        rows = captured()
        for row in rows:
            for image in (row.old or []) + (row.new or []):
                image.pop("id", None)
        return [(row.kind, row.old, row.new) for row in rows]

    usual = write()
    execute("SET LOCAL TimeZone = 'Asia/Kathmandu'")
    execute(f"SET LOCAL DateStyle = '{date_style}'")
    execute("SET LOCAL IntervalStyle = 'sql_standard'")
    execute("SET LOCAL bytea_output = 'escape'")
    execute("SET LOCAL extra_float_digits = -10")

    assert write() == usual
    assert execute("SHOW TimeZone") == [("Asia/Kathmandu",)]


@pytest.mark.django_db
def test_columns_named_like_ours_are_captured_whole(captured):
    """A column of the name of an alias or a variable must not be taken for it."""
    names = [
        "backstory_row",
        "backstory_new",
        "backstory_old",
        "backstory_images",
        "images",
        "count",
    ]
    columns = ", ".join(f"{name} text DEFAULT '{name}'" for name in names)
    execute(f"ALTER TABLE shop_legend {', '.join('ADD ' + c for c in columns.split(', '))}")
    execute("INSERT INTO shop_legend (id, text) VALUES (gen_random_uuid(), 'a')")
    execute("UPDATE shop_legend SET text = 'b'")
    execute("UPDATE shop_legend SET text = repeat('c', 300000)")
    execute(HARD + "DELETE FROM shop_legend")

    for row in captured():
        for old, new in row.images:
            assert all(image[name] == name for image in (old, new) if image for name in names)


@pytest.mark.django_db
def test_excluded_columns_are_left_out(captured):
    """A field that a model excludes with a reason is neither read nor told."""
    document = Document.objects.create(title="a", scan="x" * 1_000_000)
    document.title = "b"
    document.save()
    document.delete()

    created, updated, deleted = captured()

    assert created.new == [
        {"id": document.id or created.new[0]["id"], "title": "a", "void_id": None}
    ]
    assert [image["title"] for image in (updated.old[0], updated.new[0], deleted.old[0])] == [
        *("a", "b", "b")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [4, 1300])
def test_a_swallowed_row_is_kept_and_the_others_stay_paired(captured, rows):
    """A BEFORE trigger may drop a row on its way to another partition."""
    Reading.objects.bulk_create(Reading(id=i, region="north", value=i) for i in range(rows))
    execute(
        "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.id = 1 THEN RETURN NULL; END IF; RETURN NEW; END $$"
    )
    execute(
        "CREATE TRIGGER swallow BEFORE INSERT ON shop_reading_south"
        " FOR EACH ROW EXECUTE FUNCTION swallow()"
    )
    captured()

    Reading.objects.update(region="south")

    found = captured()
    assert sum(row.old_count for row in found) == rows
    assert sum(row.new_count for row in found) == rows - 1
    told = {}
    for row in found:
        if row.old_count == row.new_count:
            told |= {old["id"]: new["id"] for old, new in row.images}
        else:  # the relay pairs by key
            arrived = {image["id"] for image in row.new or []}
            told |= {
                old["id"]: old["id"] if old["id"] in arrived else None for old in row.old or []
            }
    assert told == {i: i if i != 1 else None for i in range(rows)}


@pytest.mark.django_db
def test_what_changes_nothing_leaves_nothing(captured):
    """Statements that touch no row are no changes."""
    Company.objects.filter(name="nobody").update(name="x")
    Company.objects.filter(name="nobody").delete()
    Document.objects.filter(title="nobody").update(title="x")
    Company.objects.bulk_create([])

    assert captured() == []


@pytest.mark.django_db
def test_truncate_is_told(captured):
    """Its rows are not seen, so at least that it happened must be."""
    execute("TRUNCATE shop_document")

    assert [(row.kind, row.name) for row in captured()] == [("truncate", "shop.Document")]


@pytest.mark.django_db
def test_a_column_added_later_is_captured_at_once(captured):
    """A migration in the middle of a session never loses a change."""
    Company.objects.create(name="Acme")
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("ALTER TABLE shop_company ADD country text DEFAULT 'AT'")
    captured()
    execute("UPDATE shop_company SET country = 'CH'")
    execute("ALTER TABLE shop_company RENAME country TO land")
    execute("UPDATE shop_company SET land = 'IT'")
    execute("ALTER TABLE shop_company DROP land")
    execute("UPDATE shop_company SET name = 'Bolt'")

    images = [(row.old[0], row.new[0]) for row in captured()]

    assert (images[0][0]["country"], images[0][1]["country"]) == ("AT", "CH")
    assert (images[1][0]["land"], images[1][1]["land"]) == ("CH", "IT")
    assert images[2][1] == {"id": images[2][1]["id"], "name": "Bolt", "void_id": None}

"""Values and statements of any size: bounded in the outbox, whole in what they tell."""

import hashlib
import json

import pytest
from shop.models import Certificate, Company, Document, Specimen

from tests.django_base.robustness.past import HARD, execute


@pytest.mark.django_db
def test_each_value_over_the_limit_is_told_by_length_and_digest(captured):
    """256 kB is where a value is no longer worth its bytes in every later event."""
    text = "ä" * 150_000
    company = Company.objects.create(name="Acme")
    certificate = Certificate.objects.create(company=company, holder="a", notes=text)
    certificate.holder = "b"
    certificate.save()
    Specimen.objects.create(code="s", body=b"\xff" * 300_000)
    certificate.terms = ["x" * 100] * 5000
    certificate.save()

    _, created, updated, specimen, termed = captured()

    digest = {
        "backstory:length": 300_000,
        "backstory:sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    assert created.new[0]["notes"] == digest
    assert updated.old[0]["notes"] == updated.new[0]["notes"] == digest
    assert (updated.old[0]["holder_name"], updated.new[0]["holder_name"]) == ("a", "b")
    body = {"backstory:length": 300_000}
    body["backstory:sha256"] = hashlib.sha256(b"\xff" * 300_000).hexdigest()
    assert specimen.new[0]["body"] == body
    assert termed.old[0]["terms"] is None
    assert termed.new[0]["terms"]["backstory:length"] > 500_000


@pytest.mark.django_db
def test_huge_values_do_not_make_a_write_fail(captured):
    """180 MB of control characters are over 1 GB of JSON, which PostgreSQL cannot build."""
    company = Company.objects.create(name="Acme")
    certificate = Certificate.objects.create(company=company, holder="a")
    captured()
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("ALTER TABLE shop_certificate DISABLE TRIGGER oracle")  # it is not so careful

    execute("UPDATE shop_certificate SET notes = repeat('x', 100 * 1000 * 1000)")
    execute("UPDATE shop_certificate SET notes = repeat(chr(1), 180 * 1000 * 1000)")

    first, second = captured()
    assert first.new[0]["notes"]["backstory:length"] == 100_000_000
    assert second.old[0]["notes"] == first.new[0]["notes"]
    assert second.new[0]["notes"]["backstory:length"] == 180_000_000
    assert second.new[0]["id"] == certificate.pk


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [499, 500, 501, 1700])
def test_large_statements_are_cut_into_chunks(captured, rows):
    """At most 500 rows and about 1 MB a row of the outbox, nothing lost at the cuts."""
    execute("SET LOCAL work_mem = '64kB'")
    Company.objects.bulk_create(Company(name=f"{i:05}") for i in range(rows))
    captured()
    execute("UPDATE shop_company SET name = name || '!'")
    updated = captured()
    execute(HARD + "DELETE FROM shop_company")
    deleted = captured()

    assert all(row.new_count <= 500 for row in updated)
    assert len(updated) == len(deleted) == -(-rows // 500)
    for each in (updated, deleted):  # the relay puts them before what their triggers wrote
        assert [row.depth for row in each] == [1] + [-1] * (len(each) - 1)
    pairs = [pair for row in updated for pair in row.images]
    assert len(pairs) == rows
    assert all(new["name"] == old["name"] + "!" and new["id"] == old["id"] for old, new in pairs)
    assert sum(row.old_count for row in deleted) == rows


@pytest.mark.django_db
def test_chunks_are_bounded_in_bytes(captured):
    """Wide rows make small chunks: the relay holds a chunk in memory."""
    Document.objects.bulk_create(Document(title="t", scan="s") for _ in range(40))
    company = Company.objects.create(name="Acme")
    Certificate.objects.bulk_create(
        Certificate(company=company, holder="a", notes="x" * 200_000) for _ in range(40)
    )
    captured()
    execute("UPDATE shop_certificate SET shares = 2")

    rows = captured()

    assert sum(row.new_count for row in rows) == 40
    assert max(len(json.dumps(row.old) + json.dumps(row.new)) for row in rows) < 2_000_000


@pytest.mark.django_db
def test_a_script_of_4000_statements_is_read_from_its_beginning(captured):
    """The comment in front is found without reading 200 kB of script 4,000 times."""
    script = "; ".join(f"INSERT INTO shop_company (name) VALUES ('{i}')" for i in range(4000))
    execute(f"/*actor='7',reason='import'*/ {script}")

    rows = captured()

    assert len(rows) == 4000
    assert {row.context for row in rows} == {"actor='7',reason='import'"}

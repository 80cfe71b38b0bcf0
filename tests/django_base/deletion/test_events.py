"""What is told of voiding, of hard deletion and of what is severed, from the database on."""

import pytest
from registry.models import Broker, Certificate, Company, Memo, Person

from django_base import bind_context
from django_base.deletion.hard import hard_deletion

pytestmark = pytest.mark.django_db


def test_cascade_is_one_tree_under_one_deletion(captured_events):
    """Each event but the root's names the row that led to it; all have one id and one reason."""
    company = Company.objects.create(name="Acme")
    person = Person.objects.create(name="Ann", employer=company)
    certificate = Certificate.objects.create(company=company)
    memo = Memo.objects.create(certificate=certificate)
    before = len(captured_events())

    with bind_context(reason="wound up"):
        company.delete()

    events = captured_events()[before:]
    tree = {event.subject: event.payload.because_of for event in events}
    root = f"registry.Company/{company.pk}"
    assert {event.type for event in events} == {"model.voided"}
    assert {event.context.reason for event in events} == {"wound up"}
    assert {event.payload.deletion for event in events} == {str(company.void_id)}
    assert tree.pop(root) not in tree
    assert tree == {
        f"registry.Person/{person.pk}": root,
        f"registry.Certificate/{certificate.pk}": root,
    }
    assert memo.pk


def test_severed_reference_names_what_was_deleted(captured_events):
    """SET_NULL changes a live row: an update that belongs to the deletion."""
    broker = Broker.objects.create(name="b")
    certificate = Certificate.objects.create(
        company=Company.objects.create(name="Acme"), agent=broker
    )
    before = len(captured_events())

    broker.delete()

    [update] = [each for each in captured_events()[before:] if each.type == "model.updated"]
    assert update.subject == f"registry.Certificate/{certificate.pk}"
    assert update.payload.deletion == str(broker.void_id)
    assert update.payload.because_of == f"registry.Broker/{broker.pk}"


def test_hard_deletion_is_told_with_its_deletion(captured_events):
    """Of void rows as well as of live ones."""
    company = Company.objects.create(name="Acme")
    Person.objects.create(name="Ann", employer=company).delete()
    before = len(captured_events())

    company.hard_delete()
    Broker.objects.create(name="b")
    with hard_deletion() as deletion_id:
        Broker._base_manager.all()._raw_delete("default")

    events = [each for each in captured_events()[before:] if each.type == "model.deleted"]
    ids = [each.payload.deletion for each in events]
    assert len(ids) == 3
    assert ids[0] == ids[1] != ids[2] == str(deletion_id)

"""The admin through the test client: lists, filters, voids and restores, and says why it cannot."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client, override_settings
from registry.models import Company, Mark, Ticket, Visit
from vault.models import Custody, Folder, Safe, Sticker
from vault.site import SITE

from django_base.deletion.dependents import LiveDependents

pytestmark = pytest.mark.django_db
SAFES, FOLDERS = "/admin/vault/safe/", "/admin/vault/folder/"


@pytest.fixture(autouse=True)
def _site():
    with override_settings(**SITE):
        yield


@pytest.fixture
def safe() -> Safe:
    made = Safe.objects.create(name="north")
    folder = Folder.objects.create(safe=made, number="F-1")
    Sticker.objects.create(content_object=folder, text="urgent")
    return made


@pytest.fixture
def client() -> Client:
    """Of somebody who may do everything."""
    return client_of(User.objects.create_superuser("root"))


def client_of(user: User) -> Client:
    made = Client()
    made.force_login(user)
    return made


def staff(*permissions: str) -> Client:
    """The client of somebody who may do just this."""
    user = User.objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return client_of(user)


def void(model: type, **lookup: object):
    """A void row, loaded anew."""
    return model.objects.all_objects_including_void().get(void_id__isnull=False, **lookup)


def listed(client: Client, address: str) -> set[str]:
    """The texts of the rows that a list shows."""
    text = client.get(address).content.decode()
    return set(re.findall(r'<th class="field-__str__"><a[^>]*>([^<]*)</a>', text))


def told(response) -> str:
    """What the visitor is told on the page they are led to."""
    return " ".join(str(each) for each in response.context["messages"])


def test_list_shows_live_rows_and_the_filter_void_ones(client, safe):
    """As if they were gone, until somebody looks for them."""
    Safe.objects.create(name="south")
    safe.delete()

    assert listed(client, SAFES) == {"south"}
    assert listed(client, f"{SAFES}?void=yes") == {"north"}
    assert listed(client, f"{SAFES}?void=all") == {"north", "south"}


def test_deleting_shows_what_goes_and_voids_it(client, safe):
    """The confirmation takes nothing yet; the button voids the tree in one deletion."""
    address = f"{SAFES}{safe.pk}/delete/"

    page = client.get(address).content.decode()
    assert all(text in page for text in ("north", "F-1", "urgent"))
    assert Folder.objects.count() == 1

    client.post(address, {"post": "yes"})

    assert [model.objects.count() for model in (Safe, Folder, Sticker)] == [0, 0, 0]
    taken = {void(model).void_id for model in (Safe, Folder, Sticker)}
    assert len(taken) == 1


def test_confirmation_does_not_count_what_is_void_already(client, safe):
    """It was taken by an earlier deletion and stays with that one."""
    safe.folders.get().delete()

    page = client.get(f"{SAFES}{safe.pk}/delete/").content.decode()

    assert ("F-1" in page, "urgent" in page) == (False, False)


def test_confirmation_does_not_count_what_stays():
    """Rows of somebody else's models, by a foreign key or a generic relation."""
    company = Company.objects.create(name="Acme")
    ticket = Ticket.objects.create(company=company)
    Visit.objects.create(company=company)
    Mark.objects.create(about=ticket)
    collector = LiveDependents(using="default", origin=company)
    collector.collect([company])

    assert collector.model_objs == {Company: {company}, Ticket: {ticket}}
    assert company.delete()[0] == 2


def test_protected_object_stays_and_the_page_says_why(client, safe):
    """Nothing is voided before somebody has looked after it."""
    Custody.objects.create(safe=safe, keeper="Ann")
    address = f"{SAFES}{safe.pk}/delete/"

    assert "would require deleting the following protected" in client.get(address).content.decode()
    client.post(address, {"post": "yes"})
    assert Safe.objects.count() == 1

    Custody.objects.get().delete()  # a void one protects nothing
    client.post(address, {"post": "yes"})
    assert Safe.objects.count() == 0


def test_action_voids_the_selected_rows(client, safe):
    """As the button does, for many."""
    Safe.objects.create(name="south")
    chosen = {"action": "delete_selected", "_selected_action": [safe.pk], "post": "yes"}

    client.post(SAFES, chosen)

    assert [each.name for each in Safe.objects.all()] == ["south"]
    assert void(Folder).void_id == void(Safe).void_id


def test_void_object_can_be_looked_at_and_not_changed(client, safe):
    """Its page says so; there is nothing to save and nothing to delete again."""
    safe.delete()
    address = f"{SAFES}{safe.pk}/change/"

    page = client.get(address).content.decode()

    assert ("<strong>Deleted</strong>" in page, 'value="Restore"' in page) == (True, True)
    assert 'name="_save"' not in page
    assert client.post(address, {"name": "changed"}).status_code == 403
    assert client.post(f"{SAFES}{safe.pk}/delete/", {"post": "yes"}).status_code == 403
    assert void(Safe).name == "north"


def test_button_restores_what_the_deletion_took(client, safe):
    """And nothing that was void before."""
    Folder.objects.create(safe=safe, number="F-2").delete()
    safe.delete()

    answer = client.post(f"{SAFES}{safe.pk}/restore/", follow=True)

    assert told(answer) == "Restored: north."
    assert 'value="Restore"' not in answer.content.decode()
    assert [each.number for each in Folder.objects.all()] == ["F-1"]
    assert Sticker.objects.count() == 1


def test_restoring_needs_a_form_and_something_void(client, safe):
    """A link in a mail restores nothing."""
    address = f"{SAFES}{safe.pk}/restore/"

    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 404
    assert client.post(f"{SAFES}999/restore/").status_code == 404


def test_conflict_is_told_and_nothing_is_restored(client, safe):
    """A live row holds the name."""
    safe.delete()
    Safe.objects.create(name="north")

    answer = client.post(f"{SAFES}{safe.pk}/restore/", follow=True)

    assert "name" in told(answer)
    assert Folder.objects.count() == 0


def test_child_of_a_void_parent_is_not_restored(client, safe):
    """Its page says what is in the way."""
    folder = safe.folders.get()
    folder.delete()
    safe.delete()

    answer = client.post(f"{FOLDERS}{folder.pk}/restore/", follow=True)

    assert "void" in told(answer)
    assert Folder.objects.count() == 0


def test_action_restores_the_selected_rows(client, safe):
    """It is offered where void rows are listed."""
    safe.delete()
    chosen = {"action": "restore_selected", "_selected_action": [safe.pk]}
    assert "restore_selected" not in client.get(SAFES).content.decode()
    page = client.get(f"{SAFES}?void=yes").content.decode()
    assert ("restore_selected" in page, "delete_selected" in page) == (True, False)

    answer = client.post(f"{SAFES}?void=yes", chosen, follow=True)

    assert told(answer) == "Restored: 1."
    assert Safe.objects.get().folders.count() == 1


def test_action_with_a_conflict_restores_none(client, safe):
    """Half of a selection would be hard to find again."""
    other = Safe.objects.create(name="south")
    Safe.objects.all().delete()
    Safe.objects.create(name="north")
    chosen = {"action": "restore_selected", "_selected_action": [safe.pk, other.pk]}

    answer = client.post(f"{SAFES}?void=yes", chosen, follow=True)

    assert "name" in told(answer)
    assert Safe.objects.count() == 1


def test_who_may_only_look_neither_voids_nor_restores(safe):
    """Rights are those of Django's admin; who may delete may restore."""
    client = staff("view_safe", "change_safe")
    assert client.post(f"{SAFES}{safe.pk}/delete/", {"post": "yes"}).status_code == 403
    safe.delete()

    page = client.get(f"{SAFES}{safe.pk}/change/").content.decode()

    assert 'value="Restore"' not in page
    assert client.post(f"{SAFES}{safe.pk}/restore/").status_code == 403
    assert "restore_selected" not in client.get(f"{SAFES}?void=yes").content.decode()


def test_dependents_that_somebody_may_not_delete_keep_the_object(safe):
    """As Django does: the page names what the right is missing for."""
    client = staff("view_safe", "delete_safe")

    page = client.get(f"{SAFES}{safe.pk}/delete/").content.decode()
    client.post(f"{SAFES}{safe.pk}/delete/", {"post": "yes"})

    assert "permission to delete the following types of objects" in page
    assert Safe.objects.count() == 1


def test_inlines_show_live_rows_and_void_what_is_ticked(client, safe):
    """Formsets of a foreign key, and generic ones."""
    Folder.objects.create(safe=safe, number="F-2").delete()
    address = f"{SAFES}{safe.pk}/change/"
    page = client.get(address)
    assert ("F-1" in page.content.decode(), "F-2" in page.content.decode()) == (True, False)
    folder = safe.folders.get()
    form = {
        "name": "north",
        "folders-TOTAL_FORMS": "1",
        "folders-INITIAL_FORMS": "1",
        "folders-0-id": folder.pk,
        "folders-0-safe": safe.pk,
        "folders-0-number": "F-1",
        "folders-0-DELETE": "on",
    }

    assert client.post(address, form).status_code == 302

    assert Folder.objects.count() == 0
    assert void(Sticker).void_id == void(Folder, number="F-1").void_id


def test_generic_inline_shows_live_rows(client, safe):
    """What is stuck on it and was not taken off."""
    folder = safe.folders.get()
    Sticker.objects.create(content_object=folder, text="secret").delete()

    page = client.get(f"{FOLDERS}{folder.pk}/change/").content.decode()

    assert ("urgent" in page, "secret" in page) == (True, False)


def test_choices_of_a_reference_are_live_ones(client, safe):
    """In a select, and in what autocompletion offers; what is void cannot be sent either."""
    Safe.objects.create(name="south")
    safe.delete()
    keeper = client.get("/admin/vault/custody/add/").content.decode()
    question = "?app_label=vault&model_name=folder&field_name=safe"
    offered = client.get(f"/admin/autocomplete/{question}").json()["results"]

    sent = client.post("/admin/vault/custody/add/", {"safe": safe.pk, "keeper": "Ann"})

    assert ("south" in keeper, "north" in keeper) == (True, False)
    assert [each["text"] for each in offered] == ["south"]
    assert sent.context["adminform"].errors.keys() == {"safe"}


def test_deletion_and_restoring_are_in_the_log_of_the_admin(client, safe):
    """As everything else that is done there."""
    client.post(f"{SAFES}{safe.pk}/delete/", {"post": "yes"})
    client.post(f"{SAFES}{safe.pk}/restore/")

    kind = ContentType.objects.get_for_model(Safe)
    entries = list(kind.logentry_set.order_by("pk").values_list("action_flag", "change_message"))

    assert [flag for flag, _ in entries] == [3, 2]
    assert entries[-1][1] == "Restored."

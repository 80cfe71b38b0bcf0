"""Deletion where the tables of ours are in a schema of their own, outside of the search path."""

from pathlib import Path

from infra.testing import Databases
from tests.django_base.migrating import Project

CODE = """
from django.core.management import call_command
from django_base import Deletion
from django_base.deletion.holds import place_hold, release_hold
from estate.models import House, Owner

owner = Owner.objects.create(name="Ann")
House.objects.create(street="a", owner=owner)
owner.delete()
assert owner.deletion == Deletion.objects.get(roots__subjects=[f"estate.Owner/{owner.pk}"])
owner.deletion.restore()
assert (Owner.objects.count(), House.objects.count()) == (1, 1)
owner.delete()
hold = place_hold("subject", owner, by="counsel", reason="lawsuit 7")
call_command("backstory_purge", older_than="0d")
assert (Owner._base_manager.count(), House._base_manager.count()) == (1, 0)
release_hold(hold.pk, by="counsel", reason="settled")
call_command("backstory_purge", older_than="0d")
assert not Owner._base_manager.exists()
"""


def test_deletion_works_beside_a_schema_of_our_own(tmp_path: Path, databases: Databases) -> None:
    """Records and holds are found there by the models of them, too."""
    project = Project(tmp_path, databases.create())
    project.write()
    settings = tmp_path / "estate_settings.py"
    settings.write_text(settings.read_text() + 'BACKSTORY["schema"] = "audit"\n')
    project.run("migrate", "-v0")

    project.run("shell", "-v0", "-c", CODE)

    databases.drop(project.url)

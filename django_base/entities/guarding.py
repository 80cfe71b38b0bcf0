"""Connects what keeps statements and writes to the bound entity."""

from django.db.backends.signals import connection_created
from django.db.models.signals import m2m_changed, pre_save

from .checks import relations_of_entities
from .tables import guard_new_connection, guard_open_connections
from .writes import check_related, check_saved


def connect() -> None:
    """Guard all connections and writes; called once, when the apps are ready.

    Relations without an entity keep Django's faster way to add to them, which a receiver takes.
    """
    connection_created.connect(guard_new_connection, dispatch_uid="backstory.entities")
    pre_save.connect(check_saved, dispatch_uid="backstory.entities")
    for through in relations_of_entities():
        m2m_changed.connect(check_related, sender=through, dispatch_uid="backstory.entities")
    guard_open_connections()

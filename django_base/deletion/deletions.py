"""The record of a deletion: what took rows, when, by whom and why."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import connections, models

from ..context.identifiers import new_identifier
from ..context.scope import current_scope
from ..databases import placed, statement_for
from ..subjects import subject_of

_NAMED_ROOTS = 100


class Deletion(models.Model):
    """What one call of ``delete()`` or ``hard_delete()`` took; the flag of a void row names it.

    Attributes:
        id: UUIDv7, sorts by time.
        at: one moment for all of its rows.
        kind: ``void`` or ``hard``.
        context: who and why, as the SQL comment says it; None when nobody said anything.
        roots: ``subjects`` that were named, the first hundred of them, and their ``count``.
        restored_at: when it was restored as a whole.
    """

    id: "models.Field[Any, Any]" = models.UUIDField(primary_key=True)
    at: "models.Field[Any, Any]" = models.DateTimeField()
    kind: "models.Field[Any, Any]" = models.CharField(max_length=4)
    context: "models.Field[Any, Any]" = models.TextField(null=True)
    roots = models.JSONField()
    restored_at: "models.Field[Any, Any]" = models.DateTimeField(null=True)

    class Meta:
        app_label = "backstory"
        db_table = placed("backstory_deletion")
        managed = False

    def __str__(self) -> str:
        return str(self.id)

    def restore(self) -> tuple[int, dict[str, int]]:
        """Bring back all that this deletion took and that is void by it still; return how many.

        Raises:
            RestoreConflict: an ancestor is void, a live row has a unique value, or the rows were
                removed for good; nothing is restored.
        """
        from .restoring import restore_deletion

        return restore_deletion(self)

    restore.alters_data = True  # type: ignore[attr-defined]

    async def arestore(self) -> tuple[int, dict[str, int]]:
        """Do what restore() does, in a thread."""
        return await sync_to_async(self.restore)()

    arestore.alters_data = True  # type: ignore[attr-defined]


class Severed(NamedTuple):
    """A reference that a deletion set to another value; values are texts of the column's type."""

    model: str
    key: Sequence[Any]
    column: str
    old: str | None
    new: str | None


def note_deletion(using: str, roots: Sequence[models.Model], *, hard: bool = False) -> UUID:
    """Write the record of a deletion that begins, and return its id."""
    deletion_id = UUID(new_identifier())
    connection = connections[using]
    named = {
        "subjects": [subject_of(each) for each in roots[:_NAMED_ROOTS]],
        "count": len(roots),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            statement_for(connection, "insert_deletion", with_params=True),
            [
                deletion_id,
                "hard" if hard else "void",
                current_scope().comment(doubled=False) or None,
                json.dumps(named),
            ],
        )
    return deletion_id


def note_severed(using: str, deletion_id: UUID, severed: Iterable[Severed]) -> None:
    """Remember the references that a deletion set to another value."""
    columns = list(
        zip(*((*each[:1], json.dumps(each.key), *each[2:]) for each in severed), strict=True)
    )
    if not columns:
        return
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(
            statement_for(connection, "insert_severed", with_params=True),
            [deletion_id, *map(list, columns)],
        )

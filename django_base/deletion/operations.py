"""Migration operations that build an index of ours while others write."""

from typing import Any

from django.contrib.postgres.operations import NotInTransactionMixin
from django.db import models
from django.db.migrations.operations import AddConstraint
from django.db.utils import Error as DatabaseError

from ..statements import statement


class AddUniqueConcurrently(NotInTransactionMixin, AddConstraint):
    """Build the index of a UniqueAmongLive, or another conditional UniqueConstraint, concurrently.

    Stands where ``makemigrations`` wrote ``AddConstraint``, in a migration of its own that has
    ``atomic = False``. Writers go on; the build waits for the transactions that are open, and takes
    longer. When it fails (two live rows have the same values) nothing is left of the index, so the
    migration can be run again.

    Raises:
        ValueError: the constraint has no index of its own: an unconditional one is a constraint in
            PostgreSQL, too.
    """

    atomic = False

    def __init__(self, model_name: str, constraint: models.UniqueConstraint) -> None:
        if getattr(constraint, "condition", None) is None:
            raise ValueError(
                f"{constraint.name!r} cannot be built concurrently: it has no condition. Take "
                "AddConstraint, or UniqueAmongLive"
            )
        super().__init__(model_name, constraint)

    def describe(self) -> str:
        """Return what ``migrate --plan`` shows."""
        return f"Concurrently create constraint {self.constraint.name} on model {self.model_name}"

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Build the index; leave none behind that is not valid."""
        self._ensure_not_in_transaction(schema_editor)
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        build: Any = self.constraint.create_sql(model, schema_editor)
        build.template = build.template.replace("UNIQUE INDEX", "UNIQUE INDEX CONCURRENTLY", 1)
        self._drop_broken(schema_editor)
        try:
            schema_editor.execute(build)
        except DatabaseError:
            self._drop_broken(schema_editor)
            raise

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Drop the index while others write."""
        self._ensure_not_in_transaction(schema_editor)
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            self._drop(schema_editor)

    def _drop_broken(self, schema_editor: Any) -> None:
        """Drop what is left of a build that failed, or was killed."""
        if schema_editor.collect_sql:
            return
        with schema_editor.connection.cursor() as cursor:
            name = schema_editor.quote_name(self.constraint.name)
            cursor.execute(statement("broken_index"), [name])
            broken = cursor.fetchone() == (True,)
        if broken:
            self._drop(schema_editor)

    def _drop(self, schema_editor: Any) -> None:
        name = schema_editor.quote_name(self.constraint.name)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")

"""Which conflict it is that the database tells when rows are to come back."""

from typing import Any, Final

from django.db import IntegrityError

from ..subjects import subject_of
from .errors import RestoreConflict
from .fields import VOID
from .keys import with_keys

REFERS_TO_VOID: Final = "23R04"
"""What the guards on references raise."""


class ConstraintFailed(Exception):  # noqa: N818
    """The database refused some rows; who is in the way can be asked when all is rolled back."""

    def __init__(self, error: IntegrityError, rows: Any) -> None:
        self.error = error
        self.rows = rows


def diagnosis_of(error: IntegrityError, part: str) -> Any:
    """Return a part of what the database said of an error; None where it said nothing."""
    return getattr(getattr(error.__cause__, "diag", None), part, None)


def conflict_of(error: IntegrityError, rows: Any) -> Exception:
    """Return the conflict that an error of the database is; the error itself if it is another."""
    model, state = rows.model, diagnosis_of(error, "sqlstate")
    rows = rows.order_by()
    rows.query.select_for_update = False  # there may be no transaction any more
    if state == REFERS_TO_VOID:
        return _ancestor_conflict(diagnosis_of(error, "column_name"), rows)
    if state != "23505":
        return error
    name = diagnosis_of(error, "constraint_name")
    constraints = (each for each in model._meta.constraints if hasattr(each, "fields"))
    fields = next((c.fields for c in constraints if c.name == name), ())
    subject = ""
    if fields:
        columns = [model._meta.get_field(name) for name in fields]
        values = list(rows.values_list(*(each.attname for each in columns)))
        taken = with_keys(model.objects.using(rows.db), columns, values).first()
        subject = "" if taken is None else subject_of(taken)
    return RestoreConflict("unique value taken", subject=subject, model=model, fields=tuple(fields))


def _ancestor_conflict(column: str, rows: Any) -> RestoreConflict:
    """Return the conflict with a void row that some rows refer to by a column."""
    model = rows.model
    field = next(each for each in model._meta.concrete_fields if each.column == column)
    target = field.remote_field.model._base_manager.using(rows.db)
    values = list(rows.values_list(field.attname))
    void = with_keys(target, [field.target_field], values).filter(**{f"{VOID}__isnull": False})
    subject = next(map(subject_of, void[:1]), "")
    return RestoreConflict("ancestor void", subject=subject, model=model, fields=(field.name,))

"""Marks the statements of a deletion, so that the database's guards let them pass."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models

from schemas import DeletionMark, mark_comment

from ..context.scope import Scope, bind_scope, current_scope


class MarkedScope(Scope):
    """The scope that was in force, and the mark of a deletion in front of what it says."""

    __slots__ = ("_mark", "_outer")

    def __init__(self, outer: Scope, mark: DeletionMark) -> None:
        super().__init__(outer.said, outer.visitor)
        self._outer = outer
        self._mark = mark

    def comment(self, *, doubled: bool) -> str:
        """Return the SQL comment, with percent signs doubled for a parameter style."""
        comment = mark_comment(self._outer.comment(doubled=False), self._mark)
        return comment.replace("%", "%%") if doubled else comment

    def comment_bytes(self) -> bytes:
        """Return the comment as it is sent."""
        return self.comment(doubled=False).encode()


def deleting(
    deletion_id: UUID, *, hard: bool = False, through: "Iterable[models.Field[Any, Any]]" = ()
) -> bind_scope:
    """Mark each statement sent inside as a part of a deletion, or of its restoring::

        with deleting(deletion_id, through=[Certificate._meta.get_field("company")]):
            queryset.update(void_id=deletion_id)

    Wrap statements of ours and nothing else: a signal's receiver inside would write with the mark.
    What a ``bind_context`` or ``action`` inside does has no mark; another ``deleting`` has its own.

    Args:
        deletion_id: of the row in ``backstory_deletion``.
        hard: whether rows are removed for good; voiding and restoring otherwise.
        through: the foreign keys (or generic relations) by which these rows were reached, for
            their events to name the row that took them; the first that is not null tells. Those
            whose value is not that row's key are left out.
    """
    outer = current_scope()
    if isinstance(outer, MarkedScope):
        outer = outer._outer
    reached = tuple(each for each in map(_reached, through) if each is not None)
    return bind_scope(MarkedScope(outer, DeletionMark(str(deletion_id), hard, reached)))


def _reached(field: Any) -> tuple[str, str] | None:
    """Return a field's column and the model whose row's key is in it, or None."""
    if hasattr(field, "object_id_field_name"):  # a generic relation, on the model it points to
        key = field.remote_field.model._meta.get_field(field.object_id_field_name)
        return key.column, _owner(field.model)
    target = field.related_model._meta.concrete_model
    if len(field.foreign_related_fields) != 1 or not field.target_field.primary_key:
        return None
    return field.column, _owner(target)


def _owner(model: Any) -> str:
    """Return the label of the model whose table tells of a row's deletion: that of the flag."""
    flag = next((each for each in model._meta.concrete_fields if each.name == "void_id"), None)
    owner: Any = model if flag is None else flag.model
    return str(owner._meta.concrete_model._meta.label)

"""Hides void rows wherever a query joins their table, whatever model it begins with.

A join to a table that has the flag says ``void_id IS NULL`` in its ON clause. Django makes its
joins at ``Query.join_class``; that, what ``exclude()`` does with a join it turns into a subquery,
how ``select_related`` joins, how a many-to-many manager counts, and the accessor of a reverse
one-to-one are replaced here, once, when the first BaseModel is made. ``test_following.py`` guards
what is relied on of Django.
"""

from copy import copy
from functools import cache
from typing import Any

from django.db import models
from django.db.models.expressions import Exists, Expression
from django.db.models.fields import related_descriptors
from django.db.models.fields.related_descriptors import ReverseOneToOneDescriptor
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.constants import INNER
from django.db.models.sql.datastructures import Join
from django.db.models.sql.query import Query

from .joined import hidden_by, is_loose, is_same_row, joined_model, joining_fields
from .queryset import includes_void, only_live


class HidingJoin(Join):
    """A join to live rows only, unless the query includes void ones."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.nullable = self.nullable or self._may_hide_its_row()

    def _may_hide_its_row(self) -> bool:
        """Return whether a reference that is never NULL may lead to no row: to a void one."""
        return is_loose(self.join_field)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return Django's join, its ON clause extended."""
        sql, params = super().as_sql(compiler, connection)
        conditions = self.conditions(compiler, connection)
        if not conditions:
            return sql, params
        return f"{sql.removesuffix(')')} AND {' AND '.join(conditions)})", params

    def conditions(self, compiler: Any, connection: Any) -> list[str]:
        """Return what makes a row of the joined table a live one."""
        if includes_void(compiler.query) or is_same_row(self.join_field):
            return []
        come_by = joining_fields(self.join_field)
        left = [
            each for each in joining_fields_of_next(self, compiler.query) if each not in come_by
        ]
        quote = connection.ops.quote_name
        # Django 6.1 deprecates the name that Django before 6.1 has
        alias = getattr(compiler, "quote_name", None) or compiler.quote_name_unless_alias
        return hidden_by(joined_model(self), alias(self.table_alias), [*come_by, *left], quote)

    @property
    def identity(self) -> Any:
        """Joins that hide alike are alike."""
        return (HidingJoin, *super().identity[1:])


def joining_fields_of_next(join: Join, query: Query) -> list[Any]:
    """Return the references by which rows are joined on, so that those tables hide them."""
    return [
        each.join_field
        for alias, each in query.alias_map.items()
        if each.parent_alias == join.table_alias
        and each.join_type == INNER
        and type(each) is HidingJoin
        and query.alias_refcount.get(alias)
    ]


class FollowingJoin(HidingJoin):
    """A join of ``select_related``: a reference gives the row it names, even a void one."""

    def _may_hide_its_row(self) -> bool:
        return not self._follows and super()._may_hide_its_row()

    def conditions(self, compiler: Any, connection: Any) -> list[str]:
        """Return no condition for a reference, that of other joins for the rest."""
        return [] if self._follows else super().conditions(compiler, connection)

    @property
    def identity(self) -> Any:
        """A reference that may name a void row needs a join of its own beside that of a filter."""
        apart = self._follows and is_loose(self.join_field)
        return (FollowingJoin, *super().identity[1:]) if apart else super().identity

    @property
    def _follows(self) -> bool:
        return isinstance(self.join_field, models.ForeignKey) and self.filtered_relation is None


class LiveBase(Expression):
    """The condition of a join that became the first table of a subquery."""

    conditional = True

    def __init__(self, join: HidingJoin) -> None:
        super().__init__(output_field=models.BooleanField())
        self.join = join

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return the conditions, or one that always holds."""
        return " AND ".join(self.join.conditions(compiler, connection)) or "TRUE", ()

    def relabeled_clone(self, change_map: Any) -> "LiveBase":
        """Return the condition on another alias."""
        return LiveBase(self.join.relabeled_clone(change_map))  # type: ignore[arg-type]

    def get_group_by_cols(self) -> list[Any]:
        """Return nothing: it is never selected."""
        return []


class ExcludedRows(Exists):
    """The subquery of ``exclude()``: it sees what the query around it sees."""

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **options: Any) -> Any:
        """Return the SQL for the query that is being compiled."""
        inner = copy(self)
        inner.query = self.query.clone()
        inner.query.includes_void = includes_void(compiler.query)  # type: ignore[attr-defined]
        return super(ExcludedRows, inner).as_sql(compiler, connection, *args, **options)


class LiveReverseOneToOne(ReverseOneToOneDescriptor):  # type: ignore[type-arg]
    """Gives the live row that refers to an object; a row's own child table as it is."""

    def get_queryset(self, **hints: Any) -> Any:
        """Return where to look for it."""
        queryset = super().get_queryset(**hints)
        return queryset if is_same_row(self.related) else only_live(queryset)


_split_exclude = Query.split_exclude
_trim_start = Query.trim_start
_get_related_selections = SQLCompiler.get_related_selections
_create_many_manager = related_descriptors.create_forward_many_to_many_manager


def _splitting(self: Any, *args: Any, **options: Any) -> Any:
    condition, needed = _split_exclude(self, *args, **options)
    children: Any = condition.children
    for each in children:  # the subquery, and maybe a condition on the reference to it
        if isinstance(getattr(each, "lhs", None), Exists):
            each.lhs = ExcludedRows(each.lhs.query)
    return condition, needed


def _trimming(self: Any, *args: Any, **options: Any) -> Any:
    before = dict(self.alias_map)
    result = _trim_start(self, *args, **options)
    for alias, join in before.items():
        if isinstance(join, HidingJoin) and not isinstance(self.alias_map[alias], Join):
            self.where.add(LiveBase(join), "AND")
    return result


def _following(self: Any, *args: Any, **options: Any) -> Any:
    said = self.query.__dict__
    outer = said.get("join_class")
    said["join_class"] = FollowingJoin
    try:
        return _get_related_selections(self, *args, **options)
    finally:
        if outer is None:
            del said["join_class"]


def _counting(superclass: Any, rel: Any, *args: Any, **options: Any) -> Any:
    manager: Any = _create_many_manager(superclass, rel, *args, **options)
    if hidden_by(rel.through, "", (), str):  # Django would count the join table's rows alone
        manager.constrained_target = None
    return manager


@cache
def hide_void_rows() -> None:
    """Replace the places of Django's named above; again does nothing."""
    replaced: Any = Query
    replaced.join_class = HidingJoin
    replaced.split_exclude = _splitting
    replaced.trim_start = _trimming
    replaced = SQLCompiler
    replaced.get_related_selections = _following
    replaced = related_descriptors
    replaced.create_forward_many_to_many_manager = _counting
    models.OneToOneField.related_accessor_class = LiveReverseOneToOne

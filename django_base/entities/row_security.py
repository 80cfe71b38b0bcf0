"""The text that lets PostgreSQL itself keep entities apart; nothing of ours runs it."""

from typing import Any

from django.db import connections, router

from ..databases import quoted
from ..statements import statement
from .errors import EntityUndeclared
from .paths import EntityPath, entity_of


def row_level_security(model: Any) -> str:
    """Return the SQL of a row-level security policy for a model's table.

    It compares with ``current_setting('backstory.entity')``, which each transaction has to set
    (``SET LOCAL``), as this package sets nothing on a session; without it no row is seen. Owners of
    tables and superusers are not held by it.

    Raises:
        EntityUndeclared: the model's rows belong to no entity.
    """
    path = entity_of(model)
    if not isinstance(path, EntityPath):
        raise EntityUndeclared(model._meta.label)
    return _filled(
        "entity_policy",
        table=quoted(path.model._meta.db_table),
        condition=_condition(path.model, path.fields, path.root),
    )


def _condition(model: Any, fields: tuple[Any, ...], root: Any) -> str:
    """Return the condition on a model's columns, the rest of the path before it."""
    if not fields:
        kind = root._meta.pk.rel_db_type(connections[router.db_for_read(root)])
        return _filled("entity_policy_end", column=quoted(root._meta.pk.column), type=kind)
    first, *rest = fields
    if not rest and first.target_field.primary_key:
        kind = first.db_type(connections[router.db_for_read(root)])
        return _filled("entity_policy_end", column=quoted(first.column), type=kind)
    target = first.related_model
    return _filled(
        "entity_policy_step",
        column=quoted(first.column),
        target=quoted(first.target_field.column),
        table=quoted(target._meta.db_table),
        condition=_condition(target, tuple(rest), root),
    )


def _filled(name: str, **parts: str) -> str:
    text = statement(name)
    for each, part in parts.items():
        text = text.replace(f"{{{each}}}", part)
    return text

"""What the events of some writes say has become of the rows, against the rows themselves."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from schemas import Event

HARD = "/*hard_deletion='0199b2d4-0000-7000-8000-000000000001'*/ "
"""Stands before a DELETE that is meant to remove rows for good."""

Rows = dict[str, dict[str, Any]]


def execute(statement: str, *params: object) -> Any:
    """Run a statement on Django's connection, as the application's own SQL would be."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return cursor.fetchall() if cursor.description else None


def rebuilt(events: Iterable[Event], since: Rows | None = None) -> Rows:
    """Return the rows that the events leave, by subject; each must follow from those before it."""
    rows = {subject: dict(row) for subject, row in (since or {}).items()}
    for event in events:
        data = json.loads(bytes(event.data))
        subject = str(event.subject)
        if event.type == "model.created":
            assert subject not in rows, f"{subject} is created twice"
            rows[subject] = data["after"]
        elif event.type == "model.deleted":
            assert rows.pop(subject, None) == data["before"], f"{subject} is deleted as another"
        elif event.type == "model.updated":
            row = rows.pop(data.get("previous_subject", subject))
            before = {field: row[field] for field in data["before"]}
            assert before == data["before"], f"{subject} is changed from what it was not"
            rows[subject] = row | data["after"]
    return rows


def stored(*labels: str, execute: Callable[..., Any] = execute) -> Rows:
    """Return the rows of the tables of these models as their events name them."""
    rows: Rows = {}
    for label in labels:
        [(table, key, columns, flag)] = execute(
            "SELECT table_name, key, columns::text, void_column FROM backstory_model"
            " WHERE label = %s",
            label,
        )
        open_to_all = {
            column: known["field"]
            for column, known in json.loads(columns).items()
            if known["class"] != "secret" and column != flag
        }
        for (image,) in execute(f"SELECT row_to_json(t)::text FROM {table} t"):
            found = json.loads(image)
            subject = f"{label}/{','.join(str(found[column]) for column in key)}"
            rows[subject] = {f: found[column] for column, f in open_to_all.items()}
    return rows

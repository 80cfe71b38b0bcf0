"""Rows of our tables as values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .rows import Column, LedgerLine, TrackedModel


def line_of(row: tuple[Any, ...]) -> LedgerLine:
    """Return a row of ``backstory_window``."""
    number, events, digest, opened_at, closed_at = row
    return LedgerLine(
        number=number, events=events, digest=digest, opened_at=opened_at, closed_at=closed_at
    )


def model_of(
    label: str,
    table: str,
    key: list[str],
    columns: dict[str, dict[str, str]],
    entity_label: str | None,
    entity_column: str | None,
    void_column: str | None,
) -> TrackedModel:
    """Return a row of ``backstory_model``."""
    return TrackedModel(
        label=label,
        table=table,
        key=tuple(key),
        columns={name: _column(known) for name, known in columns.items()},
        entity_label=entity_label,
        entity_column=entity_column,
        void_column=void_column,
    )


def _column(known: dict[str, str]) -> Column:
    until = datetime.fromisoformat(known["until"]) if "until" in known else None
    return Column(known["field"], known.get("class", "internal"), until)

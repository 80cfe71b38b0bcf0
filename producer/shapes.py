"""What may be published of a table's rows: columns to fields, for one set of columns at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import Raw

from schemas import ModelCreated, ModelDeleted, ModelUpdated, Payload

from .identity import hashed, subject_of
from .images import Image, Pair, text_of
from .rows import TrackedModel

_HELD_BACK = frozenset({"personal", "secret"})
_NULL = Raw(b"null")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A tracked model as far as rows with just these columns are concerned.

    Attributes:
        open: column to field, of what is published.
        masked: column to field, of what never leaves the application's database.
        unknown: columns nobody has classified.
        hidden_key: whether the key is personal or secret, and hashed.
    """

    model: TrackedModel
    source: str
    open: Mapping[str, str]
    masked: Mapping[str, str]
    unknown: tuple[str, ...]
    hidden_key: bool
    hidden_entity: bool

    def subject(self, image: Image) -> str:
        """Return the identity of a row."""
        key = [text_of(image[column]) for column in self.model.key]
        if self.hidden_key:
            key = [hashed(self.source, part) for part in key]
        return subject_of(self.model.label, key)

    def entity(self, image: Image) -> str:
        """Return whose data a row is, or an empty string."""
        column, label = self.model.entity_column, self.model.entity_label
        value = image.get(column) if column else None
        if value is None or label is None or value == _NULL:
            return ""
        text = text_of(value)
        return subject_of(label, [hashed(self.source, text) if self.hidden_entity else text])

    def created(self, image: Image) -> ModelCreated:
        """Return what is told of a new row."""
        return ModelCreated(
            after={field: image[column] for column, field in self.open.items()},
            masked=self._set(image),
            unknown=self.unknown,
        )

    def deleted(self, image: Image) -> ModelDeleted:
        """Return what is told of a row that is gone."""
        return ModelDeleted(
            before={field: image[column] for column, field in self.open.items()},
            masked=self._set(image),
            unknown=self.unknown,
        )

    def updated(self, old: Image, new: Image) -> ModelUpdated:
        """Return what is told of a changed row: the fields whose bytes differ."""
        changed = [column for column, value in old.items() if value != new[column]]
        fields = self.open
        told = [column for column in changed if column in fields]
        before = {fields[column]: old[column] for column in told}
        after = {fields[column]: new[column] for column in told}
        if len(told) == len(changed):
            return ModelUpdated(before=before, after=after)
        return ModelUpdated(
            before=before,
            after=after,
            masked=tuple(self.masked[column] for column in changed if column in self.masked),
            unknown=tuple(column for column in self.unknown if column in changed),
        )

    def change(self, pair: Pair) -> tuple[str, Payload] | None:
        """Return subject and payload of a row's change; None when nothing changed."""
        old, new = pair
        if new is None:
            assert old is not None
            return self.subject(old), self.deleted(old)
        subject = self.subject(new)
        if old is None:
            return subject, self.created(new)
        if old == new:
            return None
        payload = self.updated(old, new)
        if any(old[column] != new[column] for column in self.model.key):
            payload = ModelUpdated(
                before=payload.before,
                after=payload.after,
                masked=payload.masked,
                unknown=payload.unknown,
                previous_subject=self.subject(old),
            )
        return subject, payload

    def _set(self, image: Image) -> tuple[str, ...]:
        return tuple(f for column, f in self.masked.items() if image[column] != _NULL)


def shape_of(model: TrackedModel, columns: tuple[str, ...], source: str) -> Shape:
    """Return what may be published of rows with these columns."""
    known = {column: model.columns[column] for column in columns if column in model.columns}
    held_back = {c for c, known_as in model.columns.items() if known_as.classified in _HELD_BACK}
    return Shape(
        model=model,
        source=source,
        open={c: k.field for c, k in known.items() if k.classified != "secret"},
        masked={c: k.field for c, k in known.items() if k.classified == "secret"},
        unknown=tuple(column for column in columns if column not in model.columns),
        hidden_key=not held_back.isdisjoint(model.key),
        hidden_entity=model.entity_column in held_back,
    )

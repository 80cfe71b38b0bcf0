"""What may be published of a table's rows: columns to fields, for one set of columns at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import UNSET, Raw, UnsetType

from schemas import Change, ModelCreated, ModelDeleted, ModelRestored, ModelUpdated, ModelVoided

from .identity import hashed, subject_of
from .images import Image, text_of
from .rows import TrackedModel

_HELD_BACK = frozenset({"personal", "secret"})
_NOT_PUBLISHED = frozenset({"secret", "computed"})  # triggers see nothing of what is computed later
_NULL = Raw(b"null")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A tracked model as far as rows with just these columns are concerned.

    Attributes:
        open: column to field, of what is published; the flag of void rows is not.
        masked: column to field, of what never leaves the application's database.
        unknown: columns nobody has classified.
        personal: column to field, of what is published and marked as personal.
        simple: columns whose change needs no second look: published, not personal, not of the key.
        prefix: what subjects begin with.
        number_key: the only column of the key, unless it is hidden: numbers need no second look.
        hidden_key: whether the key is personal or secret, and hashed.
        void: the column that is the flag, if rows can be voided and these columns hold it.
        until: when the first of the columns was found to be gone, if one was.
    """

    model: TrackedModel
    source: str
    open: Mapping[str, str]
    masked: Mapping[str, str]
    unknown: tuple[str, ...]
    personal: Mapping[str, str]
    simple: frozenset[str]
    prefix: str
    number_key: str | None
    hidden_key: bool
    hidden_entity: bool
    void: str | None
    until: datetime | None

    def subject(self, image: Image) -> str:
        """Return the identity of a row."""
        if self.number_key is not None:
            written = bytes(image[self.number_key])
            if written[:1] != b'"':
                return self.prefix + written.decode()
        key = [text_of(image[column]) for column in self.model.key]
        if self.hidden_key:
            key = [hashed(self.source, part) for part in key]
        return subject_of(self.model.label, key)

    def entity(self, image: Image) -> str:
        """Return whose data a row is, or an empty string."""
        column, label = self.model.entity_column, self.model.entity_label
        if column is None or label is None or column not in image:
            return ""
        value = image[column]
        if value == _NULL:
            return ""
        text = text_of(value)
        return subject_of(label, [hashed(self.source, text) if self.hidden_entity else text])

    def payload(self, old: Image | None, new: Image | None) -> Change | None:
        """Return what is told of a row's change; None when nothing changed."""
        if old is None:
            return None if new is None else self._created(new)
        if new is None:
            return ModelDeleted(**self._whole(old, "before"))
        changed = [column for column, value in old.items() if value != new[column]]
        if not changed:
            return None
        if self.simple.issuperset(changed):
            fields = self.open
            return ModelUpdated(
                before={fields[column]: old[column] for column in changed},
                after={fields[column]: new[column] for column in changed},
            )
        return self._updated(old, new, changed)

    def _created(self, new: Image) -> ModelCreated:
        deletion = _NULL if self.void is None else new[self.void]
        return ModelCreated(
            **self._whole(new, "after"), deletion=UNSET if deletion == _NULL else text_of(deletion)
        )

    def _updated(self, old: Image, new: Image, changed: list[str]) -> Change:
        kind, deletion = self._fate(old, new, changed)
        told = {column: self.open[column] for column in changed if column in self.open}
        moved = not set(self.model.key).isdisjoint(changed)
        return kind(
            before={field: old[column] for column, field in told.items()},
            after={field: new[column] for column, field in told.items()},
            masked=tuple(self.masked[column] for column in changed if column in self.masked),
            unknown=tuple(column for column in self.unknown if column in changed),
            personal=tuple(self.personal[column] for column in changed if column in self.personal),
            previous_subject=self.subject(old) if moved else UNSET,
            deletion=deletion,
        )

    def _fate(
        self, old: Image, new: Image, changed: list[str]
    ) -> tuple[type[ModelUpdated | ModelVoided | ModelRestored], str | UnsetType]:
        """Return what became of the row, and by which deletion."""
        if self.void is None or self.void not in changed:
            return ModelUpdated, UNSET
        if new[self.void] == _NULL:
            return ModelRestored, text_of(old[self.void])
        return ModelVoided, text_of(new[self.void])

    def _whole(self, image: Image, side: str) -> dict[str, Any]:
        return {
            side: {field: image[column] for column, field in self.open.items()},
            "masked": _set(self.masked, image),
            "unknown": self.unknown,
            "personal": _set(self.personal, image),
        }


def _set(fields: Mapping[str, str], image: Image) -> tuple[str, ...]:
    """Return the fields whose columns are not NULL."""
    if not fields:
        return ()
    return tuple([field for column, field in fields.items() if image[column] != _NULL])


def hides_key(model: TrackedModel) -> bool:
    """Return whether a part of the key is personal or secret."""
    known = (model.columns.get(column) for column in model.key)
    return any(each is not None and each.classified in _HELD_BACK for each in known)


def shape_of(model: TrackedModel, columns: tuple[str, ...], source: str) -> Shape:
    """Return what may be published of rows with these columns."""
    known = {column: model.columns[column] for column in columns if column in model.columns}
    held_back = {c for c, known_as in model.columns.items() if known_as.classified in _HELD_BACK}
    void = model.void_column if model.void_column in columns else None
    published = {
        c: k.field for c, k in known.items() if k.classified not in _NOT_PUBLISHED and c != void
    }
    personal = {c: k.field for c, k in known.items() if k.classified == "personal"}
    hidden_key = hides_key(model)
    return Shape(
        model=model,
        source=source,
        open=published,
        masked={c: k.field for c, k in known.items() if k.classified == "secret"},
        unknown=tuple(c for c in columns if c not in model.columns and c != void),
        personal=personal,
        simple=frozenset(published) - personal.keys() - set(model.key),
        prefix=f"{model.label}/",
        number_key=model.key[0] if len(model.key) == 1 and not hidden_key else None,
        hidden_key=hidden_key,
        hidden_entity=model.entity_column in held_back,
        void=void,
        until=min((k.until for k in known.values() if k.until is not None), default=None),
    )

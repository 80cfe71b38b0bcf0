"""The tracked models as the relay knows them, asked for again when something unknown turns up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from .identity import hidden_subject
from .rows import TrackedModel
from .shapes import Shape, hides_key, shape_of


class Registry:
    """Finds the shape of rows.

    An unknown label or column makes it ask for the models once more; what is still unknown then is
    taken for unknown until ``renew`` is called, which the relay does for every batch.
    """

    def __init__(self, source: str, load: Callable[[], Mapping[str, TrackedModel]]) -> None:
        self._source = source
        self._load = load
        self._models: Mapping[str, TrackedModel] = load()
        self._shapes: dict[tuple[str, tuple[str, ...]], Shape] = {}
        self._reloaded = False

    def renew(self) -> None:
        """Allow one more look at the models."""
        self._reloaded = False

    def model(self, label: str) -> TrackedModel | None:
        """Return a tracked model, or None when there is none of that label."""
        if label not in self._models:
            self._reload()
        return self._models.get(label)

    def shape(self, model: TrackedModel, columns: tuple[str, ...], at: datetime) -> Shape:
        """Return the shape of rows of a model that have these columns and were written then."""
        shape = self._shape(model, columns)
        if shape.until is None or at <= shape.until:
            return shape
        known = {c: k for c, k in model.columns.items() if k.until is None or at <= k.until}
        return shape_of(replace(model, columns=known), columns, self._source)

    def _shape(self, model: TrackedModel, columns: tuple[str, ...]) -> Shape:
        shape = self._shapes.get((model.label, columns))
        if shape is None or shape.model is not model or (shape.unknown and not self._reloaded):
            if any(c not in model.columns and c != model.void_column for c in columns):
                self._reload()
                model = self._models.get(model.label, model)
            shape = shape_of(model, columns, self._source)
            self._shapes[model.label, columns] = shape
        return shape

    def told(self, subject: str) -> str:
        """Return a subject that the application named as the row's events have it.

        A key that is held back is hashed, as in ``Shape.subject``.
        """
        model = self._models.get(subject.partition("/")[0])
        if model is None or not hides_key(model):
            return subject
        return hidden_subject(self._source, subject, len(model.key))

    def _reload(self) -> None:
        if not self._reloaded:
            self._reloaded = True
            self._models = self._load()
            self._shapes.clear()

"""Which models are captured, and how: found when first asked for, after Django's apps are ready."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.apps import apps
from django.db import connections, models, router
from django.db.models.fields.related import ForeignObject

from schemas import ConfigurationError

from ..deletion.fields import void_field_of
from .models import BaseModel
from .options import CaptureOptions, FieldClass

Kind = Literal["base", "through", "tracked"]

_declared: dict[str, CaptureOptions] = {}


@dataclass(frozen=True, kw_only=True)
class CapturedModel:
    """A model whose table is captured.

    Attributes:
        kind: ``base`` by inheritance, ``tracked`` by :func:`track`, ``through`` a table that Django
            made for a many-to-many field of one of those.
    """

    model: type[models.Model]
    kind: Kind
    options: CaptureOptions

    @property
    def label(self) -> str:
        """The model's label, such as ``captable.Certificate``."""
        return self.model._meta.label

    @property
    def fields(self) -> "list[models.Field[Any, Any]]":
        """The fields that have a column in the model's own table."""
        return list(self.model._meta.local_concrete_fields)

    @property
    def key(self) -> list[str]:
        """The columns of the primary key, in the order of the key."""
        meta = self.model._meta
        parts: Iterable[models.Field[Any, Any]] = getattr(meta, "pk_fields", None) or [meta.pk]
        return [column_of(part) for part in parts]

    @property
    def columns(self) -> dict[str, dict[str, str]]:
        """Column to field name and classification, of all that is recorded.

        Triggers see nothing of a column that is computed when it is read: nor do events.
        """
        return {
            column_of(field): {"field": field.name, "class": _class_of(self.options, field)}
            for field in self.fields
            if field.name not in self.options.exclude
        }

    @property
    def excluded_columns(self) -> list[str]:
        """The columns that are left out of the images, sorted."""
        return sorted(column_of(f) for f in self.fields if f.name in self.options.exclude)

    @property
    def void_column(self) -> str | None:
        """The column of the table's own that is the flag of void rows, if it has one."""
        flag = void_field_of(self.model)
        return column_of(flag) if flag is not None and flag.model is self.model else None

    @property
    def demand(self) -> tuple[str, ...] | None:
        """The columns of which a change needs a reason; none for any write, None for no demand."""
        if self.options.reason_required:
            return ()
        names = self.options.reason_for
        return tuple(sorted(column_of(f) for f in self.fields if f.name in names)) or None

    @property
    def entity(self) -> tuple[str, str] | None:
        """Label and column of whose data a row is; None when the model does not say."""
        name = self.options.entity
        if name == "self":
            return self.label, self.key[0]
        field = next((each for each in self.fields if each.name == name), None)
        if not isinstance(field, ForeignObject):
            return None
        related: Any = field.related_model
        return related._meta.concrete_model._meta.label, column_of(field)


def track(
    model: type[models.Model] | str,
    *,
    entity: str | None = "",
    entity_reason: str = "",
    masked: Iterable[str] = (),
    personal: Iterable[str] = (),
    internal: Iterable[str] = (),
    public: Iterable[str] = (),
    exclude: Mapping[str, str] | None = None,
    reason_required: bool = False,
    reason_for: Iterable[str] = (),
    untracked: str = "",
) -> None:
    """Capture a model that is not ours: ``track(User, masked=("password",))``.

    Call it in any ``models.py`` or ``AppConfig.ready``; its many-to-many tables come with it. Field
    names are checked by ``manage.py check``. ``track(Session, untracked="reason")`` leaves a model
    out, and tells ``manage.py backstory_models`` why.

    Raises:
        ConfigurationError: the model is a BaseModel, or was tracked before with other options.
    """
    label = model if isinstance(model, str) else model._meta.label
    if isinstance(model, type) and issubclass(model, BaseModel):
        raise ConfigurationError(
            [f"{label!r} is a BaseModel and captured already: use its inner class Backstory"]
        )
    options = CaptureOptions.of(
        entity=entity,
        entity_reason=entity_reason,
        masked=masked,
        personal=personal,
        internal=internal,
        public=public,
        exclude=exclude or {},
        reason_required=reason_required,
        reason_for=reason_for,
        untracked=untracked,
    )
    if _declared.setdefault(label.lower(), options) != options:
        raise ConfigurationError(
            [f"{label!r} is tracked twice with different options: keep one call of track()"]
        )


def captured_models() -> list[CapturedModel]:
    """Return the captured models, sorted by label; proxies share the table of their model."""
    found = [each for each in map(_captured, _concrete_models()) if each is not None]
    return sorted(found, key=lambda each: each.label)


def declared_but_missing() -> list[str]:
    """Return the labels given to track() that belong to no model."""
    present = {model._meta.label_lower for model in apps.get_models(include_auto_created=True)}
    return sorted(_declared.keys() - present)


def captured_on(alias: str) -> list[CapturedModel]:
    """Return the captured models whose tables are on a database."""
    return [each for each in captured_models() if _is_on(alias, each.model)]


def left_out_on(alias: str) -> list[type[models.Model]]:
    """Return the models of a database that are not captured; our own tables are none of them."""
    known = {each.model for each in captured_models()}
    known |= {*apps.get_app_config("backstory").get_models()}
    candidates = [model for model in _concrete_models() if model not in known]
    return [model for model in candidates if _is_on(alias, model)]


def _is_on(alias: str, model: type[models.Model]) -> bool:
    """Return whether ``migrate`` would make the model's table on a database."""
    needed: Any = model._meta.required_db_features
    return router.allow_migrate_model(alias, model) and all(
        getattr(connections[alias].features, each, False) for each in needed
    )


def options_of(model: type[models.Model]) -> CaptureOptions | None:
    """Return how a model is to be captured, None when it is not ours to capture."""
    if issubclass(model, BaseModel):
        return CaptureOptions.of_class(getattr(model, "Backstory", None))
    return _declared.get(model._meta.label_lower)


def column_of(field: "models.Field[Any, Any]") -> str:
    """Return the column of a concrete field."""
    assert field.column is not None
    return field.column


def _class_of(options: CaptureOptions, field: "models.Field[Any, Any]") -> FieldClass:
    """Return how a field is classified; a foreign key at least as strictly as what it holds."""
    if not getattr(field, "db_persist", True):
        return "computed"
    own = options.class_of(field.name)
    if own == "secret" or not isinstance(field, models.ForeignKey):
        return own
    target = field.target_field
    theirs = _class_of(options_of(target.model) or CaptureOptions(), target)
    return theirs if theirs in ("personal", "secret") else own


def _concrete_models() -> list[type[models.Model]]:
    every = apps.get_models(include_auto_created=True)
    return [model for model in every if not (model._meta.proxy or model._meta.swapped)]


def _captured(model: type[models.Model]) -> CapturedModel | None:
    owner: Any = model._meta.auto_created  # the model whose field it is, or False
    options = options_of(owner or model)
    if options is None or options.untracked:
        return None
    if owner:
        demanded = options.reason_required or _relation_of(owner, model) in options.reason_for
        options = CaptureOptions(reason_required=demanded)
        return CapturedModel(model=model, kind="through", options=options)
    kind: Kind = "base" if issubclass(model, BaseModel) else "tracked"
    return CapturedModel(model=model, kind=kind, options=options)


def _relation_of(owner: type[models.Model], through: type[models.Model]) -> str:
    """Return the name of the many-to-many field for which Django made a table."""
    fields: Any = owner._meta.local_many_to_many
    return next((each.name for each in fields if each.remote_field.through is through), "")

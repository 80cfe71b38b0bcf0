"""Bodies for tests: what a form, formset, serializer or struct takes, and what it names."""

from dataclasses import dataclass
from typing import Any, Final, cast

from django import forms

from .samples import KeyOf, Spot, sample, spots

JSON: Final = "application/json"


@dataclass(frozen=True)
class SampleBody:
    """A body with own objects.

    Attributes:
        value: the fields of a form, or what becomes JSON.
        spots: the places where something is named.
        is_json: whether it is sent as JSON.
    """

    value: Any
    spots: tuple[Spot, ...]
    is_json: bool


def sample_body(said: Any, own: KeyOf) -> SampleBody:
    """Return a body for what a view declares; nothing needs to be valid but what it names."""
    if isinstance(said, type) and issubclass(said, forms.BaseForm):
        prefix = f"{said.prefix}-" if said.prefix else ""
        return _of_fields(cast("Any", said).base_fields, prefix, own, {})
    if isinstance(said, type) and issubclass(said, forms.BaseFormSet):
        return _of_formset(said, own)
    if hasattr(said, "run_validation"):
        serializer = said() if isinstance(said, type) else said
        return SampleBody(*_of_serializer(serializer, ("body",), own), is_json=True)
    return SampleBody(sample(said, own), tuple(spots(said, ("body",))), is_json=True)


def _of_formset(said: Any, own: KeyOf) -> SampleBody:
    prefix = said.get_default_prefix()
    management = {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "0"}
    fields = dict(said.form.base_fields)
    if issubclass(said, forms.BaseModelFormSet):
        key = forms.ModelChoiceField(said.model._default_manager.all())
        fields.setdefault(said.model._meta.pk.name, key)
        management[f"{prefix}-INITIAL_FORMS"] = "1"
    return _of_fields(fields, f"{prefix}-0-", own, management)


def _of_fields(fields: Any, prefix: str, own: KeyOf, value: dict[str, Any]) -> SampleBody:
    found = []
    for name, field in fields.items():
        sent = prefix + name
        if isinstance(field, forms.ModelChoiceField):
            model, by = cast("Any", field.queryset).model, field.to_field_name or "pk"
            value[sent] = own(model, by)
            found.append(Spot(("body", sent), model, by))
        elif isinstance(field, forms.IntegerField | forms.UUIDField) or _is_text(field):
            kind = int if isinstance(field, forms.IntegerField) else str
            found.append(Spot(("body", sent), None, kind=kind))
    return SampleBody(value, tuple(found), is_json=False)


def _is_text(field: Any) -> bool:
    return type(field) is forms.CharField


def _of_serializer(field: Any, path: Any, own: KeyOf) -> tuple[Any, tuple[Spot, ...]]:
    """Return what a field of REST framework takes, and what is named in it."""
    if hasattr(field, "fields"):
        made = {
            name: _of_serializer(each, (*path, name), own)
            for name, each in field.fields.items()
            if not each.read_only
        }
        value = {name: each for name, (each, _) in made.items()}
        return value, tuple(spot for _, found in made.values() for spot in found)
    child = getattr(field, "child_relation", None) or getattr(field, "child", None)
    if child is not None:
        value, found = _of_serializer(child, (*path, 0), own)
        return [value], found
    if getattr(field, "queryset", None) is not None:
        by = getattr(field, "slug_field", "pk")
        model = field.queryset.model
        return own(model, by), (Spot(path, model, by),)
    kind = int if type(field).__name__ == "IntegerField" else str
    return "1", (Spot(path, None, kind=kind),)

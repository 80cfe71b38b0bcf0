"""Forms and formsets as bodies: their ModelChoiceFields are the references."""

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from ..reading import Sent, Undeclared
from ..references import ref

CSRF: Final = "csrfmiddlewaretoken"
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


class FormBody:
    """A form, or a ModelForm. Only what its class declares is read before the view begins."""

    def __init__(self, form_class: Any) -> None:
        self.form_class = form_class

    def read(self, request: HttpRequest, sent: Sent) -> Any:
        """Note the references of all fields, and refuse what is no field."""
        data, files = posted(request)
        prefix = self.form_class.prefix
        names: set[str] = set()
        for name, field in self.form_class.base_fields.items():
            html_name = f"{prefix}-{name}" if prefix else name
            names |= read_field(field, html_name, name, (data, files), sent)
        refuse_others(data, files, names)
        return data, files

    def bound(self, admission: Any, arguments: dict[str, Any]) -> Any:
        """Return the form, bound when something was sent, its choices those of the entity."""
        if admission.body is not None:
            arguments = {"data": admission.body[0], "files": admission.body[1], **arguments}
        made = self.form_class(**arguments)
        narrow(made, admission)
        return made

    def references(self) -> list[Any]:
        """Return the types of references of its fields."""
        return references_of(self.form_class)

    def parameters(self) -> set[str]:
        """Return the names of its fields that name objects."""
        return parameters_of(self.form_class.base_fields)

    def problems(self) -> list[str]:
        """Return nothing: a form can hold nothing that nobody declares."""
        return []


class FormSetBody:
    """A formset of the default prefix; as many forms are read as were sent."""

    def __init__(self, formset_class: Any) -> None:
        self.formset_class = formset_class

    def read(self, request: HttpRequest, sent: Sent) -> Any:
        """Note the references of all forms, and refuse what is no field of theirs."""
        data, files = posted(request)
        prefix = self.formset_class.get_default_prefix()
        management = forms.formsets.ManagementForm
        names = {f"{prefix}-{name}" for name in management.base_fields}
        indexes = {_index_of(name, prefix) for name in [*data, *files]} - {None}
        for index in indexes:
            for name, field in self._fields().items():
                html_name = f"{prefix}-{index}-{name}"
                names |= read_field(field, html_name, name, (data, files), sent)
                sent.many |= {name} & sent.references.keys()
        refuse_others(data, files, names)
        return data, files

    def bound(self, admission: Any, arguments: dict[str, Any]) -> Any:
        """Return the formset, bound when something was sent."""
        if admission.body is not None:
            arguments = {"data": admission.body[0], "files": admission.body[1], **arguments}
        if issubclass(self.formset_class, forms.BaseModelFormSet):
            queryset = arguments.get("queryset", self.formset_class.model._default_manager.all())
            arguments["queryset"] = admission.own(queryset)
        made = self.formset_class(**arguments)
        for form in [*made.forms, made.empty_form]:
            narrow(form, admission)
        return made

    def references(self) -> list[Any]:
        """Return the types of references of its forms' fields."""
        key = self._key()
        return references_of(self.formset_class.form) + ([key] if key else [])

    def parameters(self) -> set[str]:
        """Return the names of its forms' fields that name objects."""
        return parameters_of(self._fields())

    def problems(self) -> list[str]:
        """Return nothing, as forms do."""
        return []

    def _fields(self) -> dict[str, Any]:
        fields = dict(self.formset_class.form.base_fields)
        extra = {
            forms.formsets.DELETION_FIELD_NAME: self.formset_class.can_delete,
            forms.formsets.ORDERING_FIELD_NAME: self.formset_class.can_order,
        }
        fields |= {name: forms.CharField() for name, is_there in extra.items() if is_there}
        if issubclass(self.formset_class, forms.BaseModelFormSet):
            model = self.formset_class.model
            key = forms.ModelChoiceField(model._base_manager.all(), widget=forms.HiddenInput)
            fields.setdefault(model._meta.pk.name, key)
        if issubclass(self.formset_class, forms.BaseInlineFormSet):
            parent = self.formset_class.fk.related_model._base_manager.all()
            fields[self.formset_class.fk.name] = forms.ModelChoiceField(parent)
        return fields

    def _key(self) -> Any:
        is_of_models = issubclass(self.formset_class, forms.BaseModelFormSet)
        return ref(self.formset_class.model) if is_of_models else None


def posted(request: HttpRequest) -> "tuple[QueryDict, MultiValueDict[str, Any]]":
    """Return the fields and files of a form, whatever the method, without the CSRF token.

    Raises:
        Undeclared: the body is no form.
    """
    if request.content_type not in _FORMS:
        if request.body:
            raise Undeclared("a body that is no form")
        return QueryDict(), MultiValueDict()
    if request.method == "POST":
        data, files = request.POST.copy(), request.FILES
    elif request.content_type == _FORMS[0]:
        data, files = QueryDict(request.body, mutable=True), MultiValueDict()
    else:
        raise Undeclared("a form sent in parts by another method than POST")
    data.pop(CSRF, None)
    return data, files


def read_field(field: Any, html_name: str, name: str, posted: Any, sent: Sent) -> set[str]:
    """Note what a field names, and return the names it is sent under."""
    data, files = posted
    if not isinstance(field, forms.ModelMultipleChoiceField | forms.MultipleChoiceField):
        for value in data.getlist(html_name):
            sent.once(html_name, value)
    if isinstance(field, forms.ModelChoiceField):
        read = field.widget.value_from_datadict(data, files, html_name)
        kind = reference_of(field)
        if isinstance(field, forms.ModelMultipleChoiceField):
            sent.many.add(name)
        for value in read if isinstance(read, list | tuple) else [read]:
            if value not in field.empty_values:
                sent.name(name, kind(value))
    return set(_names(field, html_name))


def refuse_others(data: Any, files: Any, names: set[str]) -> None:
    """Refuse what is sent under no declared name."""
    for each in [*data, *files]:
        if each not in names:
            raise Undeclared(each)


def reference_of(field: Any) -> Any:
    """Return the type of references of a ModelChoiceField."""
    return ref(field.queryset.model, by=field.to_field_name or "pk")


def references_of(form_class: Any) -> list[Any]:
    """Return the types of references of a form's fields."""
    fields = form_class.base_fields.values()
    return [reference_of(each) for each in fields if isinstance(each, forms.ModelChoiceField)]


def parameters_of(fields: Any) -> set[str]:
    """Return the names of ModelChoiceFields."""
    return {name for name, each in fields.items() if isinstance(each, forms.ModelChoiceField)}


def narrow(form: Any, admission: Any) -> None:
    """Let a form choose among the rows of the page's entity only."""
    for field in form.fields.values():
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = admission.own(field.queryset)


def _names(field: Any, html_name: str) -> Iterator[str]:
    """Return the names under which a field's widget sends its values."""
    widget = field.widget
    yield html_name
    if field.show_hidden_initial:
        yield f"initial-{html_name}"
    for suffix in getattr(widget, "widgets_names", ()):
        yield html_name + suffix
    if isinstance(widget, forms.SelectDateWidget):
        for part in (widget.year_field, widget.month_field, widget.day_field):
            yield part % html_name
    if isinstance(widget, forms.ClearableFileInput):
        yield widget.clear_checkbox_name(html_name)


def _index_of(name: str, prefix: str) -> int | None:
    """Return which form of a formset a name belongs to."""
    number, _, rest = name.removeprefix(f"{prefix}-").partition("-")
    if not name.startswith(f"{prefix}-") or not rest or not number.isdecimal():
        return None
    return int(number) if number == str(int(number[:4])) else None

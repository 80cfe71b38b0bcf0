"""What voiding would take with it, shown before it is done: nothing is written or removed."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.utils import NestedObjects, quote
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from .fields import VOID, keep_when_void, void_field_of


class LiveDependents(NestedObjects):
    """The tree of live objects that voiding some objects would void; ``protected`` refuse it."""

    def collect(self, objs: Iterable[Any], *args: Any, **options: Any) -> Any:
        """Collect live objects and, by Django's rules, what depends on them."""
        live = [each for each in objs if getattr(each, VOID, None) is None]
        source = options.get("source")
        if source is not None and void_field_of(source) is not None:
            live = [each for each in live if void_field_of(type(each)) is not None]  # others stay
        return super().collect(live, *args, **options) if live else None

    def related_objects(self, related_model: Any, related_fields: Any, objs: Any) -> Any:
        """Return the live rows that refer to some objects by fields which take part in voiding."""
        found = super().related_objects(related_model, related_fields, objs)
        if isinstance(related_fields[0].remote_field.on_delete, keep_when_void):
            return found.none()
        if void_field_of(related_model) is not None:
            found = found.filter(**{VOID: None})
        return found


class Teller:
    """Says an object with a link to its page; ``forbidden`` are models it may not be taken from."""

    def __init__(self, site: Any, request: HttpRequest) -> None:
        self._site = site
        self._request = request
        self.forbidden: set[str] = set()

    def __call__(self, obj: Any) -> str:
        """Return what the page of an admin shows of an object."""
        opts = obj._meta
        kind = capfirst(opts.verbose_name)
        if not self._site.is_registered(type(obj)):
            return f"{kind}: {obj}"
        if not self._site.get_model_admin(type(obj)).has_delete_permission(self._request, obj):
            self.forbidden.add(opts.verbose_name)
        name = f"{self._site.name}:{opts.app_label}_{opts.model_name}_change"
        try:
            address = reverse(name, args=[quote(obj.pk)])
        except NoReverseMatch:
            return f"{kind}: {obj}"
        return format_html('{}: <a href="{}">{}</a>', kind, address, obj)

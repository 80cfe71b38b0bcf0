"""The admin of models that are deleted logically: it lists, filters, voids and restores.

::

    @admin.register(Certificate)
    class CertificateAdmin(DeletionAdmin, admin.ModelAdmin): ...
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import router
from django.http import Http404, HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import path, reverse

from .dependents import LiveDependents, Teller
from .errors import RestoreConflict
from .fields import VOID

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = object


class VoidFilter(admin.SimpleListFilter):
    """Live rows by default; void ones, or all, when asked."""

    title = "deleted"
    parameter_name = "void"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        """Return what can be asked for beside live rows."""
        return [("yes", "Yes"), ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return the rows that were asked for."""
        if self.value() is None:
            return queryset
        every = queryset.all_objects_including_void()
        return every.exclude(**{VOID: None}) if self.value() == "yes" else every

    def choices(self, changelist: Any) -> Any:
        """Yield the choices, the first one being live rows."""
        first, *others = super().choices(changelist)
        yield {**first, "display": "No"}
        yield from others


@admin.action(description="Restore selected %(verbose_name_plural)s", permissions=["restore"])
def restore_selected(model_admin: Any, request: HttpRequest, queryset: Any) -> None:
    """Restore the void rows among the selected ones: all of them, or none and why."""
    void = queryset.exclude(**{VOID: None})
    restored = list(void)
    if model_admin.tell_conflict(request, void.restore):
        for obj in restored:
            model_admin.log_change(request, obj, "Restored.")
        model_admin.message_user(request, f"Restored: {len(restored)}.", messages.SUCCESS)


class DeletionAdmin(_Admin):
    """Deleting voids; what is void can be found, looked at and restored, not changed.

    Who may delete may restore: override ``has_restore_permission`` for something else.
    """

    show_full_result_count = False  # it would count live rows where void ones are listed
    change_form_template = "backstory/admin/change_form.html"
    actions = (restore_selected,)

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [VoidFilter, *super().get_list_filter(request)]

    def get_actions(self, request: HttpRequest, action_location: Any = None) -> Any:
        """Offer what can be done to the rows that are listed."""
        where = () if action_location is None else (action_location,)  # Django 6.1 says where
        actions = super().get_actions(request, *where)
        asked = request.GET.get(VoidFilter.parameter_name)
        unfit = {None: "restore_selected", "yes": "delete_selected"}.get(asked, "")
        return {name: action for name, action in actions.items() if name != unfit}

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """Return a live object, or a void one, which is only looked at."""
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            return found
        rows: Any = self.get_queryset(request)
        field: Any = self.opts.get_field(from_field) if from_field else self.opts.pk
        try:
            key = field.to_python(object_id)
            return rows.all_objects_including_void().get(**{field.name: key})
        except (self.model.DoesNotExist, ValidationError, ValueError):
            return None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not _is_void(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not _is_void(obj) and super().has_delete_permission(request, obj)

    def has_restore_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether somebody may restore: who may delete may."""
        return super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what voiding would take with it, without touching anything."""
        collector = LiveDependents(using=router.db_for_write(self.model), origin=objs)
        collector.collect(objs)
        teller = Teller(self.admin_site, request)
        told = collector.nested(teller)
        protected = [teller(each) for each in collector.protected]
        found: dict[Any, Any] = collector.model_objs
        counts = {model._meta.verbose_name_plural: len(rows) for model, rows in found.items()}
        return told, counts, teller.forbidden, protected

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Void the live rows among the selected ones."""
        queryset.filter(**{VOID: None}).delete()

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        obj = context.get("original")
        restorable = _is_void(obj) and self.has_restore_permission(request, obj)
        return super().render_change_form(
            request, {**context, "void": _is_void(obj), "restorable": restorable}, *args, **kw
        )

    def get_urls(self) -> Any:
        name = f"{self.opts.app_label}_{self.opts.model_name}_restore"
        view = self.admin_site.admin_view(self.restore_view)
        return [path("<path:object_id>/restore/", view, name=name), *super().get_urls()]

    def restore_view(self, request: HttpRequest, object_id: str) -> Any:
        """Restore an object, and go to its page; a conflict is told there."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        obj = self.get_object(request, unquote(object_id))
        if obj is None or not _is_void(obj):
            raise Http404
        if not self.has_restore_permission(request, obj):
            raise PermissionDenied
        if self.tell_conflict(request, obj.restore):
            self.log_change(request, obj, "Restored.")
            self.message_user(request, f"Restored: {obj}.", messages.SUCCESS)
        where = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(
            reverse(where, args=[object_id], current_app=self.admin_site.name)
        )

    def tell_conflict(self, request: HttpRequest, restore: Callable[[], Any]) -> bool:
        """Restore; return whether it worked, and tell the visitor why not."""
        try:
            restore()
        except RestoreConflict as conflict:
            self.message_user(request, str(conflict), messages.ERROR)
            return False
        return True


def _is_void(obj: Any) -> bool:
    return getattr(obj, VOID, None) is not None

from django.contrib import admin
from django.contrib.contenttypes.admin import GenericTabularInline

from django_base.deletion.admin import DeletionAdmin

from .models import Custody, Folder, Safe, Sticker


class StickerInline(GenericTabularInline):
    model = Sticker
    extra = 1


class FolderInline(admin.TabularInline):
    model = Folder
    extra = 1
    fields = ("number", "title")


@admin.register(Safe)
class SafeAdmin(DeletionAdmin, admin.ModelAdmin):
    inlines = (FolderInline,)
    search_fields = ("name",)


@admin.register(Folder)
class FolderAdmin(DeletionAdmin, admin.ModelAdmin):
    inlines = (StickerInline,)
    autocomplete_fields = ("safe",)


@admin.register(Custody)
class CustodyAdmin(DeletionAdmin, admin.ModelAdmin):
    pass

"""A part of a URLconf that gives a parameter again."""

from django.urls import path

from . import views

urlpatterns = [path("numbers/<int:firm_id>/folders/<int:folder_id>/", views.FolderView.as_view())]

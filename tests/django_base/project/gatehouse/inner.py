"""Somebody else's URLs."""

from django.urls import include, path

from . import views

app_name = "inner"
urlpatterns = [
    path("", views.forgotten, name="list"),
    path("<slug:key>/", views.forgotten, name="one"),
    path("open/it/", views.page, name="open"),
    path("deeper/", include([path("x/", views.forgotten, name="deep")])),
    path("again/", include("gatehouse.inner_again")),
]

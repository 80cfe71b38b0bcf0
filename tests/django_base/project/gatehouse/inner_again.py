"""URLs that include themselves, as Django allows."""

from django.urls import include, path

from . import views

urlpatterns = [
    path("here/", views.forgotten, name="here"),
    path("down/", include(("gatehouse.inner_again", "again"))),
]

"""A site with a gate: views of its own, and of others."""

from django.urls import include, path

from django_base.gate import declare, declare_include, requires_staff
from django_base.views import any_member, public

from . import views

declare("first:", any_member, reason="everybody who works here reads them")
declare("first:one", requires_staff, reason="one of them is for staff")
declare("gatehouse.views.Page", public(reason="a page of a vendor's"))

hooks = [path("in/", views.forgotten), path("async/", views.forgotten_async)]

urlpatterns = [
    path("page/", views.page),
    path("wrapped/", views.shouting(views.page)),
    path("nameless/", views.nameless(views.page)),
    path("forgotten/<int:key>/", views.forgotten, name="forgotten"),
    path("async/forgotten/", views.forgotten_async),
    path("class/", views.Page.as_view()),
    path("denied/", views.denied),
    path("closed/", views.closed),
    path("cached/", views.answering(views.page)),
    path("hooks/", declare_include(include(hooks), public(reason="signed by who sends them"))),
    path("again/", declare_include(include("gatehouse.inner_again"), any_member, reason="a test")),
    path("inner/", include("gatehouse.inner", namespace="first")),
]

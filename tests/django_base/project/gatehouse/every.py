"""One of each kind of route."""

from functools import partial

from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.decorators import login_required
from django.urls import include, path, re_path
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.static import serve
from rest_framework.routers import DefaultRouter

from . import views

router = DefaultRouter()
router.register("companies", views.Companies, basename="company")

urlpatterns = [
    path("page/", views.page, name="page"),
    path("forgotten/", views.forgotten),
    path("wrapped/", login_required(never_cache(views.page))),
    path("nameless/", views.nameless(views.page)),
    path("partial/<int:year>/", partial(views.page, extra=1), {"month": 2}),
    path("class/", views.Page.as_view()),
    path("class/wrapped/", login_required(views.Page.as_view())),
    path("object/", views.Called()),
    path("cached/", views.cached),
    re_path(r"^expression/(?P<slug>[a-z]+)/(?P<number>\d+)/$", views.forgotten, name="expression"),
    path(gettext_lazy("lazy/"), views.forgotten),
    path("twice/", views.page, name="twice"),
    path("twice/", views.forgotten, name="twice"),
    path("dotted/<int:of>/", include("gatehouse.inner", namespace="first")),
    path("other/", include("gatehouse.inner", namespace="second")),
    path("list/", include(([path("x/", views.forgotten, name="x")], "app"), namespace="third")),
    path("api/", include(router.urls)),
    path(lazystr("again/"), include("gatehouse.inner_again")),
    re_path(r"^media/(?P<path>.*)$", serve, {"document_root": "/nowhere"}),  # as static() makes it
    *i18n_patterns(path("spoken/", views.forgotten, name="spoken")),
]
handler404 = "gatehouse.views.absent"

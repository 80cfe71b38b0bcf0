"""The pages of the site, and further ones of odder shapes."""

from django.urls import include, path

from . import api, urls, views

urlpatterns = [
    *urls.urlpatterns,
    path("firms/<firm_id>/stream/", views.StreamFolders.as_view()),
    path("firms/<firm_id>/lazy/", views.LazyPage.as_view()),
    path("firms/<firm_id>/lazy/editors/", views.EditorsPage.as_view()),
    path("header/<folder_id>/", views.HeaderView.as_view()),
    path("firms/<firm_id>/fail/", views.Failing.as_view()),
    path("firms/<firm_id>/edit/", views.EditFolders.as_view()),
    path("firms/<firm_id>/awaited/", views.awaited),
    path("firms/<firm_id>/api/papers/", api.Papers.as_view({"get": "list", "post": "create"})),
    path(
        "firms/<firm_id>/api/papers/<pk>/",
        api.Papers.as_view({"get": "retrieve", "delete": "destroy"}),
    ),
    path("firms/<firm_id>/api/bundles/", api.Bundles.as_view()),
    path("firms/<firm_id>/api/bundles/kept/", api.KeptBundles.as_view()),
    path("firms/<firm_id>/api/open/", api.OpenFolders.as_view()),
    path("numbers/<int:firm_id>/folders/<int:folder_id>/", views.FolderView.as_view()),
    path("numbers/<int:firm_id>/", include("estate.numbers")),
    path("firms/<firm_id>/and/<other_id>/", views.TwoNames.as_view()),
    path("unscoped/", views.Unscoped.as_view()),
    path("webhook/", views.webhook),
]

from django.urls import path

from . import views

urlpatterns = [
    path("firms/<firm_id>/folders/<folder_id>/", views.FolderView.as_view()),
    path("firms/<firm_id>/papers/<paper_id>/move/", views.MovePaper.as_view()),
    path("firms/<firm_id>/orders/", views.order),
    path("firms/<firm_id>/by-number/<number>/", views.by_number),
    path("alive/", views.alive),
]

from django.urls import path

from . import views

urlpatterns = [
    path("add/<str:name>/", views.add, name="add"),
    path("add/atomically/<str:name>/", views.add_atomically),
    path("add/brokenly/<str:name>/", views.add_brokenly),
    path("read/", views.read),
    path("queue/<str:name>/", views.queue),
    path("command/<str:name>/", views.command),
    path("health/", views.read),
    path("stream/<str:name>/", views.stream),
    path("login/", views.log_in),
    path("fail/", views.fail),
    path("act/", views.act),
    path("async/act/", views.async_act),
    path("async/add/<str:name>/", views.async_add),
    path("async/stream/<str:name>/", views.async_stream),
]

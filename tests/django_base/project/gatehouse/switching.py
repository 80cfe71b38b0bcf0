"""A middleware that chooses the URLconf of a request."""

from django.http import HttpRequest
from django.urls import path

from . import views

urlpatterns = [path("other/page/", views.page), path("other/forgotten/", views.forgotten)]


class OtherUrls:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        request.urlconf = "gatehouse.switching"
        return self.get_response(request)

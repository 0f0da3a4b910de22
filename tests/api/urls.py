"""The addresses of the site with those of the API, until trial/urls.py includes them."""

from django.urls import include, path

urlpatterns = [path("api/v1/", include("trial.api_urls")), path("", include("trial.urls"))]

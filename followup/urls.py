"""The addresses of the start page and of the casebook's pages."""

from django.urls import path

from followup.pages import casebook, home

urlpatterns = [
    path("", home.start, name="start"),
    path("subjects/", home.enrol_page, name="enrol"),
    path("subjects/<str:code>/", casebook.casebook, name="casebook"),
    path("subjects/<str:code>/unscheduled/", casebook.unscheduled_page, name="unscheduled"),
    path("flags/<int:pk>/acknowledge/", home.acknowledge_page, name="acknowledge"),
]

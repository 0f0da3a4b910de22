from django.urls import path

from followup import pages

urlpatterns = [
    path("", pages.start, name="start"),
    path("subjects/", pages.enrol_page, name="enrol"),
    path("subjects/<str:code>/", pages.casebook, name="casebook"),
    path("subjects/<str:code>/unscheduled/", pages.unscheduled_page, name="unscheduled"),
    path("flags/<int:pk>/acknowledge/", pages.acknowledge_page, name="acknowledge"),
]

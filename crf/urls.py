"""The addresses of the pages about a subject."""

from django.urls import path

from crf.pages import course, eligibility, outside, randomization

urlpatterns = [
    path(
        "subjects/<str:code>/eligibility/<int:gate>/",
        eligibility.eligibility_page,
        name="eligibility",
    ),
    path("subjects/<str:code>/course/", course.course_page, name="course"),
    path("subjects/<str:code>/randomization/strata/", randomization.strata_page, name="strata"),
    path("subjects/<str:code>/randomization/outside/", outside.outside_page, name="outside"),
    path(
        "subjects/<str:code>/randomization/outside/decision/",
        outside.outside_decision_page,
        name="outside-decision",
    ),
    path(
        "subjects/<str:code>/randomization/", randomization.randomization_page, name="randomization"
    ),
]

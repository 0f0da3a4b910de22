from django.urls import path

from crf import outside_pages, pages

urlpatterns = [
    path("subjects/<str:code>/eligibility/<int:gate>/", pages.eligibility_page, name="eligibility"),
    path("subjects/<str:code>/course/", pages.course_page, name="course"),
    path("subjects/<str:code>/randomization/strata/", pages.strata_page, name="strata"),
    path("subjects/<str:code>/randomization/outside/", outside_pages.outside_page, name="outside"),
    path("subjects/<str:code>/randomization/outside/decision/", outside_pages.outside_decision_page, name="outside-decision"),
    path("subjects/<str:code>/randomization/", pages.randomization_page, name="randomization"),
]

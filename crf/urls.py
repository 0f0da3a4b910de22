from django.urls import path

from crf.pages import acts, outside

urlpatterns = [
    path("subjects/<str:code>/eligibility/<int:gate>/", acts.eligibility_page, name="eligibility"),
    path("subjects/<str:code>/course/", acts.course_page, name="course"),
    path("subjects/<str:code>/randomization/strata/", acts.strata_page, name="strata"),
    path("subjects/<str:code>/randomization/outside/", outside.outside_page, name="outside"),
    path("subjects/<str:code>/randomization/outside/decision/", outside.outside_decision_page, name="outside-decision"),
    path("subjects/<str:code>/randomization/", acts.randomization_page, name="randomization"),
]

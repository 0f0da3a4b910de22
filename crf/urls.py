from django.urls import path

from crf import pages

urlpatterns = [
    path("subjects/<str:code>/eligibility/<int:gate>/", pages.eligibility_page, name="eligibility"),
    path("subjects/<str:code>/course/", pages.course_page, name="course"),
    path("subjects/<str:code>/randomization/strata/", pages.strata_page, name="strata"),
    path("subjects/<str:code>/randomization/", pages.randomization_page, name="randomization"),
]

"""The addresses of the casebook under /api/v1/."""

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from .course import CourseView
from .eligibility import EligibilityView
from .outside import OutsideDecisionView, OutsideView
from .progression import ProgressionView
from .randomization import AllocationViewSet, RandomizationView, StrataView
from .responses import ResponseViewSet

SUBJECT = r"^subjects/(?P<code>\d{2}-\d{3})"

router = SimpleRouter()
router.register("allocations", AllocationViewSet, "api-allocation")
router.register("responses", ResponseViewSet, "api-response")

urlpatterns = [
    re_path(rf"{SUBJECT}/eligibility/$", EligibilityView.as_view(), name="api-subject-eligibility"),
    re_path(
        rf"{SUBJECT}/randomization/$", RandomizationView.as_view(), name="api-subject-randomization"
    ),
    re_path(rf"{SUBJECT}/randomization/strata/$", StrataView.as_view(), name="api-subject-strata"),
    re_path(
        rf"{SUBJECT}/randomization/outside/$", OutsideView.as_view(), name="api-subject-outside"
    ),
    re_path(
        rf"{SUBJECT}/randomization/outside/decision/$",
        OutsideDecisionView.as_view(),
        name="api-subject-outside-decision",
    ),
    re_path(rf"{SUBJECT}/course/$", CourseView.as_view(), name="api-subject-course"),
    re_path(
        rf"{SUBJECT}/progression-check/$", ProgressionView.as_view(), name="api-subject-progression"
    ),
    path("", include(router.urls)),
]

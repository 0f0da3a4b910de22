"""Every address under /api/v1/; each app brings its own.

The schema holds no data, so it can be read openly.
"""

from django.urls import include, path
from drf_spectacular.views import SpectacularSwaggerSplitView

from .locks import LockView
from .problems import KindsView, KindView
from .schema import SchemaView
from .study import StudyView, TokenView, routes

urlpatterns = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("study/", StudyView.as_view(), name="api-study"),
    path("lock/", LockView.as_view(), name="api-lock"),
    path("problems/", KindsView.as_view(), name="api-problems"),
    path("problems/<slug:problem>/", KindView.as_view(), name="api-problem"),
    path("token/", TokenView.as_view(), name="api-token"),
    path("", include(routes().urls)),
    path("", include("crf.api.urls")),
    path("", include("followup.api.urls")),
]

"""The addresses of follow-up under /api/v1/."""

from .flags import routes

urlpatterns = routes().urls

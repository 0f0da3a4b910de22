"""The site of the admin: its names, and the context that the frame of its pages needs."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy


class Site(admin.AdminSite):
    """The admin of the trial."""

    site_header = "Casebook NCT06652022"
    site_title = "Casebook"
    index_title = gettext_lazy("All forms")
    site_url = "/"
    enable_nav_sidebar = False

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Refuse: no page needs it, and it finds people and subjects by parts of their names."""
        raise PermissionDenied

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Return the list, put together when it is read.

        The frame of every page has it for a list at its side, which is switched off; and to put it
        together, the page of each form is asked what this person may do.
        """
        return SimpleLazyObject(lambda: super(Site, self).get_app_list(request, app_label))


class Config(AdminConfig):
    """The admin with the trial's own site."""

    default_site = "trial.admin.site.Site"

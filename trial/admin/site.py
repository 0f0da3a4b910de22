"""The site of the admin: its names, and what the frame of its pages is given."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject


class Site(admin.AdminSite):
    site_header = "Casebook NCT06652022"
    site_title = "Casebook"
    index_title = "All forms"
    site_url = "/"
    enable_nav_sidebar = False

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """No page asks for it, and it would find people and subjects by parts of their names."""
        raise PermissionDenied

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Put together when it is read. The frame of every page is given it for a list at its side, which is switched off; and to
        put it together asks the page of each form what this person may do."""
        return SimpleLazyObject(lambda: super(Site, self).get_app_list(request, app_label))


class Config(AdminConfig):
    default_site = "trial.admin.site.Site"

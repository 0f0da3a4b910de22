"""The person who asks: pages and API pass them to each act and each query."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from rest_framework.request import Request


def person_of(request: HttpRequest | Request) -> User:
    """Return the person who sent the request. Raise PermissionDenied for a request without one.

    The views ask for a login before they come here; this is for the type, and for a view that
    forgets.
    """
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user

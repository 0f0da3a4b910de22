"""The login form refuses a name longer than an account can have: it would fit into no table of
failures.
"""

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.models import User
from django.db import models

from trial.refusals import Code, impossible


def longest_name() -> int:
    """Return how many characters the name of an account may have."""
    field = User._meta.get_field(User.USERNAME_FIELD)
    if not isinstance(field, models.CharField) or field.max_length is None:
        raise TypeError(f"{User.USERNAME_FIELD} has no greatest length.")
    return field.max_length


LONGEST = longest_name()


class LoginForm(AdminAuthenticationForm):
    """Django's login form of the admin, with a bound for the name."""

    def clean_username(self) -> str:
        """Return the name, unless no account can have it."""
        name = str(self.cleaned_data["username"])
        if len(name) > LONGEST:
            raise impossible(Code.USER_NAME_TOO_LONG, longest=LONGEST)
        return name

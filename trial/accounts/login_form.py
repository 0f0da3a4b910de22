"""Who logs in gives a name that an account can have; a longer one is nobody's, and fits into no table of failures either."""

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.models import User

from trial.refusals import Code, impossible

LONGEST = User._meta.get_field(User.USERNAME_FIELD).max_length


class LoginForm(AdminAuthenticationForm):
    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"])
        if len(name) > LONGEST:
            raise impossible(Code.USER_NAME_TOO_LONG, longest=LONGEST)
        return name

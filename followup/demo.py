"""The demo trial: one person for each role, and something for each of them to do."""

from collections.abc import Mapping

from django.contrib.auth.models import User

PEOPLE = (
    ("dan", "data manager", "Dan Li"),
    ("ida", "investigator", "Ida Wang"),
    ("mo", "monitor", "Mo Zhang"),
    ("sam", "sponsor", "Sam Chen"),
    ("ada", "administrator", "Ada Zhao"),
    ("ava", "auditor", "Ava Sun"),
)
"""Username, role, printed name."""


def load(passwords: Mapping[str, str]) -> None:
    """Make what is missing of the demo trial; run again, it changes nothing."""
    known = set(User.objects.values_list("username", flat=True))
    for username, _, name in PEOPLE:
        if username not in known:
            first, last = name.split()
            User.objects.create_user(username, password=passwords[username], first_name=first, last_name=last, is_staff=True)

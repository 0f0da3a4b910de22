"""The account in whose name jobs and checks write."""

from django.contrib.auth.models import User

SYSTEM = "system:celery"


def system_user() -> User:
    """Return the account in whose name the system writes; nobody can log in with it."""
    user, new = User.objects.get_or_create(
        username=SYSTEM, defaults={"is_active": False, "first_name": "System"}
    )
    if new:
        user.set_unusable_password()
        user.save()
    return user

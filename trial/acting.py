"""Who writes, and why: told to PostgreSQL, whose triggers put it into the history."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import AbstractUser
from django.db import connection, transaction

NOTHING = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"  # what trial/sql/history.sql does not take for a reason either


@contextmanager
def acting(*, by: AbstractUser, reason: str = "") -> Iterator[None]:
    """Name the author of all that is written inside, in one transaction.

    The settings end with the transaction. Inside a larger one they are put back by hand; where the block fails, the
    rollback to its savepoint has done so already.
    """
    inside = connection.in_atomic_block
    with transaction.atomic():
        before = _settings() if inside else ("", "")
        _set(str(by.pk), reason)
        yield
        if inside:
            _set(*before)


def _settings() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('casebook.user', true), current_setting('casebook.reason', true)")
        user, reason = cursor.fetchone()
    return user or "", reason or ""


def _set(user: str, reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('casebook.user', %s, true), set_config('casebook.reason', %s, true)", [user, reason])

"""Who writes, and why: told to PostgreSQL, whose triggers put it into the history."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.contrib.auth.models import AbstractUser
from django.db import connection, transaction

NOTHING = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"  # what trial/sql/history.sql does not take for a reason either


_told = ContextVar("told", default=("", ""))


@contextmanager
def acting(*, by: AbstractUser, reason: str = "") -> Iterator[None]:
    """Name the author of all that is written inside, in one transaction.

    The settings end with the transaction. Inside a larger one they are put back by hand; where the block fails, the
    rollback to its savepoint has done so already.
    """
    inside, before, now = connection.in_atomic_block, _told.get(), (str(by.pk), reason)
    token = _told.set(now)
    try:
        with transaction.atomic():
            if not inside or now != before:
                _set(*now)
            yield
            if inside and now != before:
                _set(*before)
    finally:
        _told.reset(token)


def _set(user: str, reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('casebook.user', %s, true), set_config('casebook.reason', %s, true)", [user, reason])

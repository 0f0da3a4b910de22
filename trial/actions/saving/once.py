"""Store what is sent twice once: the second is answered with the first one's result.

Each page that is drawn, and each request of a program that wants it, carries a key. The first act
in the request's name stores the key in its own transaction: a second request with the same key
waits at the unique index until the first has committed, or has come to nothing (decision 58).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import connection
from django.utils import timezone

from trial.models import AnsweredAct
from trial.refusals import Code, Refused

KEY = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
HEADER = "Idempotency-Key"
"""The header in which a program sends a key."""
METHODS = ("POST", "PATCH")
WITHOUT_KEY = frozenset({"/api/v1/token/"})
"""Addresses that make something secret: their answer is never kept."""
KEPT_FOR = timedelta(days=7)
"""The time for which a key is known. A page lives no longer than its session, which is shorter."""


@dataclass
class Sending:
    """A request with its key: the address it was sent to, and a digest of what it says."""

    key: str
    address: str
    content: str
    stored: int | None = None
    """The row of the key, once an act of this request has stored it."""


class AnsweredBefore(Exception):
    """An act with this key is stored already; its answer is the answer to this request, too."""

    def __init__(self, earlier: AnsweredAct) -> None:
        super().__init__(str(earlier))
        self.earlier = earlier


_sending: ContextVar[Sending | None] = ContextVar("sending", default=None)


@contextmanager
def sent(sending: Sending) -> Iterator[None]:
    """Name the request whose acts are stored once."""
    token = _sending.set(sending)
    try:
        yield
    finally:
        _sending.reset(token)


def current() -> Sending | None:
    """Return the request whose acts are stored once; None where it has no key."""
    return _sending.get()


def claim(*, by: AbstractUser) -> None:
    """Store the key of this request, in the transaction of its first act.

    Raises AnsweredBefore where an act with the key is stored. Refuse the key of another act.
    """
    sending = _sending.get()
    if sending is None or sending.stored is not None:
        return
    if not KEY.fullmatch(sending.key):
        raise Refused(Code.ACT_KEY_UNREADABLE)
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [by.pk, sending.key, sending.address, sending.content])
        row = cursor.fetchone()
    if row is None:
        earlier = AnsweredAct.objects.get(by=by.pk, key=sending.key)
        if not is_same(earlier, sending):
            raise Refused(Code.KEY_OF_ANOTHER_ACT)
        if not earlier.answer:
            raise Refused(Code.ALREADY_STORED)
        raise AnsweredBefore(earlier)
    (sending.stored,) = row


CLAIM = f"""
    insert into {AnsweredAct._meta.db_table} (by_id, key, address, content, answer)
    values (%s, %s, %s, %s, '{{}}') on conflict (by_id, key) do nothing returning id"""


def is_same(earlier: AnsweredAct, sending: Sending) -> bool:
    """Return whether the earlier act was sent to the same address with the same content."""
    return (earlier.address, earlier.content) == (sending.address, sending.content)


def answer_of(sending: Sending, by: AbstractUser | AnonymousUser) -> AnsweredAct | None:
    """Return the act that was stored before with the same key and content; None for none."""
    if not by.is_authenticated:
        return None
    earlier = AnsweredAct.objects.filter(by=by.pk, key=sending.key).exclude(answer={}).first()
    return earlier if earlier is not None and is_same(earlier, sending) else None


# The answer is JSON, hence `Any`.
def note_answer(sending: Sending, status: int, answer: dict[str, Any] | None) -> None:
    """Store the answer to the act, in its transaction.

    None, for an answer that is not kept, such as a file or a token, frees the key.
    """
    if sending.stored is None:
        return
    row = AnsweredAct.objects.filter(pk=sending.stored)
    if answer is None:
        row.delete()
    else:
        row.update(status=status, answer=answer)


def forget_answers() -> None:
    """Erase every answer, since one may repeat what is redacted. The keys stay."""
    AnsweredAct.objects.update(answer={})


def forget_old_keys() -> None:
    """Delete the keys, with their answers, that no page can send any more."""
    AnsweredAct.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()

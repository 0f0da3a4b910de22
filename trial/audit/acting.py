"""Who writes, by which program, and why: told to PostgreSQL, whose triggers put it into history and ledger."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum

from django.contrib.auth.models import AbstractUser
from django.db import connection, transaction
from psycopg import OperationalError, errors, pq

from trial.audit.client import client

NOTHING = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"  # what trial/audit/sql/history.sql does not take for a reason either
UNSAID = (
    r"[\s\u0001-\u001f\u007f-\u00a0\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\u2800"
    r"\u3000-\u303f\u3164\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffd\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e01ef"
    r"!-/:-@\[-`{-~…—·，。；：！？、]+"
)
"""Blanks, what nobody sees, signs that stand on no letter, and punctuation: without words between them, they say nothing."""
STOCK = (
    "change", "changed", "changes", "changedviaadmin", "changedviaapi", "changedbyadmin", "correct", "corrected", "correction", "dataentry",
    "edit", "edited", "fix", "fixed", "modified", "modify", "na", "nil", "no", "noreason", "none", "notapplicable", "null", "ok", "okay",
    "reason", "seeabove", "tbd", "test", "unknown", "update", "updated", "updates", "wrong", "xx", "xxx",
    "更新", "更改", "更正", "修改", "修订",
)  # fmt: skip
"""Phrases that programs and hurried people leave in the place of a reason (R08); letters alone, in small."""


class ChangeReason(StrEnum):
    """Why a stored value changes (crf_spec §1, form life cycle)."""

    ENTRY_ERROR = "ENTRY_ERROR"
    TRANSCRIPTION = "TRANSCRIPTION"
    UNIT_ERROR = "UNIT_ERROR"
    SOURCE_UPDATED = "SOURCE_UPDATED"
    QUERY_RESPONSE = "QUERY_RESPONSE"
    LATE_INFORMATION = "LATE_INFORMATION"
    OTHER = "OTHER"


def says_nothing(reason: str) -> bool:
    """Whether words explain nothing: empty to the eye, one sign alone, or a stock phrase. PostgreSQL asks the same
    (trial_ledger_says_nothing).

    >>> says_nothing("\u200b. "), says_nothing("Changed via admin."), says_nothing("Misread the scale")
    (True, True, False)
    """
    said = _said(reason.lower())
    return len(said) < 2 or said in STOCK


def is_unsaid(text: str) -> bool:
    """Whether there is nothing to read in it, though something may stand there."""
    return not _said(text)


def _said(text: str) -> str:
    """The letters and digits, wide ones as narrow ones."""
    return re.sub(UNSAID, "", unicodedata.normalize("NFKC", text))


_told = ContextVar("told", default=("", ""))
_includes_answer = ContextVar("includes_answer", default=False)


@contextmanager
def acting(*, by: AbstractUser, reason: str = "") -> Iterator[None]:
    """Name the author of all that is written inside, in one transaction.

    The settings end with the transaction. Inside a larger one they are put back by hand; where the block fails, the
    rollback to its savepoint has done so already.
    """
    inside, before, now = connection.in_atomic_block, _told.get(), (str(by.pk), reason)
    token = _told.set(now)
    try:
        with transaction.atomic(savepoint=not (inside and _includes_answer.get())):
            if not inside:
                _begin(*now)
            elif now != before:
                _set(*now)
            yield
            if inside and now != before:
                _set(*before)
    finally:
        _told.reset(token)


@contextmanager
def acting_and_answering(*, by: AbstractUser, reason: str = "") -> Iterator[None]:
    """Name the author for an act and the answer to it: a request that fails in either stores nothing.

    Acts inside take no savepoint of their own: whoever refuses, refuses the whole request.
    """
    with acting(by=by, reason=reason):
        token = _includes_answer.set(True)
        try:
            yield
        finally:
            _includes_answer.reset(token)


@contextmanager
def by_nobody() -> Iterator[None]:
    """One transaction that names the program and no author, as at a failed login."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('casebook.client', %s, true)", [client.get()])
        yield


TELL = b'begin; set local casebook."user" = %b; set local casebook.reason = %b; set local casebook.client = %b'


def _begin(user: str, reason: str) -> None:
    """Name them in the message that begins the transaction: as a statement of its own, this would cost each save a tenth.

    SET LOCAL, not set_config(): PostgreSQL plans no query for it, nor sends a row.
    """
    server = connection.connection.pgconn
    literal = pq.Escaping(server).escape_literal
    named = [literal(text.encode()) for text in (user, reason, client.get())]
    with connection.wrap_database_errors:
        result = server.exec_(TELL % (*named,))
        if server.status != pq.ConnStatus.OK:
            raise OperationalError(server.error_message)
        if result.status != pq.ExecStatus.COMMAND_OK:
            raise errors.error_from_result(result)


def _set(user: str, reason: str) -> None:
    with connection.cursor() as cursor:
        told = [user, reason, client.get()]
        cursor.execute(
            "select "
            + ", ".join(
                f"set_config('casebook.{name}', %s, true)" for name in ("user", "reason", "client")
            ),
            told,
        )

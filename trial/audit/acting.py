"""The author of a write, the program and the reason, named to PostgreSQL.

Its triggers put them into history and ledger.
"""

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

NOTHING = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"
"""Blanks, of which no reason is made; trial/audit/sql/history.sql trims the same."""
UNSAID = (
    r"[\s\u0001-\u001f\u007f-\u00a0\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u2028-\u202f\u205f-\u206f\u2800"
    r"\u3000-\u303f\u3164\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffd"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e01ef"
    r"!-/:-@\[-`{-~…—·，。；：！？、]+"
)
"""Blanks, invisible characters, combining marks without a letter, and punctuation."""
STOCK = (
    "change", "changed", "changes", "changedviaadmin", "changedviaapi", "changedbyadmin",
    "correct", "corrected", "correction", "dataentry", "edit", "edited", "fix", "fixed",
    "modified", "modify", "na", "nil", "no", "noreason", "none", "notapplicable", "null", "ok",
    "okay", "reason", "seeabove", "tbd", "test", "unknown", "update", "updated", "updates",
    "wrong", "xx", "xxx",
    "更新", "更改", "更正", "修改", "修订",
)  # fmt: skip
"""Phrases that programs and hurried people leave in place of a reason (regulation.md R08).

They are given as their letters alone, in lower case.
"""


class ChangeReason(StrEnum):
    """The code of why a stored value changes (crf_spec §1, form life cycle)."""

    ENTRY_ERROR = "ENTRY_ERROR"
    TRANSCRIPTION = "TRANSCRIPTION"
    UNIT_ERROR = "UNIT_ERROR"
    SOURCE_UPDATED = "SOURCE_UPDATED"
    QUERY_RESPONSE = "QUERY_RESPONSE"
    LATE_INFORMATION = "LATE_INFORMATION"
    OTHER = "OTHER"


def says_nothing(reason: str) -> bool:
    """Return whether words explain nothing: empty to the eye, one letter alone, or a stock phrase.

    PostgreSQL judges the same (trial_ledger_says_nothing).

    >>> [says_nothing(text) for text in ("\u200b. ", "Changed via admin.", "Misread the scale")]
    [True, True, False]
    """
    letters = _letters(reason.lower())
    return len(letters) < 2 or letters in STOCK


def is_unsaid(text: str) -> bool:
    """Return whether a text has nothing to read in it, though it may not be empty."""
    return not _letters(text)


def _letters(text: str) -> str:
    """Return the letters and digits, wide ones as narrow ones."""
    return re.sub(UNSAID, "", unicodedata.normalize("NFKC", text))


_author = ContextVar("author", default=("", ""))
"""The account's key and the reason that PostgreSQL has, as text."""
_includes_answer = ContextVar("includes_answer", default=False)


@contextmanager
def acting(*, by: AbstractUser, reason: str = "") -> Iterator[None]:
    """Name the author of all that is written inside, in one transaction.

    The settings end with the transaction. Inside a larger one they are put back by hand; if the
    block fails, the rollback to its savepoint has done so already.
    """
    inside, before, now = connection.in_atomic_block, _author.get(), (str(by.pk), reason)
    token = _author.set(now)
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
        _author.reset(token)


@contextmanager
def acting_and_answering(*, by: AbstractUser, reason: str = "") -> Iterator[None]:
    """Name the author for an act and its answer. A request that fails in either stores nothing.

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
    """Name the program and no author, in one transaction, as at a failed login."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('casebook.client', %s, true)", [client.get()])
        yield


BEGIN = (
    b'begin; set local casebook."user" = %b; '
    b"set local casebook.reason = %b; set local casebook.client = %b"
)


def _begin(user: str, reason: str) -> None:
    """Name author and reason in the message that begins the transaction.

    As a statement of its own, this would cost each save a tenth. It is SET LOCAL and not
    set_config(), for which PostgreSQL would plan a query and send a row.
    """
    server = connection.connection.pgconn
    literal = pq.Escaping(server).escape_literal
    values = [literal(text.encode()) for text in (user, reason, client.get())]
    with connection.wrap_database_errors:
        result = server.exec_(BEGIN % (*values,))
        if server.status != pq.ConnStatus.OK:
            raise OperationalError(server.error_message)
        if result.status != pq.ExecStatus.COMMAND_OK:
            raise errors.error_from_result(result)


def _set(user: str, reason: str) -> None:
    names = ("user", "reason", "client")
    settings = ", ".join(f"set_config('casebook.{name}', %s, true)" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"select {settings}", [user, reason, client.get()])

"""Events around the data: of accounts, tokens, logins and exports (regulation.md R06, R07).

Each event enters the ledger at commit.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from trial.audit.ledger_triggers import EntersLedgerOnInsert
from trial.audit.names import ALIKE, PATTERN, TAKEN_FOR
from trial.audit.triggers import AppendOnly
from trial.audit.watching import NamesNobodyTwice, Watches

from .ledger import loose

NOWHERE = {"record": "new.id", "visit": "null", "subject": "null", "site": "new.site_id"}
# What Watches takes of each watched table.
ACCOUNT: dict[str, Any] = {
    "key": "new.id::text",
    "about": "new.id",
    "omitted": ["last_login"],
    "digested": ["password"],
    "never_deleted": True,
}
OF_ACCOUNT: dict[str, Any] = {
    "key": "new.id::text",
    "about": "new.user_id",
    "made": "given",
    "ended": "taken",
}
TOKEN: dict[str, Any] = {
    "key": "left(new.digest, 16)",
    "about": "new.user_id",
    "by": "new.user_id",
    "omitted": ["token_key", "digest"],
    "made": "issued",
    "ended": "revoked",
}
USE = ["last_used_at", "throttling_failure_timestamp", "throttling_failure_count"]
"""Columns that change with each code that is tried."""
BY_TIME: dict[str, Any] = {
    "key": "new.id::text",
    "about": "new.user_id",
    "omitted": [*USE, "drift", "last_t"],
    "digested": ["key"],
}
BY_LIST: dict[str, Any] = {"key": "new.id::text", "about": "new.user_id", "omitted": USE}
OF_LIST: dict[str, Any] = {
    "key": "new.id::text",
    "about": "(select d.user_id from otp_static_staticdevice d where d.id = new.device_id)",
    "omitted": ["token"],
    "ended": "used or void",
}
"""A recovery code. Its digest is left out like the code itself: it is soon guessed by trying."""
OF_GROUP: dict[str, Any] = {"key": "new.id::text"}


class SystemEvent(models.Model):
    """One event, written by `trial.actions.events.note` or by PostgreSQL.

    PostgreSQL writes one for every change of a table that it watches (trial/audit/sql/watched.sql).

    `about` is the account that it concerns. `detail` is {column: [old, new]}; of a password, these
    are digests of what Django stores, which is salted itself. `key` tells the rows of a watched
    table apart.
    """

    class Kind(models.TextChoices):
        """The kinds that Python notes.

        The kinds of watched tables begin with words of their own: account, token, group,
        permission, second factor, recovery code.
        """

        LOGIN = "login", _("Logged in")
        LOGOUT = "logout", _("Logged out")
        LOGIN_FAILED = "login failed", _("Login failed")
        LOGIN_LOCKED = "login locked", _("Locked after failed logins")
        LOCKOUT_ENDED = "lockout ended", _("Failed logins cleared by an administrator")
        EXPORT = "export", _("Export")
        READ = "read", _("Read by the sponsor")
        ACKNOWLEDGED = "flag acknowledged", _("Flag acknowledged")
        SCHEMA = "schema", _("Schema brought up to date")

    SETS_PASSWORD = ("account made", "account changed")
    """The kinds of event that set a password, if their detail names it."""

    at = models.DateTimeField(db_default=Now(), editable=False)
    kind = models.CharField(max_length=40)
    by = loose(settings.AUTH_USER_MODEL, null=True)
    about = loose(settings.AUTH_USER_MODEL, null=True, db_index=True)
    site = loose("trial.Site", null=True)
    detail = models.JSONField(default=dict, db_default={})
    key = models.TextField(blank=True, default="", db_default="")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["kind", "at"], name="events_of_a_kind")]
        constraints = [
            AppendOnly(name="event_append_only"),
            EntersLedgerOnInsert(
                name="event_enters_ledger", form="trial.systemevent", place=NOWHERE, by="new.by_id"
            ),
            Watches(name="watches_accounts", watched="auth_user", kind="account", **ACCOUNT),
            NamesNobodyTwice(
                name="names_nobody_twice",
                watched="auth_user",
                pattern=PATTERN,
                alike=ALIKE,
                taken_for=TAKEN_FOR,
            ),
            Watches(
                name="watches_groups_of_accounts",
                watched="auth_user_groups",
                kind="group of account",
                **OF_ACCOUNT,
            ),
            Watches(
                name="watches_permissions",
                watched="auth_user_user_permissions",
                kind="permission of account",
                **OF_ACCOUNT,
            ),
            Watches(name="watches_groups", watched="auth_group", kind="group", **OF_GROUP),
            Watches(
                name="watches_permissions_of_groups",
                watched="auth_group_permissions",
                kind="permission of group",
                **OF_GROUP,
            ),
            Watches(name="watches_tokens", watched="knox_authtoken", kind="token", **TOKEN),
            Watches(
                name="watches_second_factors",
                watched="otp_totp_totpdevice",
                kind="second factor",
                **BY_TIME,
            ),
            Watches(
                name="watches_recovery_codes",
                watched="otp_static_staticdevice",
                kind="recovery codes",
                **BY_LIST,
            ),
            Watches(
                name="watches_each_code",
                watched="otp_static_statictoken",
                kind="recovery code",
                **OF_LIST,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("An event stays as it was noted.")
        super().save(*args, **kwargs)

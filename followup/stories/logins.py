"""The demo's logins: made once, kept in the data folder in a file that only its owner may read."""

import json
import secrets
from base64 import b32decode, b32encode
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from knox.crypto import hash_token
from knox.models import AuthToken

from trial.accounts.second_factor import is_enrolled
from trial.models import AccountAct
from trial.server.data_folder import write_private

LONG_ENOUGH = timedelta(hours=1)


class Logins:
    """Passwords, API tokens and secrets of second factors by username. A token is shown only when it is made, so it is kept here, too."""

    def __init__(self, data: Path) -> None:
        self.file = data / "logins.json"
        self.kept: dict[str, dict[str, str]] = json.loads(self.file.read_text()) if self.file.exists() else {}

    def passwords(self, usernames: Iterable[str]) -> dict[str, str]:
        """A password for each, the same at each start."""
        return {username: self._kept("passwords", username, lambda: secrets.token_urlsafe(9)) for username in usernames}

    def tokens(self, usernames: Iterable[str]) -> dict[str, str]:
        """A token for each that holds for an hour at least; those that end sooner, or are unknown, are made anew."""
        return {username: self._token(User.objects.get(username=username)) for username in usernames}

    def second_factors(self, usernames: Iterable[str]) -> dict[str, str]:
        """The secret of each one's codes, as an authenticator app takes it; the database is given the same,
        until one is reported lost."""
        return {username: self._second_factor(User.objects.get(username=username)) for username in usernames}

    def _second_factor(self, user: User) -> str:
        secret = self._kept("second_factors", user.username, lambda: b32encode(secrets.token_bytes(20)).decode())
        if not is_enrolled(user) and not AccountAct.objects.filter(person=user, kind=AccountAct.Kind.LOSS).exists():
            TOTPDevice.objects.create(user=user, name="authenticator", key=b32decode(secret).hex())
        return secret

    def code(self, username: str) -> str | None:
        """What the app would show now."""
        secret = self.kept.get("second_factors", {}).get(username)
        return f"{totp(b32decode(secret)):06}" if secret else None

    def _token(self, user: User) -> str:
        token = self.kept.get("tokens", {}).get(user.username, "")
        holds = AuthToken.objects.filter(user=user, digest=hash_token(token) if token else "", expiry__gt=_soon())
        if not holds.exists():
            self.kept.get("tokens", {}).pop(user.username, None)
            token = self._kept("tokens", user.username, lambda: AuthToken.objects.create(user)[1])
        return token

    def _kept(self, kind: str, username: str, make: Any) -> str:
        values = self.kept.setdefault(kind, {})
        if username not in values:
            values[username] = make()
            write_private(self.file, json.dumps(self.kept, indent=2))
        return values[username]


def _soon() -> Any:
    return timezone.now() + LONG_ENOUGH

"""The demo's logins: made once, and stored in the data folder in a file that only its owner may
read.
"""

import json
import secrets
from base64 import b32decode, b32encode
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

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
    """The passwords, API tokens and secrets of second factors, by username.

    A token is shown only when it is made, so it is stored here, too.
    """

    def __init__(self, data: Path) -> None:
        self.file = data / "logins.json"
        self.values: dict[str, dict[str, str]] = {}
        if self.file.exists():
            self.values = json.loads(self.file.read_text())

    def passwords(self, usernames: Iterable[str]) -> dict[str, str]:
        """Return a password for each, the same at each start."""
        return {
            name: self._stored("passwords", name, lambda: secrets.token_urlsafe(9))
            for name in usernames
        }

    def tokens(self, usernames: Iterable[str]) -> dict[str, str]:
        """Return a token for each that holds for an hour at least.

        One that ends sooner is made anew.
        """
        return {
            username: self._token(User.objects.get(username=username)) for username in usernames
        }

    def second_factors(self, usernames: Iterable[str]) -> dict[str, str]:
        """Return the secret of each person's codes, as an authenticator app takes it.

        The database is given the same secret, until it is reported lost.
        """
        return {
            username: self._second_factor(User.objects.get(username=username))
            for username in usernames
        }

    def _second_factor(self, user: User) -> str:
        secret = self._stored("second_factors", user.username, _new_secret)
        is_lost = AccountAct.objects.filter(person=user, kind=AccountAct.Kind.LOSS).exists()
        if not is_enrolled(user) and not is_lost:
            TOTPDevice.objects.create(user=user, name="authenticator", key=b32decode(secret).hex())
        return secret

    def code(self, username: str) -> str | None:
        """Return the code that the app would show now, or None for a person without a secret."""
        secret = self.values.get("second_factors", {}).get(username)
        return f"{totp(b32decode(secret)):06}" if secret else None

    def _token(self, user: User) -> str:
        token = self.values.get("tokens", {}).get(user.username, "")
        digest = hash_token(token) if token else ""
        holding = AuthToken.objects.filter(
            user=user, digest=digest, expiry__gt=timezone.now() + LONG_ENOUGH
        )
        if not holding.exists():
            self.values.get("tokens", {}).pop(user.username, None)
            token = self._stored(
                "tokens", user.username, lambda: str(AuthToken.objects.create(user)[1])
            )
        return token

    def _stored(self, kind: str, username: str, make: Callable[[], str]) -> str:
        """Return the person's value of this kind. Make and store it where there is none."""
        values = self.values.setdefault(kind, {})
        if username not in values:
            values[username] = make()
            write_private(self.file, json.dumps(self.values, indent=2))
        return values[username]


def _new_secret() -> str:
    return b32encode(secrets.token_bytes(20)).decode()

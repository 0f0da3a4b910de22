"""The person who asks: the owner of the token in the header, which is found by its hash."""

from typing import Any

from knox.auth import TokenAuthentication
from rest_framework import exceptions

from trial.audit.client import add_token


class ByToken(TokenAuthentication):
    """Knox's authentication. A token that is no text is an unknown one; Knox stumbles over it."""

    # knox has no stubs
    def authenticate_credentials(self, token: bytes) -> Any:
        """Return the person and the token. Raise AuthenticationFailed for an unknown token."""
        if not token.isascii():
            raise exceptions.AuthenticationFailed
        person, stored = super().authenticate_credentials(token)
        add_token(stored.digest)
        return person, stored

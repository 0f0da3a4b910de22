"""Who asks: the token in the header, known by its hash."""

from typing import Any

from knox.auth import TokenAuthentication
from rest_framework import exceptions

from trial.audit.client import add_token


class ByToken(TokenAuthentication):
    """Knox's, which stumbles over a token that is no text; to us such a token is unknown."""

    def authenticate_credentials(self, token: bytes) -> Any:
        if not token.isascii():
            raise exceptions.AuthenticationFailed
        known = super().authenticate_credentials(token)
        add_token(known[1].digest)
        return known

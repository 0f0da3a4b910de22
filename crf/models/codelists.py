"""Code lists that are read off a table of the protocol, so that each code stands once."""

from collections.abc import Mapping
from typing import Any

from django.db import models


def codelist(name: str, codes: Mapping[str, tuple[str, str]]) -> type[models.TextChoices]:
    """Return choices named `name`: by their name in Python, each with its code and its label."""
    choices: Any = models.TextChoices  # the stubs know no functional form of it
    built: type[models.TextChoices] = choices(name, dict(codes))
    return built

"""Code lists that are read off a table of the protocol, so that each code stands once."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from django.db import models

C = TypeVar("C", bound=StrEnum)


def codelist(name: str, codes: Mapping[str, tuple[str, str]]) -> type[models.TextChoices]:
    """Return choices named `name`: by their name in Python, each with its code and its label."""
    choices: Any = models.TextChoices  # the stubs know no functional form of it
    built: type[models.TextChoices] = choices(name, dict(codes))
    return built


def labeled(*codes: StrEnum) -> dict[str, tuple[str, str]]:
    """Return codes of the protocol for `codelist`, each as its own label."""
    return {code.name: (code.value, code.value) for code in codes}


def worded(labels: Mapping[C, str]) -> dict[str, tuple[str, str]]:
    """Return codes of the protocol for `codelist`, each with its label."""
    return {code.name: (code.value, label) for code, label in labels.items()}

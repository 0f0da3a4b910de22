"""The texts of the protocol in the reader's language: the one place that knows both.

The protocol is pure Python and speaks English (trial/protocol/sentence.py). What is stored, signed
or hashed stays so; what is shown comes through here.
"""

from typing import Any

from django.utils.translation import gettext

from trial.protocol.sentence import Sentence

SIGNED_IN = "en"
"""The language of what is signed, and of the evidence that is hashed under a signature."""


def translated(text: str) -> str:
    """Return a text of the protocol in the reader's language, with all that it is made of."""
    if isinstance(text, Sentence):
        return gettext(text.template).format(**in_words(text.values))
    return gettext(text) if text else ""


# The values of a sentence may be of any type, hence `Any`.
def in_words(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a sentence, those that are sentences themselves translated."""
    return {name: _in_words(value) for name, value in values.items()}


def _in_words(value: Any) -> Any:
    """Return a value; a sentence, or the one that an error of the protocol carries, translated."""
    if isinstance(value, Exception) and value.args:
        value = value.args[0]
    return translated(value) if isinstance(value, Sentence) else value

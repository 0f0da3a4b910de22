"""Text that names a person is refused (crf_spec 0.3)."""

import re

from django.utils.translation import gettext_lazy

from trial.refusals import Code, impossible

IDENTIFIERS = (
    (gettext_lazy("a resident identity number"), re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")),
    (gettext_lazy("a mobile telephone number"), re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")),
    (gettext_lazy("an e-mail address"), re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,255}\.\w")),
)
"""Patterns of text that names a person (crf_spec 0.3).

They look around instead of using `\\b`, because a CJK character is a word character. They are
bounded (RFC 5321, section 4.5.3.1), because the time of a search grows with the text.
"""


def without_identifiers(text: str) -> None:
    """Refuse free text that names a person (crf_spec 0.3)."""
    for kind, pattern in IDENTIFIERS:
        if pattern.search(text):
            raise impossible(Code.IDENTIFIER_IN_TEXT, kind=kind)

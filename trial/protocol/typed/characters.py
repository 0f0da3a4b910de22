"""The characters of a text that a document can carry (XML 1.0, section 2.2; crf_spec 0.3)."""

import re

UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Each character that is no `Char` of XML 1.0: control characters, half pairs, U+FFFE, U+FFFF."""


def unfit(text: str) -> str:
    """Return the first character that XML 1.0 cannot carry, as U+0001; empty text if there is none.

    >>> unfit("a\\x01b"), unfit("电话\\n"), unfit("\\ufffe")
    ('U+0001', '', 'U+FFFE')
    """
    match = UNFIT.search(text)
    return f"U+{ord(match[0]):04X}" if match else ""

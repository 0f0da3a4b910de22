"""The template that a translation begins with: all messages in the format of GNU gettext."""

from collections.abc import Iterable

from trial.management.sentences.sentence import Sentence

HEADER = """# Every text of Casebook that a user can see. Written by `manage.py sentences --pot`.
msgid ""
msgstr ""
"Project-Id-Version: Casebook\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""


def pot(messages: Iterable[Sentence]) -> str:
    """Return the template. A text that several kinds have stands in it once."""
    by_text: dict[str, Sentence] = {}
    for message in messages:
        earlier = by_text.get(message.text)
        by_text[message.text] = earlier.joined(message) if earlier else message
    entries = [_entry(message) for message in by_text.values() if message.text]
    return "\n".join([HEADER, *entries])


def _entry(message: Sentence) -> str:
    """Return one message.

    >>> print(_entry(Sentence("page", ("templates/x.html:1",), 'Say "why"')), end="")
    #: templates/x.html:1
    msgid "Say \\"why\\""
    msgstr ""
    """
    lines = [f"#: {place.replace(' ', '_')}" for place in message.places]
    if "%(" in message.text:
        lines.append("#, python-format")
    elif "{" in message.text:
        lines.append("#, python-brace-format")
    lines.append(f"msgid {_quoted(message.text)}")
    if message.plural:
        lines += [f"msgid_plural {_quoted(message.plural)}", 'msgstr[0] ""', 'msgstr[1] ""']
    else:
        lines.append('msgstr ""')
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'

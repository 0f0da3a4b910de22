"""A text that a user can see: its kind, and the places that show it."""

import re
from typing import NamedTuple

REFUSAL, NOTICE, LABEL, UNIT, CODE, PAGE = "refusal", "notice", "label", "unit", "code", "page"
KINDS = (REFUSAL, NOTICE, LABEL, UNIT, CODE, PAGE)


class Sentence(NamedTuple):
    """A text as gettext looks it up.

    The text of a template has named placeholders of the form `%(name)s`, as Django makes them.
    """

    kind: str
    places: tuple[str, ...]
    text: str
    plural: str = ""

    @property
    def in_words(self) -> str:
        """Return the text as a person reads it, on one line, with its placeholders in braces."""
        forms = [self.text, self.plural] if self.plural else [self.text]
        texts = [re.sub(r"%\((\w+)\)s", r"{\1}", text).replace("%%", "%") for text in forms]
        return " | ".join(" ".join(text.split()) for text in texts)

    def joined(self, same: "Sentence") -> "Sentence":
        """Return the text with the places of both."""
        places = tuple(dict.fromkeys([*self.places, *same.places]))
        return self._replace(places=places, plural=self.plural or same.plural)

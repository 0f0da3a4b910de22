"""How the trail tells an act on the data, whose table has no history beside it: what it is about, and what was said (R07)."""

from typing import NamedTuple


class About(NamedTuple):
    """Where an act names what it is about: lookups of form (a label), record and item; or the one form that it is always about."""

    form: str = ""
    record: str = ""
    item: str = ""
    always: str = ""


class Said(NamedTuple):
    """A code, how people read it, and what the person wrote in words of their own."""

    code: str
    text: str
    words: str = ""

"""Derivations: plain functions of a casebook by the protocol.

They are computed anew each time and never stored. A chapter registers the functions of the derived
values that forms name (trial/fields.py, Derived), or gathers the facts by which eligibility, the
check after cycle 2, strata, schedule and course are judged.
"""

from importlib import import_module
from pkgutil import walk_packages


def register() -> None:
    """Import every chapter, so that each derived value knows its function; called at app start."""
    for chapter in walk_packages(__path__, prefix=f"{__name__}."):
        import_module(chapter.name)

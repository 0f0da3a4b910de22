"""What the protocol makes of a casebook: plain functions of it, computed anew each time, never
stored.

Each chapter registers the functions of the derived values that forms name (trial/fields.py,
Derived); the others gather what eligibility, the check after cycle 2, strata, schedule and course
are judged by.
"""

from importlib import import_module
from pkgutil import iter_modules


def register() -> None:
    """Import every chapter, so that each derived value knows its function; called at app start."""
    for chapter in iter_modules(__path__):
        import_module(f"{__name__}.{chapter.name}")

"""Checks: what is judged over a subject's casebook, from whichever record it is touched.

A check is a function of a casebook that yields what it finds, declared in one line with its code,
its level and the forms that it reads (trial/actions/checking/check.py; crf_spec 0.4). A relation
between two records is such a check: it is judged anew whichever of the two is entered, changed,
moved or withdrawn, and each finding names its carrier and the other record.
"""

from importlib import import_module
from pkgutil import iter_modules


def declare() -> None:
    """Import every chapter, so that its checks are known; called at app start."""
    for chapter in iter_modules(__path__):
        import_module(f"{__name__}.{chapter.name}")

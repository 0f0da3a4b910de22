"""The follow-up: due and late visits, and the outcome of each subject. One file is one form.

Each file of this folder is imported, so that Django knows a new form as soon as its file exists.
"""

from importlib import import_module
from pkgutil import iter_modules

from .flag import Flag, NightlyRun

for module in iter_modules(__path__):
    import_module(f"{__name__}.{module.name}")

__all__ = ["Flag", "NightlyRun"]

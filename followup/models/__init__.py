"""What is due, what is late, what became of the patient: one file one form.

Each file of this folder is imported, so that a new form is known to Django as soon as its file is
there.
"""

from importlib import import_module
from pkgutil import iter_modules

from .flag import Flag, NightlyRun

for module in iter_modules(__path__):
    import_module(f"{__name__}.{module.name}")

__all__ = ["Flag", "NightlyRun"]

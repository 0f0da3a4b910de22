"""The entry screens of the casebook: each form has the page that trial/admin/records.py reads off it."""

from trial.admin.records import register
from trial.models import Record

from . import models

for form in Record.forms():
    if form.__module__.startswith(models.__name__):
        register(form)

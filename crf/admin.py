"""The entry screens of the casebook, which trial/admin/records.py reads off the forms."""

from trial.admin.records import register
from trial.models import Record

for form in Record.forms():
    if form._meta.app_label == "crf":
        register(form)

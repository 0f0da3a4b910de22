"""The entry screens of follow-up: each form has the page that trial/admin/records.py reads off it."""

from trial.admin.records import register
from trial.models import Record

for form in Record.forms():
    if form._meta.app_label == "followup":
        register(form)

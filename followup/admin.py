"""The entry screens of follow-up, which trial/admin/records.py reads off the forms."""

from trial.admin.records import register
from trial.models import Record

for form in Record.forms():
    if form._meta.app_label == "followup":
        register(form)

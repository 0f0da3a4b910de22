"""Everything that is kept, read off the app registry: what tests about every form go through."""

from django.apps import apps

from trial.history import KeepsHistory
from trial.models import Record, Visit

KEPT = [m for m in apps.get_models() if any(isinstance(kept, KeepsHistory) for kept in m._meta.constraints)]
FORMS = Record.forms()
TABLES = [model for form in FORMS for model in (form, *form.groups())]
ENTERED = [Visit, *TABLES]

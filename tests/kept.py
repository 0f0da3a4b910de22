"""Everything that is kept, read off the app registry: what tests about every form go through."""

from trial.audit.history import kept_models
from trial.models import Record, Visit

KEPT = kept_models()
FORMS = Record.forms()
TABLES = [model for form in FORMS for model in (form, *form.groups())]
ENTERED = [Visit, *TABLES]

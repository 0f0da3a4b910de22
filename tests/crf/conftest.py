"""Entering forms as a person does, starting from their examples."""

import pytest
from tests.examples import EXAMPLES, name_of, placed, rows_of, visit_for
from trial.audit.acting import acting
from trial.models import Visit

from trial.actions import entry


def row(group, **changes):
    """The example of a row, changed."""
    return EXAMPLES[name_of(group)].values | changes


@pytest.fixture
def enter(subject, data_manager):
    """Enter the example of a form, with some answers changed; `at` is the visit, `rows` replace those of the example."""

    def enter(form, *, at=None, rows=None, complete=True, **changes):
        with acting(by=data_manager):
            visit = visit_at(at) if at else visit_for(form, subject)
            values = placed(EXAMPLES[name_of(form)].values, visit) | changes
            record = form(visit=visit, **values)
            by_group = rows_of(record, stored=False) | (rows or {})
            placed_rows = {group: [placed(values, record) for values in entered] for group, entered in by_group.items()}
        return entry.enter(form, visit=visit, by=data_manager, values=values, rows=placed_rows, complete=complete)

    def visit_at(code):
        return Visit.objects.select_related("subject__site").get_or_create(subject=subject, code=code)[0]

    return enter


@pytest.fixture
def change(data_manager):
    """Change a record, with a reason."""

    def change(record, rows=None, **values):
        record.refresh_from_db()
        return entry.change(record, by=data_manager, version=record.version, values=values, rows=rows, reason="ENTRY_ERROR")

    return change

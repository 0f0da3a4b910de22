"""A record with a row of a group, complete."""

import pytest
from crf.models import Cycle
from tests.examples import complete
from trial.audit.acting import acting


@pytest.fixture
def cycle(subject, data_manager, commit):
    with acting(by=data_manager):
        cycle = complete(Cycle, subject)
    commit()
    return Cycle.objects.select_related("visit__subject__site").get(pk=cycle.pk)

"""A signed eligibility whose evidence changes is stale, and the subject is not randomized on it (S10)."""

from datetime import date

import pytest

from crf.actions import eligibility, randomization
from crf.models import LaboratoryResult, Randomization
from followup.stories import straightforward
from trial.acting import acting
from trial.refusal import Conflict

DAY = date(2025, 4, 25)


@pytest.mark.proves("S10")
@pytest.mark.parametrize("test", ["CREAT"])
def test_changed_evidence_makes_the_signed_gate_stale_and_randomization_is_refused(tell, team, test):
    story = tell(straightforward, until=straightforward.check)
    story.confirm(2, date(2025, 4, 24))
    signed = eligibility.latest(story.subject, 2)
    assert not eligibility.is_stale(signed, on=DAY)
    result = LaboratoryResult.objects.of(story.subject).filter(test=test).order_by("-panel__visit__held_on").first()
    with acting(by=team.data_manager, reason="TRANSCRIPTION"):
        LaboratoryResult.objects.filter(pk=result.pk).update(result="101")
    assert eligibility.is_stale(eligibility.latest(story.subject, 2), on=DAY)
    with pytest.raises(Conflict) as refused:
        randomization.randomize(story.subject, by=team.investigator, at=DAY)
    assert "G2_STALE" in refused.value.codes
    assert not Randomization.objects.of(story.subject).exists()

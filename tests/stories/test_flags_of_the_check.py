"""The flag of the check after cycle 2 follows every form that its facts are read from (crf_spec 4.5)."""

from crf.casebook import Casebook
from crf.derived import progression as check
from crf.models import ResponseAssessment, VitalSigns
from followup.actions import due, flagging
from followup.stories import progression, telling
from tests.examples import EXAMPLES
from trial.models import Record

from trial.actions import entry

VITALS = EXAMPLES["crf.vitalsigns"].values


def test_a_form_that_breaks_a_signature_has_them_computed(tell, team, monkeypatch, django_capture_on_commit_callbacks):
    """Whether the assessment's visit is signed is a fact of the check after cycle 2 (crf_spec 4.2)."""
    story = tell(progression, until=progression.CHAPTERS[-1])
    signed = story.visit("PC2")
    assert signed.signatures.exists()
    subjects = []
    monkeypatch.setattr(flagging, "_run_committed", subjects.append)
    vitals = VitalSigns.objects.standing().filter(visit=signed).first()
    with django_capture_on_commit_callbacks(execute=True):
        if vitals is None:
            entry.enter(VitalSigns, visit=signed, by=team.data_manager, values=VITALS, complete=True)
        else:
            changed = {"weight_kg": vitals.weight_kg + 1}
            entry.change(vitals, by=team.data_manager, version=vitals.version, values=changed, reason="TRANSCRIPTION")
    assert subjects == [story.subject.pk]


def test_the_check_reads_no_form_beside_those_that_it_names(tell):
    story = tell(progression, until=progression.CHAPTERS[-1])
    casebook = Casebook(story.subject)
    assert due.due_of(casebook, on=telling.day("2025-06-01"))
    read = {form for form in Record.forms() if casebook.has_read(form)}
    assert ResponseAssessment in read
    assert read <= set(check.READS)

"""One allocation for each subject, whatever arrives at the same time or again; numbers without a gap (crf_spec 2.13)."""

from threading import Barrier, Thread

import pytest
from django.conf import settings
from django.db import connection, transaction

from crf.actions import allocations, randomization
from crf.models import Randomization
from followup import actions
from followup.stories import waiting
from followup.stories.telling import Story, begin
from trial.actions import verify_ledger
from trial.models import Subject
from trial.refusal import Conflict

pytestmark = pytest.mark.usefixtures("transactional_db")
SUBJECTS, ASKED = 4, 3


def ready(team, number):
    """A subject against whose randomization nothing stands."""
    today = team.site.today()
    with transaction.atomic(), actions.without_hints():
        story = begin(team, f"01-8{number:02}", screened_on=today.fromordinal(today.toordinal() - 51))
        waiting.screened(story)
        waiting.two_cycles(story)
        story.sign("PC2")
        story.confirm(2, today)
    return story.subject.pk


def answers(pks, by):
    """What each of many askers is told, all asking at once, each on a connection of its own."""
    told, start = [], Barrier(len(pks))

    def ask(pk):
        try:
            subject = Subject.objects.select_related("site").get(pk=pk)
            start.wait(30)
            told.append((pk, randomization.randomize(subject, by=by).number))
        except Conflict as refused:
            told.append((pk, refused))
        except Exception as error:
            told.append((pk, error))
        finally:
            connection.close()

    threads = [Thread(target=ask, args=[pk]) for pk in pks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_many_who_ask_at_once_get_one_allocation_for_each_subject(team):
    before = Randomization.objects.count()
    pks = [ready(team, number) for number in range(SUBJECTS)]
    told = answers(pks * ASKED, team.investigator)
    given = {pk: number for pk, number in told if isinstance(number, str)}
    assert set(given) == set(pks)
    assert sorted(given.values()) == [f"R-{number:03}" for number in range(before + 1, before + SUBJECTS + 1)]
    refused = [(pk, refusal) for pk, refusal in told if not isinstance(refusal, str)]
    assert len(refused) == SUBJECTS * (ASKED - 1)
    for pk, refusal in refused:  # the second answer names the one allocation
        assert isinstance(refusal, Conflict), refusal
        assert refusal.codes == ["ALREADY_RANDOMIZED"]
        assert given[pk] in str(refusal)
    assert verify_ledger.findings() == []
    assert allocations.verify(settings.RANDOMIZATION_KEY_FILE.read_bytes()) == (before + SUBJECTS, ())


def test_allocation_asked_for_again_is_the_same(team, subject):
    story = Story(subject("01-001"), team)
    first = Randomization.objects.get(subject_once=story.subject)
    for _ in range(2):
        with pytest.raises(Conflict, match=f"{first.number}, {first.get_arm_display()}"):
            story.randomize(story.team.site.today())
    assert Randomization.objects.filter(subject_once=story.subject).count() == 1

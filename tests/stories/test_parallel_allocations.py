"""One allocation for each subject, whatever arrives at the same time or again; numbers without a gap (crf_spec 2.13)."""

from collections import Counter
from contextlib import closing
from itertools import takewhile
from threading import Barrier, Thread
from time import sleep

import pytest
from crf.actions import allocations, randomization
from crf.api.randomization import AllocationSerializer
from crf.models import Randomization, VitalSigns
from django.conf import settings
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from followup.actions import flagging
from followup.stories import waiting
from followup.stories.telling import begin
from tests.at_once import in_parallel
from trial.actions.verification import verify_ledger
from trial.audit.acting import acting
from trial.models import Ledger, Subject
from trial.refusals import Conflict

pytestmark = pytest.mark.usefixtures("transactional_db")
SUBJECTS, ASKED = 4, 3


def ready(team, number):
    """A subject against whose randomization nothing stands."""
    today = team.site.today()
    with transaction.atomic(), flagging.without_hints():
        story = begin(team, f"01-8{number:02}", screened_on=today.fromordinal(today.toordinal() - 51))
        waiting.screened(story)
        waiting.two_cycles(story)
        story.sign("PC2")
        story.confirm(2, today)
    return story.subject.pk


def answers(pks, team):
    """What each of many askers is told, all asking at once, each on a connection of its own."""
    told, start = [], Barrier(len(pks))

    def ask(pk):
        try:
            subject = Subject.objects.select_related("site").get(pk=pk)
            start.wait(30)
            told.append((pk, *randomization.randomize(subject, by=team.investigator, proof=team.proof)))
        except Exception as error:
            told.append((pk, error, False))
        finally:
            connection.close()

    threads = [Thread(target=ask, args=[pk]) for pk in pks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def as_told(record):
    return AllocationSerializer(record).data


def test_many_who_ask_at_once_get_one_allocation_for_each_subject(team):
    before = Randomization.objects.count()
    pks = [ready(team, number) for number in range(SUBJECTS)]
    told = answers(pks * ASKED, team)
    assert [answer for _, answer, _ in told if not isinstance(answer, Randomization)] == []
    made = {pk: as_told(record) for pk, record, is_new in told if is_new}
    assert set(made) == set(pks)
    assert sorted(one["number"] for one in made.values()) == [f"R-{number:03}" for number in range(before + 1, before + SUBJECTS + 1)]
    again = [(pk, record) for pk, record, is_new in told if not is_new]
    assert len(again) == SUBJECTS * (ASKED - 1)
    assert [pk for pk, record in again if as_told(record) != made[pk]] == []
    assert verify_ledger.findings() == []
    assert allocations.verify(settings.RANDOMIZATION_KEY_FILE.read_bytes()) == (before + SUBJECTS, ())


@pytest.mark.proves("S10")
def test_evidence_that_is_being_changed_is_waited_for(team):
    """The allocation reads what stands when it is made, not what stood when it was asked for."""
    pk, told = ready(team, 0), []
    asks = Thread(target=lambda: told.extend(answers([pk], team)))
    with acting(by=team.data_manager, reason="TRANSCRIPTION: the source says three"):
        VitalSigns.objects.of(Subject.objects.get(pk=pk)).update(ecog="3")
        asks.start()
        await_a_waiting_writer()
        assert told == []
    asks.join()
    (_, refused, is_new) = told[0]
    assert isinstance(refused, Conflict), refused
    assert ("G2_STALE" in refused.codes, is_new) == (True, False)


@pytest.mark.proves("S10")
def test_evidence_is_not_changed_while_an_allocation_is_made(team, monkeypatch):
    """A change waits for it, and comes after it in the ledger."""
    pk = ready(team, 0)
    record = VitalSigns.objects.of(Subject.objects.get(pk=pk)).last()
    changes = Thread(target=lambda: in_parallel(lambda: changed(record, team.data_manager)))
    refusals = randomization.refusals

    def with_a_change_meanwhile(*args, **kwargs):
        changes.start()
        await_a_waiting_writer()
        return refusals(*args, **kwargs)

    monkeypatch.setattr(randomization, "refusals", with_a_change_meanwhile)
    randomization.randomize(Subject.objects.select_related("site").get(pk=pk), by=team.investigator, proof=team.proof)
    changes.join()
    changed_in = Ledger.objects.get(form="crf.vitalsigns", record=record.pk, items__has_key="pulse", act="~")
    assert changed_in.seq > Ledger.objects.get(form="crf.randomization", subject=pk).seq


def changed(record, by):
    with acting(by=by, reason="TRANSCRIPTION"):
        VitalSigns.objects.filter(pk=record.pk).update(pulse=99)


def await_a_waiting_writer():
    with closing(connections.create_connection("default")) as another, another.cursor() as cursor:
        for _ in range(500):
            cursor.execute("select exists (select from pg_locks where locktype = 'advisory' and not granted)")
            if cursor.fetchone() == (True,):
                return
            sleep(0.02)
    raise AssertionError("Nobody waits.")


def test_allocation_asked_for_again_is_the_same(team, subject):
    one = subject("01-001")
    first = Randomization.objects.get(subject_once=one)
    for _ in range(2):
        record, is_new = randomization.randomize(one, by=team.investigator, proof=team.proof)
        assert (as_told(record), is_new) == (as_told(first), False)
    assert Randomization.objects.filter(subject_once=one).count() == 1


def test_allocation_reads_each_form_once_and_its_second_answer_asks_one_question(team):
    """The study's lock is held meanwhile: everybody else who is to be allocated waits."""
    one = Subject.objects.select_related("site").get(pk=ready(team, 0))
    with CaptureQueriesContext(connection) as first:
        assert randomization.randomize(one, by=team.investigator, proof=team.proof)[1]
    asked = [query["sql"] for query in first]
    allocated = next(place for place, sql in enumerate(asked) if sql.startswith('INSERT INTO "crf_randomization"'))
    proven = max(place for place in range(allocated) if asked[place] == "BEGIN")  # who asks has proven it before the transaction
    before = [query for query in list(first)[:proven] if "crf_" in query["sql"]]
    transaction = takewhile(lambda query: query["sql"] != "COMMIT", list(first)[proven:])  # the flags are computed after it
    under_lock = [*before, *transaction]
    assert len(under_lock) < len(first)
    times = Counter(query["sql"] for query in under_lock if query["sql"].startswith("SELECT"))
    twice = {sql.split('"')[1] for sql, asked in times.items() if asked > 1}
    assert twice <= {"crf_randomization", "crf_eligibility"}  # before the lock and under it; to judge by, and to refer to
    assert max(times.values()) == 2
    assert len(under_lock) <= 58
    with CaptureQueriesContext(connection) as second:
        assert not randomization.randomize(one, by=team.investigator, proof=team.proof)[1]
    assert len(second) == 1

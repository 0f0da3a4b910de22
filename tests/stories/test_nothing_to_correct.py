"""An act leaves flags, plan and states as the nightly job would: each act of the demo's stories, one by one (crf_spec 3.2)."""

import pytest
from followup.actions import flagging
from followup.models import Flag
from followup.pages import home
from followup.stories import intolerance, overdue, progression, screen_failures, straightforward, telling
from followup.stories.screen_failures import CASES
from trial.models import Subject, Visit

CODE = "01-802"
VERBS = ("enter", "change", "withdraw", "hold", "miss", "confirm", "randomize", "correct_strata", "sign")
"""The acts of a story (followup/stories/telling.py)."""

STORIES = {
    "straightforward": (straightforward.CONSENTED, straightforward.CHAPTERS[:5]),  # to the allocation, whichever arm
    "progression": (progression.CONSENTED, progression.CHAPTERS),
    "overdue": (overdue.CONSENTED, overdue.CHAPTERS[:-1]),
    "intolerance": (intolerance.CONSENTED, intolerance.CHAPTERS),
}


@pytest.fixture
def told_with_the_job_after_each_act(team, monkeypatch, django_capture_on_commit_callbacks):
    """Tell a story; after each act, run the job and note what it corrected."""
    corrected = []

    def watched(verb):
        original = getattr(telling.Story, verb)

        def act(story, *args, **kwargs):
            with django_capture_on_commit_callbacks(execute=True):
                result = original(story, *args, **kwargs)
            before = versions(story)
            swept = flagging.run_for(story.subject, on=story.subject.site.today())
            if swept != (0, 0, 0) or versions(story) != before:
                corrected.append((verb, args[0] if args else None, swept, versions(story) - before))
            return result

        return act

    def tell(consented, chapters):
        for verb in VERBS:
            monkeypatch.setattr(telling.Story, verb, watched(verb))
        telling.tell(team, CODE, screened_on=consented, chapters=chapters)
        return corrected

    return tell


def versions(story):
    return set(Visit.objects.filter(subject=story.subject).values_list("code", "version"))


@pytest.mark.parametrize("story", STORIES)
def test_the_job_finds_nothing_to_correct_after_any_act(story, told_with_the_job_after_each_act):
    assert told_with_the_job_after_each_act(*STORIES[story]) == []
    assert Flag.objects.filter(subject__code=CODE).exists()


def test_the_job_finds_nothing_to_correct_after_a_screen_failure(told_with_the_job_after_each_act):
    case = next(case for case in CASES if case.code.endswith("906"))
    chapters = screen_failures.chapters(case)
    assert told_with_the_job_after_each_act(case.screening.consent_on, chapters) == []


def test_the_job_finds_nothing_to_correct_once_a_flag_was_seen(tell, team, django_capture_on_commit_callbacks):
    story = tell(progression, until=progression.CHAPTERS[-1])
    today = story.subject.site.today()
    flagging.run_for(story.subject, on=today)
    flag = Flag.objects.open().get(subject=story.subject, kind=Flag.Kind.PROGRESSION_CHECK)
    with django_capture_on_commit_callbacks(execute=True):
        flagging.acknowledge(flag, by=team.investigator)
    assert flagging.run_for(Subject.objects.get(pk=story.subject.pk), on=today) == (0, 0, 0)


def test_randomized_subject_is_not_due_for_randomization(tell, team, client):
    story = tell(straightforward, until=straightforward.check)
    story.confirm(2, telling.day("2025-04-24"))
    story.randomize(telling.day("2025-04-25"))
    visit = Visit.objects.get(subject=story.subject, code="RAND")
    assert (visit.held_on, visit.status) == (telling.day("2025-04-25"), "DONE")
    client.force_login(team.data_manager)
    due = {(due.visit.subject.code, due.visit.code) for due in home.visits_due([team.site])}
    assert (story.subject.code, "RAND") not in due
    lines = client.get(f"/subjects/{story.subject.code}/").context["lines"]
    assert [line.state for line in lines if line.visit.code == "RAND"] == ["DONE_IN"]


def test_whole_trial_is_never_due(team):
    """Its forms are reminders, and it has no day (crf_spec 3.1)."""
    due = [due.visit for due in home.visits_due([team.site])]
    assert due
    assert [visit for visit in due if visit.is_common] == []

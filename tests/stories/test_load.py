"""The demo as a whole: what waits for whom, and that a second load changes nothing."""

from collections import Counter

import pytest
from crf.actions import randomization
from crf.casebook import Casebook
from crf.derived import eligibility, progression
from crf.models import LaboratoryPanel, Randomization
from django.contrib.auth.models import User
from django.db import connection
from followup.models import Flag, NightlyRun
from followup.pages.home import visits_to_sign
from followup.stories import demo, setup, waiting
from followup.stories.telling import Story
from tests.stories.conftest import PASSWORDS
from trial.models import Ledger, Record, Site, Subject, Visit
from trial.server.data_folder import Unusable


def people():
    return {user.username: user for user in User.objects.all()}


def rows():
    counted = {model: model.objects.count() for model in (User, Site, Subject, Visit, Flag, NightlyRun, Ledger, *Record.forms())}
    return counted | {"head": Ledger.objects.latest("seq").hash}


def test_a_second_load_changes_nothing():
    connection.check_constraints()
    before = rows()
    demo.load(PASSWORDS)
    connection.check_constraints()
    assert rows() == before


def test_everybody_has_a_login_and_a_role():
    for username, role, name in demo.PEOPLE:
        user = people()[username]
        assert user.check_password(PASSWORDS[username])
        assert user.get_full_name() == name
        assert [held.role for held in user.memberships.all()] == [role]


def test_nobody_logs_in_at_the_second_site():
    assert not people()[setup.ELSEWHERE].has_usable_password()


def test_people_of_the_first_site_do_not_see_the_subject_of_the_second():
    seen = {username: Subject.objects.visible_to(people()[username]).filter(code=waiting.ELSEWHERE).exists() for username in PASSWORDS}
    assert seen == {"dan": False, "ida": False, "mo": False, "sam": True, "ada": False, "ava": True}


def test_investigator_has_visits_to_sign():
    assert {str(visit) for visit in visits_to_sign(people()["ida"])} == {"01-001 TA2", "01-003 TA3", "01-013 PC2"}


def test_data_manager_has_a_draft_and_a_late_visit():
    drafts = LaboratoryPanel.objects.visible_to(people()["dan"]).filter(state="DRAFT")
    assert {panel.visit.subject.code for panel in drafts} == {waiting.DRAFT}
    late = Flag.objects.open().get(subject__code=waiting.LATE)
    assert (late.kind, late.anchor) == (Flag.Kind.VISIT_OVERDUE, "C2D1")


def test_flags_are_few():
    counted = Counter(Flag.objects.open().values_list("kind", flat=True))
    assert counted == {"VISIT_OVERDUE": 1, "VISIT_MISSED": 1, "PROGRESSION_CHECK": 1}


def test_night_was_run_once_for_each_site():
    assert sorted(NightlyRun.objects.values_list("site__code", flat=True)) == ["01", "02"]


def test_investigator_can_sign_confirm_and_randomize_the_one_who_waits(subject, team):
    one, today = Story(subject(waiting.UNSIGNED), team), team.site.today()
    assert "X07_UNKNOWN" in {refusal.code for refusal in randomization.refusals(Casebook(one.subject), on=today)}
    one.sign("PC2")
    assert progression.check(Casebook(one.subject), on=today).state == "PASSED"
    assert one.confirm(2, today).result == "ELIGIBLE"
    assert one.randomize(today).number == "R-003"
    assert Randomization.objects.count() == 3


def test_no_confirmation_of_an_eligible_subject_was_made_from_drafts(subject):
    for code in ("01-001", "01-002", "01-003"):
        one = subject(code)
        assert eligibility.assess(Casebook(one), gate=1, on=eligibility.latest(Casebook(one), 1).assessed_on).drafts == []


class TestKey:
    def test_gives_the_stories_their_arms(self, settings):
        assert setup.suits_the_stories(settings.RANDOMIZATION_KEY_FILE.read_bytes())

    def test_of_somebody_else_is_not_used(self, settings, tmp_path):
        settings.RANDOMIZATION_KEY_FILE = tmp_path / "key"
        other = next(key for key in (f"{n:064}".encode() for n in range(99)) if not setup.suits_the_stories(key))
        settings.RANDOMIZATION_KEY_FILE.write_bytes(other)
        with pytest.raises(Unusable, match="not one of the demo's"):
            setup.key_of_the_demo()
        assert settings.RANDOMIZATION_KEY_FILE.read_bytes() == other

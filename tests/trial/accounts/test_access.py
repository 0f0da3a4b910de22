"""The table of roles and acts, read aloud (crf_spec §7), and the scope that follows from it (A01,
A02, A04).
"""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.conftest import founder, member, new_site
from tests.kept import KEPT
from trial.access import ALLOWED, READS, STUDY_WIDE, Act, Role, roles_that_may
from trial.audit.acting import acting
from trial.models import Membership, Site, Subject, Visit, may, sites_where

COLUMNS = (Role.DATA_MANAGER, Role.INVESTIGATOR, Role.MONITOR, Role.SPONSOR, Role.ADMINISTRATOR, Role.AUDITOR)
TABLE = [
    # crf_spec §7                                                 DM INV CRA SP ADM AUD
    ("Create subject; enter, edit, withdraw", Act.ENTER,               "Y Y N N N N"),
    ("View CRF data; audit trail",            Act.READ,                "Y Y Y Y N Y"),
    ("… the month of birth, too",             Act.READ_BIRTH_MONTH,    "Y Y Y N N Y"),
    ("Confirm eligibility, sign IE",          Act.CONFIRM_ELIGIBILITY, "N Y N N N N"),
    ("Request randomization",                 Act.RANDOMIZE,           "N Y N N N N"),
    ("Confirm an allocation made outside",    Act.CONFIRM_ALLOCATION,  "Y N N N N N"),
    ("Sign off visits",                       Act.SIGN,                "N Y N N N N"),
    ("Acknowledge flags",                     Act.ACKNOWLEDGE,         "Y Y N N N N"),
    ("Raise a query",                         Act.RAISE_QUERY,         "Y Y Y N N N"),
    ("Answer a query",                        Act.ANSWER_QUERY,        "Y Y N N N N"),
    ("Close or reopen a query of one's own",  Act.CLOSE_QUERY,         "Y N Y N N N"),
    ("Close an automatic query",              Act.CLOSE_AUTOMATIC_QUERY, "N N Y N N N"),
    ("Source data verification mark",         Act.VERIFY,              "N N Y N N N"),
    ("Freeze, unfreeze a visit",              Act.FREEZE,              "Y N N N N N"),
    ("Lock of the database: propose",         Act.PROPOSE_LOCK,        "Y N N N N N"),
    ("Lock of the database: approve",         Act.APPROVE_LOCK,        "N N Y N N N"),
    ("Lock of the database: carry out",       Act.EXECUTE_LOCK,        "N N N N Y N"),
    ("Ranges, versions, sites: view",         Act.READ_SETUP,          "Y Y Y Y Y Y"),
    ("Ranges, versions, sites: change",       Act.SET_UP,              "N N N N Y N"),
    ("Users, roles, site assignment",         Act.MANAGE_PEOPLE,       "N N N N Y N"),
]  # fmt: skip
CELLS = [(act, role, cell == "Y") for _, act, row in TABLE for role, cell in zip(COLUMNS, row.split(), strict=True)]
PEOPLE = ["data_manager", "investigator", "monitor", "sponsor", "administrator", "auditor", "stranger"]


@pytest.mark.proves("A02")
@pytest.mark.parametrize(("act", "role", "allowed"), CELLS)
def test_role_may(act, role, allowed):
    assert (act in ALLOWED[role]) is allowed
    assert (role in roles_that_may(act)) is allowed


def test_every_role_and_every_act_has_its_place():
    assert set(COLUMNS) == set(Role) == set(ALLOWED)
    assert [act for _, act, _ in TABLE if act in READS] == [Act.READ, Act.READ_BIRTH_MONTH, Act.READ_SETUP]
    assert {act for _, act, _ in TABLE} == set(Act)


def test_nobody_who_writes_clinical_data_holds_a_role_for_the_whole_study():
    writing = Act.ENTER, Act.CONFIRM_ELIGIBILITY, Act.RANDOMIZE, Act.SIGN, Act.ACKNOWLEDGE
    assert not any(act in ALLOWED[role] for act in writing for role in STUDY_WIDE)


@pytest.mark.proves("A02", "A04")
@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("data_manager", True), ("investigator", True), ("monitor", True), ("sponsor", True), ("auditor", True),
        ("administrator", False), ("stranger", False),
    ],
)  # fmt: skip
def test_clinical_data_are_seen_by(request, visit, who, sees):
    person = request.getfixturevalue(who)
    assert Subject.objects.visible_to(person).exists() is sees
    assert Visit.objects.visible_to(person).exists() is sees


@pytest.mark.proves("A02")
@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_sees_the_setup_of_his_own_sites(request, site, other_site, who):
    person = request.getfixturevalue(who)
    seen = set(Site.objects.visible_to(person).values_list("code", flat=True))
    assert seen == {"02"} if who == "stranger" else seen >= {"01"}
    assert ("02" in seen) is (who in ("stranger", "sponsor", "administrator", "auditor"))


@pytest.mark.proves("A02")
def test_role_at_one_site_says_nothing_about_another(investigator, site, other_site):
    assert may(investigator, Act.SIGN, site.pk)
    assert not may(investigator, Act.SIGN, other_site.pk)
    assert sites_where(investigator, Act.SIGN) == {site.pk}


@pytest.mark.proves("A04")
def test_superuser_without_a_role_may_nothing(visit, django_user_model):
    root = django_user_model.objects.create_superuser("root")
    assert not any(may(root, act) for act in Act)
    assert not any(model.objects.visible_to(root).exists() for model in KEPT if model is not Membership)


@pytest.mark.proves("A03")
@pytest.mark.parametrize(("days", "holds"), [(-1, False), (0, True), (1, True)])
def test_role_ends_after_its_last_day(site, days, holds):
    person = member("eva", Role.AUDITOR)
    with acting(by=founder(), reason="Inspection over"):
        Membership.objects.filter(user=person).update(ends_on=timezone.localdate() + timedelta(days=days))
    assert may(person, Act.READ, site.pk) is holds


@pytest.mark.proves("A03")
@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Pacific/Kiritimati"])  # 25 hours apart: never the same day
@pytest.mark.parametrize(("days", "holds"), [(-1, False), (0, True)])
def test_role_ends_by_the_calendar_of_its_site(zone, days, holds, db):
    site = new_site("01", time_zone=zone)
    person = member("dan", Role.DATA_MANAGER, site)
    with acting(by=founder(), reason="Left the site"):
        Membership.objects.filter(user=person).update(ends_on=site.today() + timedelta(days=days))
    assert may(person, Act.READ, site.pk) is holds


@pytest.mark.proves("A03")
def test_deactivated_person_may_nothing(investigator, site):
    investigator.is_active = False
    assert not may(investigator, Act.READ, site.pk)


@pytest.mark.parametrize("role", sorted(set(Role) - STUDY_WIDE))
def test_role_that_needs_its_site_is_refused_without_one(db, role):
    with pytest.raises(Exception, match="role_has_its_site"):
        member("eva", role)


def test_role_is_held_once(site, investigator):
    with pytest.raises(Exception, match="role_held_once"), acting(by=founder()):
        Membership.objects.create(user=investigator, role=Role.INVESTIGATOR, site=site)


@pytest.mark.parametrize("model", [model for model in KEPT if model is not Membership], ids=lambda model: model._meta.label_lower)
def test_what_is_kept_leads_to_its_site(model):
    assert model.objects.filter(**{f"{model.path_to_site}__in": [1]}).query is not None

"""Informed consent (crf_spec 2.4)."""

from datetime import date

import pytest
from crf.models import Consent
from tests.conftest import founder
from trial.audit.acting import acting
from trial.models import ConsentVersion, Query, SiteStatus
from trial.refusals import Refused

AGAIN = {"type": "RECONSENT", "reconsent_reason": "NEW_VERSION", "unscheduled": "N", "declined": "N"}


def test_initial_consent_is_entered_once(enter):
    enter(Consent)
    with pytest.raises(Refused, match="The initial consent has been entered already"):
        enter(Consent)


def test_version_of_another_site_is_refused(enter, other_site):
    with acting(by=founder()):
        theirs = ConsentVersion.objects.create(
            site=other_site, number="v1.0", ec_approved_on=date(2022, 1, 1), effective_from=date(2022, 1, 1)
        )
    with pytest.raises(Refused, match="belongs to another site"):
        enter(Consent, form_version=theirs)


def test_nobody_consents_at_a_site_that_is_not_active_on_the_day(enter, site):
    with acting(by=founder()):
        SiteStatus.objects.create(site=site, status="ON_HOLD", since=date(2025, 1, 7))
    with pytest.raises(Refused, match="Site 01 was not active on 2025-01-07"):
        enter(Consent, signed_on=date(2025, 1, 7))
    assert enter(Consent, signed_on=date(2025, 1, 6)).pk


def test_outdated_version_is_recorded(enter, consent_version):
    """It can really have been signed, so it is never refused (crf_spec 0.4)."""
    with acting(by=founder(), reason="Replaced"):
        ConsentVersion.objects.update(effective_to=date(2024, 12, 31))
    assert enter(Consent).form_version == consent_version


IN_FORCE = [
    # signed       declined  asked about; the version is in force from 6 January to 5 February
    ("2025-01-05", "N",      True),
    ("2025-01-06", "N",      False),
    ("2025-02-05", "N",      False),
    ("2025-02-06", "N",      True),
    ("2025-02-06", "Y",      False),
]  # fmt: skip


@pytest.mark.parametrize(("day", "declined", "asked"), IN_FORCE)
def test_version_that_was_not_in_force_is_asked_about(enter, consent_version, day, declined, asked):
    """S, at the version (crf_spec 2.4, XC02); whoever declined has signed none."""
    with acting(by=founder(), reason="Replaced"):
        ConsentVersion.objects.update(effective_from=date(2025, 1, 6), effective_to=date(2025, 2, 5))
    enter(Consent, signed_on=date(2025, 1, 6))
    again = enter(Consent, at="COMMON", **AGAIN | {"declined": declined}, signed_on=date.fromisoformat(day))
    queries = Query.objects.filter(check_code="XC02")
    assert [(query.record, query.item) for query in queries] == ([(again.pk, "form_version")] if asked else [])


@pytest.mark.parametrize(("day", "asked"), [(5, True), (6, False), (7, False)])
def test_consent_given_again_before_the_initial_one_is_asked_about(enter, day, asked):
    """S, never a refusal; the same day is possible (crf_spec 2.4)."""
    enter(Consent, signed_on=date(2025, 1, 6))
    enter(Consent, at="COMMON", **AGAIN, signed_on=date(2025, 1, day))
    assert Query.objects.filter(check_code="ICF-ORDER").exists() == asked


def test_consent_given_again_where_it_was_not_given_is_asked_about(enter):
    again = enter(Consent, at="COMMON", **AGAIN)
    (query,) = Query.objects.all()
    assert (query.check_code, query.record, query.item) == ("ICF-INITIAL", again.pk, "type")


@pytest.mark.parametrize("item", ["reconsent_reason", "unscheduled", "declined"])
def test_consenting_again_says_why_and_whether(enter, item):
    enter(Consent)
    with pytest.raises(Refused, match="is not answered"):
        enter(Consent, at="COMMON", **AGAIN | {item: ""}, signed_on=date(2025, 2, 1))


@pytest.mark.parametrize("kind", ["RECONSENT", "WITHDRAWAL", "WITHDRAWAL_PARTIAL", "OPTIONAL"])
@pytest.mark.parametrize(("at", "refused"), [("SCR", "of the whole trial"), ("C1D1", "of the whole trial"), ("COMMON", "")])
def test_all_consents_but_the_initial_one_belong_to_the_common_visit(enter, kind, at, refused):
    """There they break no signature of another visit (crf_spec 2.4)."""
    enter(Consent, signed_on=date(2025, 1, 6))
    again = AGAIN if kind == "RECONSENT" else {}
    if not refused:
        assert enter(Consent, at=at, **again | {"type": kind}, signed_on=date(2025, 1, 8), complete=False).visit.code == "COMMON"
        return
    with pytest.raises(Refused) as error:
        enter(Consent, at=at, **again | {"type": kind}, signed_on=date(2025, 1, 8), complete=False)
    assert error.value.code == "form_of_whole_trial"


def test_initial_consent_belongs_to_screening(enter):
    with pytest.raises(Refused) as error:
        enter(Consent, at="COMMON")
    assert error.value.code == "form_of_visit"


def test_consent_entered_at_another_visit_before_that_rule_stays_correctable(enter, change):
    enter(Consent, signed_on=date(2025, 1, 6))
    again = enter(Consent, at="COMMON", **AGAIN, signed_on=date(2025, 2, 1))
    with acting(by=founder(), reason="Moved"):
        visit = again.subject.visits.get(code="SCR")
        earlier = Consent.objects.create(visit=visit, **AGAIN, signed_on=date(2025, 2, 3), missing={})
    assert change(earlier, signed_on=date(2025, 2, 4)).signed_on == date(2025, 2, 4)

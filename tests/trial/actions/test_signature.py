"""A visit's signature keeps what was signed, and says when that is no longer what stands there (S01, S03, S10, S11)."""

from datetime import date

import pytest
from crf.models import Eligibility, LaboratoryPanel, LaboratoryResult, Lesion, ResponseAssessment, TargetMeasurement, VitalSigns
from django.db import IntegrityError, transaction
from tests.closing import held_and_complete
from tests.conftest import CODE, PASSWORD, PROOF
from tests.examples import EXAMPLES, complete, lesion_of, unsaved
from trial.accounts.second_factor import Proof
from trial.audit.acting import acting
from trial.models import Change, Signature, Visit
from trial.output.reading import read_part
from trial.refusals import Conflict, NotAllowed, Refused

from trial.actions import entry, review

REASON = "TRANSCRIPTION"


@pytest.fixture
def visit(visit, data_manager):
    """Held and complete, with vital signs and one laboratory panel."""
    return held_and_complete(visit, data_manager, VitalSigns, LaboratoryPanel)


@pytest.fixture
def signature(visit, investigator):
    return review.sign_visit(visit, by=investigator, proof=PROOF)


def weigh(by, *weights):
    for weight in weights:
        with acting(by=by, reason=REASON):
            VitalSigns.objects.update(weight_kg=weight)


def changes(signature):
    return signature.changes(review.content_of_visit(Visit.objects.get(pk=signature.visit_id)))


@pytest.mark.proves("S01")
def test_signature_keeps_name_time_and_meaning(signature, investigator):
    signature.refresh_from_db()
    assert (signature.signed_by, signature.printed_name) == (investigator, "Ida Li")
    assert "agree with the source" in str(signature)
    assert f"{signature.signed_at:%Y-%m-%d %H:%M}" in str(signature)


def test_signature_keeps_what_was_shown_with_labels_units_and_rows(signature, visit):
    shown = {part["form"]: part["items"] for part in signature.content.values()}
    assert shown.keys() == {"Visit", "Vital signs and ECOG", "Laboratory panel"}
    assert shown["Vital signs and ECOG"]["weight_kg"] == ["Weight", "70.0", "kg", ""]
    assert shown["Visit"]["mode"] == ["How it was held", "On site", "", "ON_SITE"]
    assert ["Result", "97", "", ""] in shown["Laboratory panel"].values()
    assert signature.content_sha256 == review.digest(signature.content)


def test_what_has_no_value_has_no_unit(visit, subject, data_manager, investigator):
    """A lesion that is absent has no diameter, and so no “mm”."""
    with acting(by=data_manager):
        first = lesion_of(subject, "TARGET")
        second = Lesion.objects.create(visit=first.visit, **EXAMPLES["crf.lesion"].values)
        assessment = ResponseAssessment.objects.create(visit=visit, **EXAMPLES["crf.responseassessment"].values, state="COMPLETE")
        TargetMeasurement.objects.create(assessment=assessment, lesion=first, state="MEASURED", size_mm=12)
        TargetMeasurement.objects.create(assessment=assessment, lesion=second, state="ABSENT")
    content = review.content_of_visit(Visit.objects.get(pk=visit.pk))
    assert not [item for part in content.values() for item in part["items"].values() if item[2] and not item[1]]
    shown = {part["form"]: read_part(part) for part in content.values()}
    ((columns, rows),) = [table for table in shown["Response assessment"].tables if "Target lesion" in table[0]]
    assert [row[columns.index("Diameter (node: short axis)")] for row in rows] == ["12.0 mm", ""]


def test_signature_holds_while_the_visit_says_what_was_signed(signature, visit):
    assert review.valid_signature(visit) == signature
    assert changes(signature) == []


@pytest.mark.proves("S10", "C04")
def test_signature_breaks_when_a_value_changes_and_names_the_item(signature, visit, data_manager):
    weigh(data_manager, 72)
    assert review.valid_signature(visit) is None
    assert changes(signature) == [Change("Vital signs and ECOG", "Weight", "70.0", "72.0")]


@pytest.mark.proves("S10", "C04")
def test_signature_stays_broken_when_the_value_is_put_back(signature, visit, data_manager):
    weigh(data_manager, 72, 70)
    assert review.valid_signature(visit) is None
    assert changes(signature) == [Change("Vital signs and ECOG", "changed and changed back", "", "")]


@pytest.mark.proves("S10", "C04")
def test_signature_breaks_when_the_visits_own_date_changes(signature, visit, data_manager):
    with acting(by=data_manager, reason=REASON):
        Visit.objects.filter(pk=visit.pk).update(held_on=date(2025, 1, 9))
    assert review.valid_signature(Visit.objects.get(pk=visit.pk)) is None
    assert changes(signature) == [Change("Visit", "Date of visit", "2025-01-08", "2025-01-09")]


@pytest.mark.proves("S10", "C04")
def test_signature_breaks_when_a_record_is_added(signature, visit, data_manager):
    with acting(by=data_manager):
        complete(LaboratoryPanel, visit.subject)
    assert review.valid_signature(visit) is None
    assert {change.was for change in changes(signature)} == {""}


@pytest.mark.proves("S10", "C04")
def test_signature_breaks_when_a_record_is_withdrawn(signature, visit, data_manager):
    entry.withdraw(VitalSigns.objects.select_related("visit__subject").get(), by=data_manager, reason=REASON)
    assert review.valid_signature(visit) is None
    assert Change("Vital signs and ECOG", "Weight", "70.0", "") in changes(signature)


@pytest.mark.proves("S10", "C04")
@pytest.mark.parametrize("act", ["added", "changed", "withdrawn"])
def test_signature_breaks_when_a_row_is(signature, visit, data_manager, act):
    row = LaboratoryResult.objects.get(test="CREAT")
    with acting(by=data_manager, reason=REASON):
        if act == "added":
            LaboratoryResult.objects.create(panel=row.panel, test="UREAN", result="5.1", unit="mmol/L")
        elif act == "changed":
            LaboratoryResult.objects.filter(pk=row.pk).update(result="98")
        else:
            entry.withdraw_row(row, by=data_manager, version=row.version, reason=REASON, complete=False)
    assert review.valid_signature(visit) is None
    assert {change.form for change in changes(signature)} == {"Laboratory panel"}


@pytest.mark.proves("S10", "C04")
def test_broken_signature_is_kept_and_a_new_one_holds(signature, visit, data_manager, investigator):
    weigh(data_manager, 72)
    again = review.sign_visit(visit, by=investigator, proof=PROOF)
    assert review.valid_signature(visit) == again
    assert Signature.objects.count() == 2


def test_signature_of_what_is_signed_is_refused_while_it_holds(signature, visit, investigator):
    with pytest.raises(Conflict, match="the signature holds"):
        review.sign_visit(visit, by=investigator, proof=PROOF)


def test_reason_for_a_missing_value_is_signed_too(visit, data_manager, investigator):
    with acting(by=data_manager, reason=REASON):
        VitalSigns.objects.update(oxygen_saturation=None, missing={"oxygen_saturation": "ND"})
    signature = review.sign_visit(visit, by=investigator, proof=PROOF)
    shown = next(part["items"] for part in signature.content.values() if part["form"].startswith("Vital"))
    assert shown["oxygen_saturation"] == ["Oxygen saturation", "Not done", "%", "ND"]


def test_eligibility_has_a_signature_of_its_own(signature, visit, investigator):
    with acting(by=investigator):
        unsaved(Eligibility, visit.subject).save()
    assert review.valid_signature(visit) == signature


@pytest.mark.proves("S09")
@pytest.mark.parametrize("who", ["data_manager", "monitor", "sponsor", "administrator", "auditor", "stranger"])
def test_only_an_investigator_of_the_site_signs(request, visit, who):
    with pytest.raises(NotAllowed, match="Only an investigator of this site"):
        review.sign_visit(visit, by=request.getfixturevalue(who), proof=PROOF)
    assert not Signature.objects.exists()


@pytest.mark.proves("S04", "C04")
@pytest.mark.parametrize("password", ["wrong", "", PASSWORD.upper()])
def test_wrong_password_signs_nothing(visit, investigator, password):
    with pytest.raises(Refused, match="password does not match"):
        review.sign_visit(visit, by=investigator, proof=Proof(password, CODE))
    assert not Signature.objects.exists()


@pytest.mark.proves("S09")
def test_draft_keeps_the_visit_from_being_signed(visit, data_manager, investigator):
    with acting(by=data_manager, reason=REASON):
        VitalSigns.objects.update(state="DRAFT")
    with pytest.raises(Conflict, match="is a draft"):
        review.sign_visit(visit, by=investigator, proof=PROOF)


def test_visit_without_its_date_is_not_signed(visit, data_manager, investigator):
    with acting(by=data_manager, reason=REASON):
        Visit.objects.filter(pk=visit.pk).update(held_on=None)
    with pytest.raises(Conflict, match="“Date of visit” is not answered"):
        review.sign_visit(visit, by=investigator, proof=PROOF)


def test_missed_visit_is_signed_with_its_reason(visit, data_manager, investigator):
    with acting(by=data_manager, reason=REASON):
        Visit.objects.filter(pk=visit.pk).update(status="MISSED", held_on=None, mode="", missed_reason="Fever")
    assert review.sign_visit(visit, by=investigator, proof=PROOF).pk


@pytest.mark.proves("S11")
def test_what_changed_after_the_page_was_opened_is_not_signed_unseen(visit, data_manager, investigator):
    shown = review.digest(review.content_of_visit(visit))
    weigh(data_manager, 72)
    with pytest.raises(Conflict, match="changed since this page was opened"):
        review.sign_visit(visit, by=investigator, proof=PROOF, shown_sha256=shown)
    shown = review.digest(review.content_of_visit(visit))
    assert review.sign_visit(visit, by=investigator, proof=PROOF, shown_sha256=shown).pk


@pytest.mark.proves("S03", "C04")
def test_signature_is_never_changed_moved_or_deleted(signature, subject):
    other = Visit.objects.exclude(pk=signature.visit_id).first()
    for change in ({"printed_name": "Somebody Else"}, {"visit": other}, {"record": other.pk}, {"content": {}}):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Signature.objects.update(**change)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        signature.delete()


@pytest.mark.proves("A02")
def test_signatures_are_seen_at_ones_own_sites_only(signature, investigator, monitor, sponsor, stranger):
    for person in (investigator, monitor, sponsor):
        assert Signature.objects.visible_to(person).get() == signature
    assert not Signature.objects.visible_to(stranger).exists()

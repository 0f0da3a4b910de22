"""Story 1 (crf_spec 8): each `→` within this line. Who fails at which criterion, and who passes in the end."""

from dataclasses import replace
from decimal import Decimal

import pytest
from crf.actions import confirmation
from crf.casebook import Casebook
from crf.derived import eligibility, evidence, progression
from crf.derived.since_confirmed import is_stale
from crf.models import Administration, Consent, Cycle, Demographics, Eligibility, Lesion, Randomization
from followup.stories import intolerance, usual
from followup.stories.telling import begin, day
from trial.models import Signature
from trial.protocol.eligibility import gates as rules
from trial.protocol.laboratory import clearance
from trial.protocol.parameters import DEFAULT, BrainLiverLogic, Parameters
from trial.refusals import Conflict, Refused

from trial.actions import entry

FAILURES = [
    # subject, failed,   criterion, its truth
    ("901",    "I01",     "I01", "NOT_MET"),
    ("902",    "I02",     "I02", "NOT_MET"),
    ("903",    "I03",     "I03", "NOT_MET"),
    ("905",    "I04",     "I04", "NOT_MET"),
    ("906",    "I05",     "I05", "NOT_MET"),
    ("907",    "I06",     "I06", "NOT_MET"),
    ("909",    "I07",     "I07", "NOT_MET"),
    ("910",    "I08",     "I08", "NOT_MET"),
    ("911",    "I09",     "I09", "NOT_MET"),
    ("912",    "I10",     "I10", "NOT_MET"),
    ("913",    "I11",     "I11", "NOT_MET"),
    ("914",    "I12",     "I12", "NOT_MET"),
    ("915",    "I01 X01", "X01", "MET"),
    ("916",    "X02",     "X02", "MET"),
    ("917",    "X03",     "X03", "MET"),
    ("918",    "X04",     "X04", "MET"),
    ("919",    "X05",     "X05", "MET"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "failed", "name", "truth"), FAILURES)
def test_fails_at_the_first_gate(code, failed, name, truth, subject, criterion):
    confirmed = eligibility.latest(Casebook(subject(f"01-{code}")), 1)
    assert (confirmed.result, confirmed.failed) == ("INELIGIBLE", failed)
    assert criterion(f"01-{code}", name).investigator == truth
    assert eligibility.is_signed(confirmed, Casebook(confirmed.subject))
    assert not subject(f"01-{code}").visits.filter(code="C1D1", stopped=False).exists()


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        ("903", "I03", "Organ units: 4 (adrenal gland, bone, lung, regional lymph nodes)"),
        ("907", "I06", "Age at consent: 81"),
        ("910", "I08", "ECOG 2"),
        ("911", "I09", "Hemoglobin 88.0 g/L"),
        ("912", "I10", "= 2.12 × ULN"),
        ("913", "I11", "= 3.00 × ULN"),
        ("914", "I12", "28.4 mL/min"),
        ("917", "I03", "Organ units: 1 (liver)"),
        ("917", "X03", "Liver metastases: 5"),
        ("918", "X04", "ESCC 2"),
    ],
)
def test_explanation_names_what_decided(code, name, said, criterion):
    assert said in criterion(f"01-{code}", name).explanation


class TestWhatTheDataLeaveOpen:
    """901, 902: unknown by the data; the investigator says, in words, that the criterion is not met."""

    @pytest.mark.parametrize(("code", "name", "words"), [("901", "I01", "refused a biopsy"), ("902", "I02", "resectable")])
    def test_is_decided_by_the_investigator_with_a_text(self, code, name, words, criterion):
        found = criterion(f"01-{code}", name)
        assert (found.automatic, found.investigator) == ("UNKNOWN", "NOT_MET")
        assert words in found.comment

    def test_is_not_decided_without_one(self, subject, team):
        with pytest.raises(Refused, match="Give the reason"):
            confirmation.confirm(
                subject("01-901"), gate=1, by=team.investigator, proof=team.proof, verdicts={"I01": "NOT_MET"},
                assessed_on=day("2025-01-10"),
            )  # fmt: skip

    def test_what_fails_by_the_data_is_not_overruled(self, subject, team):
        with pytest.raises(Refused, match="cannot be overruled"):
            confirmation.confirm(
                subject("01-910"), gate=1, by=team.investigator, proof=team.proof, verdicts={"I08": "MET"},
                comments={"I08": "Looks well."}, assessed_on=day("2025-03-21"),
            )  # fmt: skip


class TestControl904:
    """Lung, bone, regional nodes, and perhaps the liver."""

    def test_is_undetermined_while_the_liver_lesion_is_equivocal(self, subject, criterion):
        first = Eligibility.objects.of(subject("01-904")).order_by("pk").first()
        assert first.result == "UNDETERMINED"
        assert "Organ units: 3 to 4" in criterion("01-904", "I03", confirmation=0).explanation
        assert criterion("01-904", "I03", confirmation=0).automatic == "UNKNOWN"

    def test_passes_once_it_is_taken_back_with_a_reason(self, subject, criterion):
        assert criterion("01-904", "I03").automatic == "MET"
        assert eligibility.latest(Casebook(subject("01-904")), 1).result == "ELIGIBLE"
        withdrawn = subject("01-904").visits.get(code="COMMON")
        assert "hemangioma" in withdrawn_lesion(withdrawn).history.latest().history_change_reason

    def test_leaves_the_first_confirmation_stale(self, subject):
        first = Eligibility.objects.of(subject("01-904")).order_by("pk").first()
        assert is_stale(first, Casebook(first.subject), on=first.assessed_on)


def withdrawn_lesion(visit):
    return Lesion.objects.exclude(withdrawn_at=None).get(visit=visit)


class TestControl908:
    """Born in 1944-06, consent on 2025-06-15: 80 or 81 years old."""

    def test_is_undetermined_until_the_source_is_asked(self, criterion):
        found = criterion("01-908", "I06", confirmation=0)
        assert (found.automatic, found.explanation) == ("UNKNOWN", "Age at consent: 80 or 81; 18 to 80 years are required.")

    def test_passes_with_80_years(self, subject, criterion):
        assert criterion("01-908", "I06").automatic == "MET"
        assert eligibility.latest(Casebook(subject("01-908")), 1).result == "ELIGIBLE"

    def test_does_not_pass_with_81_years(self, subject, team):
        entry_of_age(subject("01-908"), team, 81)
        verdicts = {v.criterion: v.truth for v in eligibility.assess(Casebook(subject("01-908")), gate=1, on=day("2025-06-20")).verdicts}
        assert verdicts["I06"] == "NOT_MET"

    def test_is_refused_with_79_years(self, subject, team):
        with pytest.raises(Refused, match="was 80 or 81 at consent, not 79"):
            entry_of_age(subject("01-908"), team, 79)
        assert Demographics.objects.of(subject("01-908")).get().age_confirmed == 80


def entry_of_age(subject, team, years):
    person = Demographics.objects.of(subject).get()
    values = {"age_confirmed": years}
    return entry.change(person, by=team.data_manager, version=person.version, values=values, reason="TRANSCRIPTION")


class TestWithdrawal906:
    def test_counts_from_its_day(self, subject):
        truths = {
            on: eligibility.assess(Casebook(subject("01-906")), gate=1, on=day(on)).verdicts[4].truth.value
            for on in ("2025-02-26", "2025-02-27")
        }
        assert truths == {"2025-02-26": "MET", "2025-02-27": "NOT_MET"}

    def test_ends_the_plan_and_keeps_what_was_entered(self, subject):
        assert subject("01-906").visits.filter(code="EOS").exists()
        assert {consent.type for consent in Consent.objects.of(subject("01-906"))} == {"INITIAL", "WITHDRAWAL"}


def test_true_but_ineligible_age_is_stored(subject):
    assert Demographics.objects.of(subject("01-907")).get().age_at_consent == "81"


def test_alp_of_bone_is_no_exception_and_of_liver_is_one(subject):
    gathered = evidence.gather(Casebook(subject("01-913")), gate=1, on=day("2025-04-18"), parameters=DEFAULT).evidence
    verdicts = {v.criterion: v for v in rules.evaluate(gathered, gate=1)}
    assert verdicts["I11"].truth == "NOT_MET"
    liver = (*gathered.lesions, rules.Lesion(code="L09", lesion_class="VISCERAL", organ="LIVER", certainty="DEFINITE"))
    relaxed = replace(gathered, liver_metastases="Y", lesions=liver)
    assert {v.criterion: v.truth for v in rules.evaluate(relaxed, gate=1)}["I11"] == "MET"


def test_clearance_of_914_is_28_37():
    assert round(clearance.creatinine_clearance(71, Decimal(52), "F", Decimal(132)), 2) == Decimal("28.37")


def test_brain_metastasis_excludes_alone_unless_the_text_is_read_literally(subject):
    gathered = evidence.gather(Casebook(subject("01-916")), gate=1, on=day("2025-05-10"), parameters=DEFAULT).evidence
    read = {
        logic: {v.criterion: v.truth.value for v in rules.evaluate(gathered, gate=1, parameters=Parameters(brain_liver_logic=logic))}
        for logic in BrainLiverLogic
    }
    assert (read[BrainLiverLogic.OR]["X02"], read[BrainLiverLogic.AND]["X02"]) == ("MET", "NOT_MET")
    literally = rules.evaluate(gathered, gate=1, parameters=Parameters(brain_liver_logic=BrainLiverLogic.AND))
    assert rules.overall(literally) == "ELIGIBLE"


def test_trace_of_fluid_alone_is_unknown(subject):
    gathered = evidence.gather(Casebook(subject("01-919")), gate=1, on=day("2025-05-30"), parameters=DEFAULT).evidence
    trace = replace(gathered, pleural="ABSENT")
    assert {v.criterion: v.truth for v in rules.evaluate(trace, gate=1)}["X05"] == "UNKNOWN"


class TestIntolerance:
    """01-010: gemcitabine at 75 % in cycle 2 for an adverse event."""

    def test_excludes_although_the_check_is_passed(self, subject, criterion):
        confirmed = eligibility.latest(Casebook(subject("01-010")), 2)
        assert (confirmed.result, confirmed.failed) == ("INELIGIBLE", "X06")
        assert "Gemcitabine in cycle 2: reduced (adverse event), 75" in criterion("01-010", "X06", gate=2).explanation
        check = progression.check(Casebook(subject("01-010")), on=day("2025-08-21"))
        assert (check.state, check.assessment.derived) == ("PASSED", "PR")

    def test_refuses_randomization(self, tell):
        one = tell(intolerance, until=intolerance.second_gate)
        with pytest.raises(Conflict) as refused:
            one.randomize(day("2025-08-22"))
        assert "G2_NOT_ELIGIBLE" in refused.value.codes
        assert not Randomization.objects.filter(subject_once=one.subject).exists()

    def test_is_none_where_the_dose_was_rounded_to_96_percent(self, tell):
        one = tell(intolerance, until=intolerance.response)
        cycle = Cycle.objects.of(one.subject).get(number=2)
        rounded = {"adjustment": "REDUCED", "adjustment_reason": "CAP_ROUNDING", "dose_mg": Decimal(1687)}
        rows = [{"id": row.pk, "version": row.version, **rounded} for row in cycle.administrations.filter(agent="GEMCITABINE")]
        one.change(cycle, {}, reason="SOURCE_UPDATED", rows={Administration: rows})
        percent = {round(row.percent_of_planned) for row in cycle.administrations.filter(agent="GEMCITABINE")}
        verdicts = {v.criterion: v.truth for v in eligibility.assess(Casebook(one.subject), gate=2, on=day("2025-08-21")).verdicts}
        assert (percent, verdicts["X06"]) == ({96}, "NOT_MET")


def test_subject_of_a_day_before_the_site_was_active_is_refused(team):
    with pytest.raises(Conflict, match="was not active on 2021-12-14"):
        begin(team, "01-802", screened_on=day("2021-12-14"))


def test_consent_on_an_outdated_version_is_stored_and_leaves_i05_open(team):
    """Story 1's subjects sign the version of their day; one who does not is entered all the same."""
    one = begin(team, "01-802", screened_on=day("2025-06-10"))
    usual.consent(one, day("2025-06-10"), form_version=usual.version_on(one, day("2025-05-01")))
    verdicts = {v.criterion: v.truth for v in eligibility.assess(Casebook(one.subject), gate=1, on=day("2025-06-12")).verdicts}
    assert verdicts["I05"] == "UNKNOWN"


def test_each_visit_is_signed_by_the_investigator(subject):
    signatures = Signature.objects.filter(visit__code="SCR", visit__subject__code__startswith="01-9", meaning="visit")
    assert {signature.printed_name for signature in signatures} == {"Ida Wang"}
    assert signatures.values("visit").distinct().count() == 19

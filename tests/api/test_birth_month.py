"""The sponsor reads the age and the code, and the month of birth by no road (regulation.md A02; crf_spec §7)."""

import json

import pytest
from crf.models import Consent, Criterion, Demographics, Eligibility
from tests.examples import complete
from trial.audit.acting import acting
from trial.models import Ledger, Record, Signature

from trial.actions import entry

from .test_access import READS, asked, forms_and_histories, keys_of

MONTHS = ("1957-05", "1957-04")  # as entered, as corrected
TOLD = [{"label": "Year and month of birth", "value": MONTHS[1], "on": None, "form": "crf.demographics", "record": 1}]


@pytest.fixture
def assessed(everything, data_manager, commit):
    """The month stands in the evidence of a criterion, too."""
    with acting(by=data_manager, reason="Criterion left out"):
        record = Eligibility.objects.first()
        Criterion.objects.create(
            eligibility=record, code="I06", automatic="MET", explanation="Age at consent: 67", investigator="MET", evidence=TOLD
        )
    commit()
    return everything


def all_that(person, subject):
    """Every answer that the person can get, as text; with filters."""
    keys = keys_of(subject)
    paths = [*READS, *forms_and_histories(), "study/", *(f"forms/{form._meta.model_name}/" for form in Record.forms())]
    paths += ["history/?item=birth_month", "history/?form=demographics", "history/?form=eligibility", "history/?item=evidence"]
    paths += [f"signatures/{signature.pk}/" for signature in Signature.objects.all()]
    return {path: json.dumps(asked(person, path, keys).json()) for path in paths}


@pytest.mark.proves("A02", "C02")
def test_stands_in_no_answer_to_the_sponsor(assessed, as_sponsor):
    found = [path for path, text in all_that(as_sponsor, assessed).items() if any(month in text for month in MONTHS)]
    assert found == []


def test_stands_where_others_read_it(assessed, as_data_manager):
    """Else the test above would prove nothing."""
    found = {path for path, text in all_that(as_data_manager, assessed).items() if any(month in text for month in MONTHS)}
    assert {"forms/demographics/", "history/", "history/?item=birth_month", "subjects/01-001/eligibility/?gate=1"} <= found
    assert any(path.startswith("signatures/") for path in found)


@pytest.mark.proves("A02", "C02")
@pytest.mark.parametrize("query", ["birth_month=1957-04", "items__birth_month=1957-04", "ordering=birth_month", "search=1957-04"])
def test_is_no_filter_and_no_order(assessed, as_sponsor, query):
    name, value = query.split("=")
    assert as_sponsor.get("forms/demographics/", **{name: value}).status_code == 400


@pytest.mark.proves("C02")
def test_cannot_be_found_by_trying_out_a_digest(assessed, as_sponsor, as_data_manager, investigator):
    """Whoever knows all but the month tries 1,200 months in a moment."""
    signature = Signature.objects.get()
    hashes = {signature.content_sha256, *Eligibility.objects.values_list("evidence_sha256", flat=True)}
    hashes |= {bytes(one.hash).hex() for one in Ledger.objects.all()}
    texts = " ".join(all_that(as_sponsor, assessed).values())
    assert not [one for one in hashes if one in texts]
    assert as_data_manager.get(f"signatures/{signature.pk}/").json()["content_sha256"] == signature.content_sha256


def test_the_sponsor_sees_the_age(visit, data_manager, as_sponsor):
    with acting(by=data_manager):
        complete(Consent, visit.subject)
        person = complete(Demographics, visit.subject)
    seen = as_sponsor.get(f"forms/demographics/{person.pk}/").json()
    assert seen["derived"] == {"age_at_consent": "67"}
    assert not {"birth_month", "age_confirmed"} & seen["items"].keys()


@pytest.mark.proves("C02")
def test_two_possible_ages_would_tell_the_month_of_consent(visit, data_manager, as_sponsor, as_data_manager):
    with acting(by=data_manager):
        complete(Consent, visit.subject)
    draft = entry.enter(Demographics, visit=visit, by=data_manager, values={"birth_month": "1957-01"}, complete=False)
    path = f"forms/demographics/{draft.pk}/"
    assert as_data_manager.get(path).json()["derived"]["age_at_consent"] == "67 or 68"
    assert as_sponsor.get(path).json()["derived"]["age_at_consent"] is None
    verdicts = {one["criterion"]: one for one in as_sponsor.get("subjects/01-001/eligibility/", gate=1).json()["verdicts"]}
    assert "68" not in json.dumps(verdicts)


def test_that_it_is_missing_is_not_told_either(visit, data_manager, as_sponsor, commit):
    draft = entry.enter(Demographics, visit=visit, by=data_manager, values={"missing": {"birth_month": "UNK"}}, complete=False)
    commit()
    assert as_sponsor.get(f"forms/demographics/{draft.pk}/").json()["missing"] == {}
    assert "birth_month" not in json.dumps(as_sponsor.results("history/", form="demographics"))


@pytest.mark.proves("C02")
def test_a_reason_in_free_words_is_kept_back_with_it(everything, as_sponsor, as_data_manager):
    read = {who: {one["reason"] for one in who.results("history/", form="demographics")} for who in (as_sponsor, as_data_manager)}
    assert "OTHER: it was 1957-04, not 1957-05" in read[as_data_manager]
    assert not any("1957" in reason for reason in read[as_sponsor])


@pytest.mark.proves("A02", "C02")
def test_page_of_a_record_s_history_tells_no_more(everything, client, data_manager, sponsor, commit):
    """Neither the month, nor the words of a reason, nor that the month was said to be missing."""
    record = Demographics.objects.get()
    with acting(by=data_manager, reason="OTHER: the source of 1957-05 is lost"):
        Demographics.objects.filter(pk=record.pk).update(missing={"birth_month": "UNK"})
    commit()
    read = []
    for person in (data_manager, sponsor):
        client.force_login(person)
        answer = client.get(f"/admin/crf/demographics/{record.pk}/history/")
        assert answer.status_code == 200
        read.append(answer.content.decode())
    told = ("not 1957-05", "of 1957-05 is lost", "Year and month of birth: Unknown")
    assert [said for said in told if said not in read[0]] == []
    assert [said for said in ("1957-0", "birth_month: UNK", "Year and month of birth: Unknown") if said in read[1]] == []


def test_nothing_counts_by_arm(assessed, as_sponsor):
    """crf_spec §7: single records carry the arm, no answer adds them up."""
    for path in ("allocations/", "responses/", "forms/randomization/"):
        assert as_sponsor.get(path).json().keys() == {"next", "results"}
        assert as_sponsor.get(path, arm="SYS").status_code == 400

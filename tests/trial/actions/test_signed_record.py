"""A signature and its record cannot be parted; several visits under one password; meaning frozen; shown with all three parts."""

import hashlib
import re
from html import unescape
from io import BytesIO

import pytest
from crf.actions import confirmation
from crf.models import Consent, VitalSigns
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localtime
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from rest_framework.test import APIClient
from tests.conftest import CODE, PASSWORD, PROOF
from tests.examples import complete
from trial.audit.acting import acting
from trial.models import Query, Signature, SystemEvent, Visit
from trial.refusals import Conflict, NotAllowed, Refused
from trial.states import QueryState

from trial.actions import queries, review


@pytest.fixture
def visits(subject, data_manager, commit):
    """Two visits, held and complete."""
    with acting(by=data_manager):
        complete(VitalSigns, subject)
        complete(Consent, subject)
    second = Visit.objects.filter(subject=subject, code="SCR").get()
    with acting(by=data_manager):
        other = Visit.objects.create(subject=subject, code="UNS1", unscheduled_reason="Fever")
        Visit.objects.filter(pk__in=[second.pk, other.pk]).update(held_on="2025-01-08", status="DONE", mode="ON_SITE")
    commit()
    return list(Visit.objects.filter(pk__in=[second.pk, other.pk]).select_related("subject__site").order_by("pk"))


@pytest.fixture
def signature(visits, investigator):
    return review.sign_visit(visits[0], by=investigator, proof=PROOF)


def shown(visits):
    return {visit: review.digest(review.content_of_visit(visit)) for visit in visits}


@pytest.mark.proves("S03", "C04")
def test_copy_of_a_signature_under_another_record_is_refused(signature, visits, investigator):
    copied = {f.attname: getattr(signature, f.attname) for f in Signature._meta.concrete_fields if f.name != "id"}
    other = visits[1].pk
    for moved in ({"record": other}, {"visit_id": other}, {"visit_id": other, "record": other}, {"form": "crf.vitalsigns"}):
        with pytest.raises(IntegrityError, match="does not contain the record that the signature names"), acting(by=investigator):
            Signature.objects.create(**copied | moved)
    assert Signature.objects.count() == 1


@pytest.mark.proves("S03", "C04")
def test_signature_whose_content_was_altered_says_so(signature):
    assert signature.is_unaltered()
    signature.content[f"trial.visit#{signature.record}"]["items"]["mode"][1] = "By telephone"
    assert not signature.is_unaltered()


@pytest.mark.proves("S01")
def test_time_of_a_signature_is_the_databases_own_whatever_is_passed(signature, investigator):
    copied = {f.attname: getattr(signature, f.attname) for f in Signature._meta.concrete_fields if f.name != "id"}
    with acting(by=investigator):
        made = Signature.objects.create(**copied | {"signed_at": "1999-01-01T00:00:00Z"})
    made.refresh_from_db()
    signature.refresh_from_db()
    assert made.signed_at >= signature.signed_at


@pytest.mark.proves("S12")
def test_signed_content_stays_when_a_later_version_of_the_form_has_another_label(signature, visits, monkeypatch):
    before, version = signature.content_sha256, VitalSigns.definition_digest()
    monkeypatch.setattr(VitalSigns._meta.get_field("weight_kg"), "verbose_name", "Body mass")
    kept = Signature.objects.get(pk=signature.pk)
    part = next(part for key, part in kept.content.items() if key.startswith("crf.vitalsigns"))
    assert part["items"]["weight_kg"][:3] == ["Weight", "70.0", "kg"]
    assert (kept.content_sha256, kept.is_unaltered()) == (before, True)
    assert part["form_version"].startswith(version)
    assert VitalSigns.definition_digest() != version
    assert review.digest(review.content_of_visit(visits[0])) != before
    assert review.valid_signature(visits[0]) == kept


@pytest.mark.proves("S11")
def test_several_visits_are_signed_with_one_password(visits, investigator):
    made = review.sign_visits(shown(visits), by=investigator, proof=PROOF)
    assert [review.valid_signature(visit) for visit in visits] == made


@pytest.mark.proves("S11")
def test_nothing_is_signed_when_one_of_several_visits_has_changed(visits, investigator, data_manager):
    seen = shown(visits)
    with acting(by=data_manager, reason="TRANSCRIPTION"):
        Visit.objects.filter(pk=visits[1].pk).update(mode="PHONE")
    with pytest.raises(Conflict, match=f"{visits[1]} has changed since"):
        review.sign_visits(seen, by=investigator, proof=PROOF)
    assert not Signature.objects.exists()


@pytest.mark.proves("S11")
def test_page_lists_each_item_and_refuses_what_has_changed_for_all(visits, investigator, data_manager, client):
    client.force_login(investigator)
    address = "/visits/sign/"
    page = client.get(address, {"visit": [visit.pk for visit in visits]}).content.decode()
    for said in ("Weight", "70.0 kg", "Fever", *(str(visit) for visit in visits)):
        assert said in page
    (missing,) = re.findall(r"Not entered at this visit:</strong> (.*?)</p>", page)  # at the unscheduled visit nothing is due
    assert "demographics" in missing
    assert "vital signs" not in missing
    sent = {"visit": [visit.pk for visit in visits], "password": PASSWORD, "code": CODE}
    sent |= dict(re.findall(r'name="(shown-\d+)" value="(\w+)"', page))
    with acting(by=data_manager, reason="TRANSCRIPTION"):
        Visit.objects.filter(pk=visits[1].pk).update(mode="PHONE")
    answer = client.post(address, sent)
    assert (answer.status_code, Signature.objects.count()) == (409, 0)
    page = answer.content.decode()
    sent |= dict(re.findall(r'name="(shown-\d+)" value="(\w+)"', page))
    assert client.post(address, sent | {"password": "wrong", "code": CODE}).status_code == 422
    assert client.post(address, sent).status_code == 302
    assert Signature.objects.count() == 2


@pytest.mark.proves("S09")
@pytest.mark.parametrize("who", ["data_manager", "monitor", "stranger"])
def test_nobody_else_signs_several_visits(request, visits, who, client):
    person = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        review.sign_visits(shown(visits), by=person, proof=PROOF)
    client.force_login(person)
    assert client.get("/visits/sign/", {"visit": [visit.pk for visit in visits]}).status_code == 404


def test_signing_no_visit_is_refused(investigator):
    with pytest.raises(Refused, match="Choose the visits"):
        review.sign_visits({}, by=investigator, proof=PROOF)


@pytest.mark.proves("S02")
def test_page_pdf_and_api_show_name_time_and_meaning(signature, investigator, client):
    signature.refresh_from_db()
    client.force_login(investigator)
    page = client.get(f"/visits/{signature.visit_id}/sign/").content.decode()
    api = APIClient()
    api.force_authenticate(investigator)
    told = api.get(f"/api/v1/signatures/{signature.pk}/").data
    assert "Ida Li" in page
    assert "agree with the source" in page
    assert f"{signature.signed_at.astimezone():%Y-%m-%d}" in page
    assert (told["printed_name"], told["meaning"]) == ("Ida Li", "visit")
    assert told["signed_at"]
    answer = client.get(f"/signatures/{signature.pk}.pdf")
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    text = text_of(answer.content)
    assert "Ida Li" in text
    assert f"{signature.signed_at:%Y-%m-%d %H:%M:%S}" in text
    assert "agree with the source" in text
    assert signature.content_sha256 in text
    for said in ("70.0 kg", "On site [ON_SITE]", VitalSigns.definition_digest()):  # labels, units, codes and the form's version
        assert said in text
        assert said in page


@pytest.mark.proves("S02")
def test_wherever_a_signature_is_shown_its_three_parts_are(signature, subject, investigator, data_manager, client):
    """The casebook's line, the page of the gate and what the API says of it; the full page of a signature is above."""
    with acting(by=data_manager):
        confirmation.confirm(subject, gate=1, by=investigator, proof=PROOF)
    client.force_login(investigator)
    signature.refresh_from_db()
    line = client.get(f"/subjects/{subject.code}/").content.decode()
    assert f"Ida Li, reviewed<br>{localtime(signature.signed_at):%Y-%m-%d %H:%M %z}</div>" in line
    under = Signature.objects.get(meaning="eligibility")
    page = unescape(client.get(f"/subjects/{subject.code}/eligibility/1/").content.decode())
    assert under.describe().text in page
    assert under.describe().text.startswith(f"Signed by Ida Li, {localtime(under.signed_at):%Y-%m-%d %H:%M:%S %z}: I have assessed")
    api = APIClient()
    api.force_authenticate(investigator)
    told = api.get(f"/api/v1/subjects/{subject.code}/eligibility/", {"gate": 1}).json()["confirmed"]["signature"]
    assert told == {
        "id": under.pk, "printed_name": "Ida Li", "signed_at": localtime(under.signed_at).isoformat(), "meaning": "eligibility",
        "meaning_text": under.get_meaning_display(),
    }  # fmt: skip


@pytest.mark.proves("S03", "C04")
def test_signature_whose_content_a_superuser_altered_does_not_hold_though_each_version_stands(signature, visits, investigator, client):
    assert review.valid_signature(visits[0]) == signature
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate; alter table trial_signature disable trigger append_only")
        cursor.execute("update trial_signature set content = replace(content::text, '70.0', '170.0')::jsonb")
    assert review.valid_signature(visits[0]) is None
    client.force_login(investigator)
    assert "Altered in the database" in client.get(f"/visits/{visits[0].pk}/sign/").content.decode()
    assert "signature broken" in client.get(f"/subjects/{visits[0].subject.code}/").content.decode()
    assert "DOES NOT AGREE WITH ITS HASH" in " ".join(text_of(client.get(f"/signatures/{signature.pk}.pdf").content).split())
    api = APIClient()
    api.force_authenticate(investigator)
    told = api.get(f"/api/v1/signatures/{signature.pk}/").data
    assert (told["holds"], told["unaltered"]) == (False, False)


@pytest.mark.proves("R07")
def test_pdf_taken_along_is_an_event(signature, investigator, sponsor, client):
    client.force_login(investigator)
    content = client.get(f"/signatures/{signature.pk}.pdf").content
    event = SystemEvent.objects.get(kind="export")
    detail = {name: value for name, (_, value) in event.detail.items()}
    of = {"subject": signature.visit.subject.code, "signature": signature.pk}
    assert (event.by, detail) == (
        investigator, {"what": "signature as PDF", "sha256": hashlib.sha256(content).hexdigest(), "filters": of},
    )  # fmt: skip
    assert client.get(f"/signatures/{signature.pk}.pdf?country=Germany").status_code == 422
    client.force_login(sponsor)
    client.get(f"/signatures/{signature.pk}.pdf")
    assert SystemEvent.objects.filter(kind="export").count() == 1


def test_pdf_is_kept_from_the_stranger_and_from_who_may_not_see_every_item(signature, stranger, sponsor, client):
    for person, status in ((stranger, 404), (sponsor, 403)):
        client.force_login(person)
        assert client.get(f"/signatures/{signature.pk}.pdf").status_code == status


def text_of(pdf: bytes) -> str:
    """What a PDF says; reportlab's Chinese font writes UCS-2, in streams that are compressed."""
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


STEPS = st.lists(st.sampled_from(["edit", "undo", "sign", "ask", "close"]), min_size=1, max_size=8)


@pytest.mark.proves("S10", "C04")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_signature_is_valid_exactly_while_its_hash_is_the_hash_now(visits, investigator, data_manager, steps):
    visit = visits[0]
    with transaction.atomic():
        for step in steps:
            take(step, visit, investigator, data_manager)
            last = Signature.objects.filter(form="trial.visit", record=visit.pk).first()
            now = review.digest(review.content_of_visit(Visit.objects.select_related("subject__site").get(pk=visit.pk)))
            assert (review.valid_signature(visit) is not None) == (last is not None and last.content_sha256 == now)
        transaction.set_rollback(True)


def take(step, visit, investigator, data_manager):
    record = VitalSigns.objects.select_related("visit__subject__site").get()
    if step in ("edit", "undo"):
        with acting(by=data_manager, reason="TRANSCRIPTION"):
            VitalSigns.objects.update(weight_kg=72 if step == "edit" else 70)
    elif step == "ask":
        queries.raise_query(record, by=data_manager, text="Is it?")
    elif step == "close":
        for query in Query.objects.open():
            queries.act_on(query, QueryState.CLOSED, by=data_manager, text="It is")
    elif not Query.objects.open().exists() and not review.valid_signature(visit):
        review.sign_visit(visit, by=investigator, proof=PROOF)

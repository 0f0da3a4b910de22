"""Personal data entered by mistake are erased everywhere, by two persons, and the chain still verifies (R05)."""

import subprocess
import sys

import pytest
from crf.models import Criterion, Demographics, Eligibility
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from tests.conftest import PASSWORD, PROOF, SCREENED
from tests.examples import complete
from trial.actions.verification import anchors
from trial.actions.verification.verify_ledger import findings
from trial.audit.acting import acting
from trial.models import Ledger, Redaction, RedactionRequest, Signature, Visit
from trial.refusals import NotAllowed, Refused

from trial.actions import entry, redaction, review

pytestmark = pytest.mark.proves("R05")

MISTAKE = "Wang Xiaoming called"
WHY = "A name was typed into the reason by mistake"


@pytest.fixture
def mistaken(visit, data_manager, investigator, commit):
    """A visit whose reason says a name, signed as it is, then changed once more."""
    with acting(by=data_manager):
        Visit.objects.filter(pk=visit.pk).update(status="MISSED", missed_reason=MISTAKE)
    commit()
    visit.refresh_from_db()
    review.sign_visit(visit, by=investigator, proof=PROOF)
    with acting(by=data_manager, reason="TRANSCRIPTION: shorter"):
        Visit.objects.filter(pk=visit.pk).update(missed_reason=f"{MISTAKE} again")
    commit()
    visit.refresh_from_db()
    return visit


def whole_database():
    """What a dump would hold, as text."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'select t::text from "{table}" t')
            found += [f"{table} {row}" for (row,) in cursor.fetchall()]
    return found


def says(text):
    return [row.split()[0] for row in whole_database() if text in row]


def erase(visit, by, other, **options):
    request = redaction.ask(visit, item="missed_reason", by=by, justification=WHY, **options)
    return redaction.decide(request, by=other)


def test_value_is_gone_from_everywhere(mistaken, data_manager, investigator, commit):
    assert set(says(MISTAKE)) == {"trial_visit", "trial_historicalvisit", "trial_ledger", "trial_signature"}
    erase(mistaken, data_manager, investigator)
    commit()
    assert says(MISTAKE) == []
    assert findings() == []


def test_chain_is_the_one_that_was_anchored(mistaken, data_manager, investigator, commit, settings, tmp_path, export_ledger):
    settings.ANCHOR_FOLDER = tmp_path
    anchors.anchor()
    erase(mistaken, data_manager, investigator)
    commit()
    assert findings(anchors.read_anchors()) == []
    export_ledger(tmp_path / "ledger.jsonl")
    assert MISTAKE not in (tmp_path / "ledger.jsonl").read_text()
    done = subprocess.run(
        [sys.executable, "docs/verify_ledger.py", tmp_path / "ledger.jsonl", tmp_path / "anchors.jsonl"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout[:9]) == (0, "In order:")


def test_salt_goes_with_the_value_and_the_commitment_stays(mistaken, data_manager, investigator, commit):
    erase(mistaken, data_manager, investigator)
    commit()
    touched = Ledger.objects.filter(form="trial.visit", row=mistaken.pk, sealed__has_key="missed_reason")
    assert touched.count() == 2
    assert not [one for one in touched if "missed_reason" in one.items or "missed_reason" in one.salts]


def test_it_is_in_the_ledger_itself(mistaken, data_manager, investigator, commit):
    erase(mistaken, data_manager, investigator)
    commit()
    asked, done = (Ledger.objects.get(form=f"trial.{name}") for name in ("redactionrequest", "redaction"))
    assert (asked.by, done.by, asked.items["justification"]) == (data_manager, investigator, [None, WHY])


def test_later_versions_keep_their_value(mistaken, data_manager, investigator, commit):
    erase(mistaken, data_manager, investigator, through_version=2)
    commit()
    mistaken.refresh_from_db()
    assert mistaken.missed_reason == f"{MISTAKE} again"
    assert set(says(MISTAKE)) == {"trial_visit", "trial_historicalvisit"} | set(says(f"{MISTAKE} again"))
    assert findings() == []


def test_signature_shows_that_something_was_erased(mistaken, data_manager, investigator, commit):
    erase(mistaken, data_manager, investigator)
    signature = Signature.objects.get()
    assert signature.content[f"trial.visit#{mistaken.pk}"]["items"]["missed_reason"][1] == "[redacted]"
    assert (signature.is_redacted, signature.is_unaltered()) == (True, True)


def test_what_else_an_erased_signature_says_is_still_compared_with_what_the_redaction_left(mistaken, data_manager, investigator, commit):
    erase(mistaken, data_manager, investigator)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate; alter table trial_signature disable trigger append_only")
        cursor.execute(
            "update trial_signature set content = jsonb_set(content, array[%s, 'items', 'status', '1'], '\"Done\"')",
            [f"trial.visit#{mistaken.pk}"],
        )
    assert not Signature.objects.get().is_unaltered()


def test_reason_given_is_erased(mistaken, data_manager, investigator, commit):
    with acting(by=data_manager, reason=f"OTHER: {MISTAKE} twice"):
        Visit.objects.filter(pk=mistaken.pk).update(missed_reason="Ill")
    commit()
    mistaken.refresh_from_db()
    request = redaction.ask(mistaken, item="history_change_reason", by=data_manager, justification=WHY)
    redaction.decide(request, by=investigator)
    commit()
    assert says(f"{MISTAKE} twice") == []
    assert findings() == []


def test_one_person_alone_erases_nothing(mistaken, investigator, commit):
    request = redaction.ask(mistaken, item="missed_reason", by=investigator, justification=WHY)
    with pytest.raises(NotAllowed, match="Another person"):
        redaction.decide(request, by=investigator)
    with pytest.raises(IntegrityError, match="Another person"), acting(by=investigator), transaction.atomic():
        Redaction.objects.create(request=request, decided_by=investigator)


def test_nobody_decides_in_anothers_name(mistaken, data_manager, investigator):
    request = redaction.ask(mistaken, item="missed_reason", by=data_manager, justification=WHY)
    with pytest.raises(IntegrityError, match="Another person"), acting(by=data_manager), transaction.atomic():
        Redaction.objects.create(request=request, decided_by=investigator)


@pytest.mark.parametrize("who", ["stranger", "sponsor", "monitor", "administrator", "data_manager"])
def test_decision_is_refused_to(mistaken, data_manager, who, request):
    asked = redaction.ask(mistaken, item="missed_reason", by=data_manager, justification=WHY)
    with pytest.raises(NotAllowed):
        redaction.decide(asked, by=request.getfixturevalue(who))


@pytest.mark.parametrize("why", ["", " " * 30, "Too short"])
def test_justification_is_needed(mistaken, data_manager, why):
    with pytest.raises(Refused, match="characters"):
        redaction.ask(mistaken, item="missed_reason", by=data_manager, justification=why)


@pytest.mark.parametrize("item", ["code", "version", "subject_id", "nonsense"])
def test_what_is_no_item_stays(mistaken, data_manager, investigator, item):
    with pytest.raises(Refused, match="is not an item of this form"):
        redaction.ask(mistaken, item=item, by=data_manager, justification=WHY)
    asked = redaction.ask(mistaken, item="missed_reason", by=data_manager, justification=WHY)
    forged = RedactionRequest.objects.create(
        form=asked.form, record=asked.record, row=asked.row, item=item, through_version=3, subject=asked.subject, site=asked.site,
        justification=WHY, requested_by=data_manager,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match=r"cannot be erased|can never change"), acting(by=investigator), transaction.atomic():
        Redaction.objects.create(request=forged, decided_by=investigator)


def test_erasure_without_a_redaction_is_found(mistaken, commit):
    entry = Ledger.objects.filter(form="trial.visit", items__has_key="missed_reason").first()
    with connection.cursor() as cursor:
        cursor.execute("alter table trial_ledger disable trigger user")
        cursor.execute(
            """update trial_ledger l set items = items - 'missed_reason', salts = salts - 'missed_reason', sealed = jsonb_build_object(
                 'missed_reason',
                 encode(sha256(convert_to(concat(salts ->> 'missed_reason', ' ', (items -> 'missed_reason')::text), 'UTF8')),
                 'hex')) where seq = %s""",
            [entry.seq],
        )
        cursor.execute("alter table trial_ledger enable always trigger append_only")
        cursor.execute("alter table trial_ledger enable always trigger append_only_truncate")
    assert f"In ledger entry {entry.seq}, missed_reason was erased without a redaction." in findings()


def test_command_asks_for_the_password(mistaken, data_manager, investigator, monkeypatch, capsys):
    monkeypatch.setattr("getpass.getpass", lambda prompt: "wrong")
    with pytest.raises(CommandError, match="do not match"):
        call_command("redact", "ask", "trial.visit", mistaken.pk, "missed_reason", by="dan", justification=WHY)
    monkeypatch.setattr("getpass.getpass", lambda prompt: PASSWORD)
    call_command("redact", "ask", "trial.visit", mistaken.pk, "missed_reason", by="dan", justification=WHY)
    with pytest.raises(CommandError, match="Only an investigator"):
        call_command("redact", "decide", RedactionRequest.objects.get().pk, by="dan")
    call_command("redact", "decide", RedactionRequest.objects.get().pk, by="ida")
    assert "Erased: missed_reason of trial.visit" in capsys.readouterr().out


@pytest.fixture
def erased(mistaken, data_manager, investigator, commit):
    """Up to version 2; what was entered then stands."""
    erase(mistaken, data_manager, investigator, through_version=2)
    commit()
    assert findings() == []
    return mistaken


@pytest.mark.parametrize(
    "sql",
    [
        "update trial_historicalvisit set missed_reason = 'Ill' where id = {0} and version = 2",
        "update trial_historicalvisit set version = version + 100 where id = {0} and version = 1",
        "update trial_historicalvisit set version = 7 - version where id = {0}",
    ],
)
def test_what_is_put_in_the_place_of_what_was_erased_is_found(erased, sql):
    with connection.cursor() as cursor:
        cursor.execute("alter table trial_historicalvisit disable trigger user")
        cursor.execute(sql.format(erased.pk))
    assert any("History row" in sentence and "of trial.visit" in sentence for sentence in findings())


def test_code_and_evidence_are_erased_too(subject, investigator, data_manager, commit):
    """A signature keeps the code beside its name; the eligibility keeps what it was judged by."""
    with acting(by=data_manager):
        person, assessed = complete(Demographics, subject), complete(Eligibility, subject)
        told = Criterion.objects.create(
            eligibility=assessed, code="I02", automatic="MET", explanation="Old enough", investigator="MET",
            evidence=[{"label": "Month of birth", "value": "1957-05"}],
        )  # fmt: skip
    commit()
    visit = Visit.objects.get(pk=person.visit_id)
    entry.change_visit(visit, by=data_manager, version=visit.version, values={"held_on": SCREENED, "status": "DONE", "mode": "ON_SITE"})
    review.sign_visit(Visit.objects.get(pk=visit.pk), by=investigator, proof=PROOF)
    assert set(says("1957-05")) >= {"crf_demographics", "crf_criterion", "crf_historicalcriterion", "trial_ledger"}
    for row, item in ((person, "birth_month"), (person, "sex"), (told, "evidence")):
        redaction.decide(redaction.ask(row, item=item, by=data_manager, justification=WHY), by=investigator)
        commit()
    assert says("1957-05") == []
    (part,) = [part for key, part in Signature.objects.get().content.items() if key.startswith("crf.demographics")]
    assert part["items"]["sex"][1:] == ["[redacted]", "", ""]
    assert findings() == []

"""The verifier that needs Python alone finds what was falsified in an export, and reads anchors as they were mailed (R13)."""

import hashlib
import json
import subprocess
import sys

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from docs import verify_ledger
from tests.conftest import PASSWORD
from tests.trial.audit.test_redaction import erase, mistaken  # noqa: F401  (a fixture, found by its name)
from trial.actions.verification import anchors
from trial.models import Ledger, SystemEvent

from trial.actions import redaction

pytestmark = pytest.mark.proves("R13")


@pytest.fixture
def folder(settings, tmp_path):
    settings.ANCHOR_FOLDER = tmp_path
    settings.ANCHOR_MAIL = ["sponsor@example.org"]
    return tmp_path


@pytest.fixture
def exported(mistaken, data_manager, investigator, commit, folder, export_ledger):  # noqa: F811
    """Lines of an export with a lawful erasure of an item and of a reason, and its anchors."""
    anchors.anchor()
    erase(mistaken, data_manager, investigator)
    commit()
    mistaken.refresh_from_db()
    asked = redaction.ask(mistaken, item="history_change_reason", by=data_manager, justification="A name was typed by mistake")
    redaction.decide(asked, by=investigator)
    commit()
    anchors.anchor()
    export_ledger(folder / "ledger.jsonl")
    return [json.loads(line) for line in (folder / "ledger.jsonl").read_text().splitlines()]


def found(entries, anchored=()):
    return list(verify_ledger.findings([json.dumps(entry) for entry in entries], anchored))


def an_entry(entries):
    return next(entry for entry in entries if entry["told"])


def sealed(entry, item):
    text, salt = entry["told"].pop(item), entry["salts"].pop(item)
    entry["sealed"][item] = hashlib.sha256(f"{salt} {text}".encode()).hexdigest()


def test_a_lawful_erasure_is_in_order(exported):
    assert {item for entry in exported for item in entry["sealed"]} >= {"missed_reason", ".reason", "content", "content_sha256"}
    assert found(exported, anchors.read_anchors()) == []


def seals_everything(entries):
    for entry in entries:
        for item in list(entry["told"]):
            sealed(entry, item)


def seals_one_value(entries):
    entry = an_entry(entries)
    sealed(entry, next(iter(entry["told"])))


def seals_the_redactions(entries):
    for entry in entries:
        if json.loads(entry["head"])["form"] == "trial.redaction":
            sealed(entry, "request_id")


def hides_an_item_in_a_commitment(entries):
    entry = next(entry for entry in entries if len(entry["told"]) > 1)
    first, second = sorted(entry["told"])[:2]
    sealed(entry, first)
    sealed(entry, second)
    entry["sealed"][first] += f"\n{second}={entry['sealed'].pop(second)}"


def hides_an_item_in_a_name(entries):
    entry = next(entry for entry in entries if len(entry["told"]) > 1)
    first, second = sorted(entry["told"])[:2]
    sealed(entry, first)
    sealed(entry, second)
    entry["sealed"][f"{first}={entry['sealed'].pop(first)}\n{second}"] = entry["sealed"].pop(second)


def cuts_salt_and_value_elsewhere(entries):
    entry = next(entry for entry in entries if any(" " in text for text in entry["told"].values()))
    item, text = next((item, text) for item, text in entry["told"].items() if " " in text)
    before, _, after = text.partition(" ")
    entry["salts"][item], entry["told"][item] = f"{entry['salts'][item]} {before}", after


def says_it_twice(entries):
    entry = an_entry(entries)
    entry["sealed"][next(iter(entry["told"]))] = "0" * 64


def takes_a_salt(entries):
    an_entry(entries)["salts"].popitem()


@pytest.mark.parametrize(
    ("falsify", "said"),
    [
        (seals_everything, "was erased without a redaction."),
        (seals_one_value, "was erased without a redaction."),
        (seals_the_redactions, "missed_reason was erased without a redaction."),
        (hides_an_item_in_a_commitment, "has a commitment that is none."),
        (hides_an_item_in_a_name, "has an item of an impossible name."),
        (cuts_salt_and_value_elsewhere, "has a salt that is none."),
        (says_it_twice, "says what it says to be erased."),
        (takes_a_salt, "has a value without its salt."),
    ],
)
def test_a_falsified_export_is_found(exported, falsify, said):
    falsify(exported)
    assert [finding for finding in found(exported, anchors.read_anchors()) if finding.endswith(said)]


def test_every_value_moved_away_is_named(exported):
    values = sum(len(entry["told"]) for entry in exported)
    seals_everything(exported)
    assert len(found(exported)) >= values


@pytest.mark.parametrize("broken", [{"hash": "0"}, {"head": "{}"}, {"told": []}, {"sealed": {"x": 1}}, {"salts": None}])
def test_what_is_no_entry_is_said(exported, broken):
    exported[3] |= broken
    assert found(exported)[0] == "Line 4 is no entry of a ledger."


def test_an_anchor_that_counts_otherwise_is_found(exported):
    told = anchors.read_anchors()
    told[-1]["counts"]["trial.visit"] -= 1
    assert found(exported, told) == [f"The anchor of entry {len(exported)} counts other entries of a form."]


def test_two_anchors_of_one_entry_are_both_compared(exported):
    told = anchors.read_anchors()
    assert found(exported, [told[-1] | {"hash": "0" * 64, "links": ""}, told[-1]]) == [
        f"Entry {len(exported)} is not the one that was anchored."
    ]


def test_anchors_are_read_as_they_were_mailed(exported, folder, capsys):
    anchors.send_waiting()
    (folder / "mail.eml").write_bytes(mail.outbox[-1].message().as_bytes())
    (folder / "body.txt").write_text(mail.outbox[-1].body)
    (folder / "indented.txt").write_text(json.dumps(json.loads(mail.outbox[0].body), indent=2))
    assert mail.outbox[-1].body.count("\n") == 1
    files = [str(folder / name) for name in ("mail.eml", "body.txt", "indented.txt", "anchors.jsonl")]
    for file in files:
        assert verify_ledger.main([str(folder / "ledger.jsonl"), file]) == 0
    assert verify_ledger.main([str(folder / "ledger.jsonl"), *files]) == 0
    assert f"In order: {len(exported)} entries, 5 anchors." in capsys.readouterr().out
    (folder / "mail.eml").write_text(mail.outbox[-1].message().as_string().replace('"hash": "', '"hash": "0', 1))
    assert verify_ledger.main([str(folder / "ledger.jsonl"), files[0]]) == 1


def test_a_cut_line_among_the_anchors_is_passed_over(exported, folder):
    lines = (folder / "anchors.jsonl").read_text().splitlines()
    (folder / "cut.jsonl").write_text("\n".join([lines[0], lines[1][:40], lines[1], lines[1][:9]]))
    assert len(verify_ledger.read_anchors([folder / "cut.jsonl"])) == 2
    assert verify_ledger.main([str(folder / "ledger.jsonl"), str(folder / "cut.jsonl")]) == 0


def test_a_file_without_an_anchor_is_none(exported, folder, capsys):
    (folder / "empty.jsonl").write_text("")
    assert verify_ledger.main([str(folder / "ledger.jsonl"), str(folder / "empty.jsonl")]) == 2
    assert "holds no anchor" in capsys.readouterr().err


def test_it_needs_nothing_but_python(exported, folder):
    asked = [sys.executable, "-I", "-S", "docs/verify_ledger.py", folder / "ledger.jsonl", folder / "anchors.jsonl"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"In order: {Ledger.objects.count()} entries, 2 anchors.\n")


@pytest.fixture
def as_ada(administrator, monkeypatch):
    def command(file=None, password=PASSWORD, by="ada", **options):
        monkeypatch.setattr("getpass.getpass", lambda prompt: password)
        call_command("export_ledger", *([str(file)] if file else []), by=by, **options)

    return command


@pytest.mark.proves("R07")
def test_the_export_is_an_event_with_name_and_digest(as_ada, administrator, commit, tmp_path):
    commit()
    as_ada(tmp_path / "ledger.jsonl", recipient="Sponsor Ltd", country="DE", legal_basis="Contract")
    detail = {name: value for name, (_, value) in SystemEvent.objects.get(kind="export").detail.items()}
    content = (tmp_path / "ledger.jsonl").read_bytes()
    assert detail == {
        "what": "ledger", "sha256": hashlib.sha256(content).hexdigest(), "rows": content.count(b"\n"), "recipient": "Sponsor Ltd",
        "country": "DE", "legal_basis": "Contract",
    }  # fmt: skip
    assert SystemEvent.objects.get(kind="export").by == administrator
    assert [file.name for file in tmp_path.iterdir()] == ["ledger.jsonl"]
    assert (tmp_path / "ledger.jsonl").stat().st_mode & 0o077 == 0


def test_the_export_to_standard_output_is_noted_too(as_ada, commit, capfd):
    commit()
    as_ada()
    written = capfd.readouterr().out.encode()
    assert written.count(b"\n") == Ledger.objects.count()
    assert SystemEvent.objects.get(kind="export").detail["sha256"][1] == hashlib.sha256(written).hexdigest()


@pytest.mark.proves("A02")
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"password": "wrong"}, "Name and password do not match"),
        ({"by": "dan"}, "Only an administrator"),
        ({"by": "sam"}, "Only an administrator"),
        ({"country": "Germany"}, "state who receives it"),
    ],
)
def test_nothing_is_written_where_the_export_is_refused(as_ada, data_manager, sponsor, tmp_path, asked, said):
    with pytest.raises(CommandError, match=said):
        as_ada(tmp_path / "ledger.jsonl", **asked)
    assert list(tmp_path.iterdir()) == []
    assert not SystemEvent.objects.filter(kind="export").exists()

"""An incident: which subjects, by number, and which persons are affected, listed within the hour (regulation.md C04; PIPL Art. 57)."""

import csv
import hashlib
import io
from datetime import timedelta

import pytest
from crf.models import VitalSigns
from django.core.management import CommandError, call_command
from django.utils import timezone
from tests.api.conftest import as_data_manager, as_sponsor, everything  # noqa: F401  (fixtures, found by their names)
from tests.conftest import PASSWORD, SCREENED, founder, member
from tests.examples import complete
from tests.trial.output.test_history_export import ABROAD, exported
from trial.access import Role
from trial.audit.acting import acting
from trial.models import Membership, SystemEvent
from trial.refusals import NotAllowed, Refused

from trial.actions import enrolment, incident

HOUR = timedelta(hours=1)


@pytest.fixture
def span():
    """From an hour ago to an hour ahead: the test's own time."""
    return {"since": timezone.now() - HOUR, "until": timezone.now() + HOUR}


@pytest.fixture
def elsewhere(other_site, stranger, commit):
    """A subject at the other site, enrolled by somebody of that site."""
    with acting(by=founder()):
        Membership.objects.create(user=stranger, role=Role.DATA_MANAGER, site=other_site)
    stranger.__dict__.pop("_usable_roles", None)
    made = enrolment.enrol(site=other_site, by=stranger, screened_on=SCREENED)
    commit()
    return made


def listed(kind, found):
    return {(one.who, one.ground) for one in found if one.kind == kind}


@pytest.mark.proves("C04")
def test_an_account_affects_the_subjects_that_it_could_read_and_names_those_that_it_changed(
    everything,  # noqa: F811
    elsewhere,
    data_manager,
    administrator,
    span,
):
    found = incident.affected(by=administrator, accounts=["dan"], **span)
    assert listed("subject", found) == {("01-001", "could be read"), ("01-001", "changed")}
    (changed,) = [one for one in found if one.ground == "changed"]
    assert (changed.by, changed.site) == ("dan", "01")
    assert span["since"] < changed.first_at <= changed.last_at < span["until"]


@pytest.mark.proves("C04")
def test_the_sponsor_s_account_affects_every_site(everything, elsewhere, administrator, sponsor, span):  # noqa: F811
    found = incident.affected(by=administrator, accounts=[sponsor.username], **span)
    assert listed("subject", found) == {(code, "could be read") for code in ("01-001", elsewhere.code)}
    narrowed = incident.affected(by=administrator, accounts=[sponsor.username], sites=["02"], **span)
    assert listed("subject", narrowed) == {(elsewhere.code, "could be read")}


@pytest.mark.proves("C04")
def test_what_was_taken_along_is_named_with_its_moment(everything, elsewhere, administrator, sponsor, as_sponsor, span):  # noqa: F811
    assert exported(as_sponsor, ABROAD, subject="01-001", form="vitalsigns").status_code == 200
    found = incident.affected(by=administrator, accounts=[sponsor.username], **span)
    event = SystemEvent.objects.get(kind="export")
    taken = [one for one in found if one.ground == "taken along"]
    assert [(one.who, one.first_at) for one in taken] == [("01-001", event.at)]
    (told,) = [one.detail for one in found if (one.kind, one.ground) == ("event", "export")]
    assert told.startswith("what: history as CSV; rows: ")
    assert told.endswith("; recipient: Sponsor's statistics; country: DE")


@pytest.mark.proves("C04")
def test_persons_are_the_account_s_owner_and_those_named_in_what_it_could_read(
    everything,  # noqa: F811
    elsewhere,
    data_manager,
    stranger,
    administrator,
    span,
):
    found = incident.affected(by=administrator, accounts=["dan"], **span)
    people = listed("person", found)
    assert {
        ("dan", "the account itself"),
        ("dan", "named in records that could be read"),
        ("ida", "named in records that could be read"),
    } <= people
    assert stranger.username not in {who for who, _ in people}
    assert {one.name for one in found if one.who == "dan" and one.kind == "person"} == {data_manager.get_full_name()}


@pytest.mark.proves("C04")
def test_accounts_that_it_acted_upon_are_named(everything, administrator, investigator, data_manager, span, commit):  # noqa: F811
    with acting(by=data_manager):
        investigator.set_password("another-password-of-14")
        investigator.save()
    commit()
    assert ("ida", "account acted upon") in listed("person", incident.affected(by=administrator, accounts=["dan"], **span))


@pytest.mark.proves("C04", "A04")
def test_an_administrator_s_account_affects_everybody_with_an_account_and_no_subject(everything, administrator, monitor, span):  # noqa: F811
    found = incident.affected(by=administrator, accounts=[administrator.username], **span)
    assert listed("subject", found) == set()
    managed = {who for who, ground in listed("person", found) if ground == "account could be managed"}
    assert {"dan", "ida", monitor.username} <= managed
    assert "account could be managed" not in {
        ground for _, ground in listed("person", incident.affected(by=administrator, accounts=["dan"], **span))
    }


@pytest.mark.proves("C04")
def test_a_site_affects_all_of_its_subjects_and_people(everything, elsewhere, administrator, monitor, stranger, span):  # noqa: F811
    found = incident.affected(by=administrator, sites=["01"], **span)
    assert listed("subject", found) == {("01-001", "could be read")}
    people = listed("person", found)
    assert {(name, "held a role at the site") for name in ("dan", "ida", monitor.username)} <= people
    assert stranger.username not in {who for who, _ in people}
    whole = incident.affected(by=administrator, **span)
    assert {who for who, _ in listed("subject", whole)} == {"01-001", elsewhere.code}
    assert {"dan", stranger.username, administrator.username} <= {who for who, _ in listed("person", whole)}


@pytest.mark.proves("C04")
def test_a_role_counts_while_it_was_held(everything, site, administrator, commit):  # noqa: F811
    """Taken away afterwards, it does not hide what could be read; given afterwards, it opens nothing before."""
    given = timezone.now()
    late = member("late", Role.DATA_MANAGER, site)
    commit()
    held = {"since": given, "until": timezone.now() + HOUR}
    with acting(by=founder()):
        Membership.objects.filter(user=late).update(ends_on=timezone.localdate() - timedelta(days=1))
    commit()
    ended = timezone.now()
    assert listed("subject", incident.affected(by=administrator, accounts=["late"], **held)) == {("01-001", "could be read")}
    for before_or_after in ({"since": given - 2 * HOUR, "until": given}, {"since": ended, "until": ended + HOUR}):
        assert listed("subject", incident.affected(by=administrator, accounts=["late"], **before_or_after)) == set()


@pytest.mark.proves("C04")
def test_a_subject_enrolled_afterwards_is_not_affected(everything, site, administrator, data_manager, commit):  # noqa: F811
    span = {"since": timezone.now() - HOUR, "until": timezone.now()}
    later = enrolment.enrol(site=site, by=data_manager, screened_on=SCREENED)
    commit()
    now = span | {"until": timezone.now() + HOUR}
    assert later.code not in {who for who, _ in listed("subject", incident.affected(by=administrator, accounts=["dan"], **span))}
    assert later.code in {who for who, _ in listed("subject", incident.affected(by=administrator, accounts=["dan"], **now))}


@pytest.mark.proves("C04", "A04")
def test_no_word_of_a_record_is_in_it(everything, administrator, span):  # noqa: F811
    """The administrator, who reads no clinical data, gets numbers and names of accounts."""
    said = str(incident.affected(by=administrator, accounts=["dan", "ida"], **span))
    assert "01-001" in said
    assert not [word for word in ("1957", str(VitalSigns.objects.get().weight_kg), "pulse", "birth") if word in said]


def test_refusals(everything, administrator, data_manager, span):  # noqa: F811
    with pytest.raises(NotAllowed):
        incident.affected(by=data_manager, accounts=["dan"], **span)
    for wrong, said in (({"accounts": ["dan", "nemo"]}, "no account nemo"), ({"sites": ["77"]}, "no site 77")):
        with pytest.raises(Refused, match=said):
            incident.affected(by=administrator, **wrong, **span)
    with pytest.raises(Refused, match="after its beginning"):
        incident.affected(by=administrator, since=span["until"], until=span["since"])


@pytest.mark.proves("C04", "C03", "R07")
def test_command_writes_the_list_and_notes_it(everything, administrator, span, tmp_path, monkeypatch, capsys):  # noqa: F811
    file, told = tmp_path / "affected.csv", {name: moment.isoformat() for name, moment in span.items()}
    asked = {"by": administrator.username, "account": ["dan"], **told}
    monkeypatch.setattr("getpass.getpass", lambda prompt: "wrong")
    with pytest.raises(CommandError, match="do not match"):
        call_command("incident", str(file), **asked)
    monkeypatch.setattr("getpass.getpass", lambda prompt: PASSWORD)
    with pytest.raises(CommandError, match="Only an administrator"):
        call_command("incident", str(file), **asked | {"by": "dan"})
    with pytest.raises(CommandError, match="offset from UTC"):
        call_command("incident", str(file), "--by", "dan", "--since", "2026-11-26", "--until", "yesterday")
    assert not file.exists()
    call_command("incident", str(file), "--by", asked["by"], "--account", "dan", "--since", told["since"], "--until", told["until"])
    assert "1 subjects and " in capsys.readouterr().out
    assert file.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline="")))
    found = incident.affected(by=administrator, accounts=["dan"], **span)
    assert [(row["kind"], row["who"], row["ground"]) for row in rows] == [
        (one.kind, one.who, one.ground) for one in found if one.detail != f"what: incident: affected persons; rows: {len(rows)}"
    ]
    detail = {name: value for name, (_, value) in SystemEvent.objects.get(kind="export").detail.items()}
    assert (detail["rows"], detail["sha256"]) == (len(rows), hashlib.sha256(file.read_bytes()).hexdigest())
    assert detail["filters"] == {"accounts": ["dan"], "sites": []} | told


@pytest.mark.proves("C04")
def test_a_hundred_subjects_take_seconds_not_an_hour(site, data_manager, administrator, span, commit):
    for _ in range(100):
        subject = enrolment.enrol(site=site, by=data_manager, screened_on=SCREENED)
    with acting(by=data_manager):
        complete(VitalSigns, subject)
    commit()
    began = timezone.now()
    found = incident.affected(by=administrator, accounts=["dan"], **span)
    assert len({who for who, _ in listed("subject", found)}) == 100
    assert timezone.now() - began < timedelta(seconds=10)

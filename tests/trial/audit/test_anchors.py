"""Anchors: the ledger's head kept outside; a crash stops none of them, and their absence is told (R13)."""

import json
import os

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from trial.actions.verification import anchors
from trial.audit.acting import acting
from trial.audit.ledger_sql import content
from trial.models import Ledger, Site

pytestmark = pytest.mark.proves("R13")

AGE = f"""
    alter table trial_ledger disable trigger user;
    set local timezone = 'UTC';
    update trial_ledger set at = now() - interval '%s minutes' where seq <= %s;
    do $$ declare e trial_ledger; before bytea := ''; begin
      for e in select * from trial_ledger l order by l.seq loop
        before := sha256(before || convert_to({content("e")}, 'UTF8'));
        update trial_ledger set hash = before where seq = e.seq;
      end loop; end $$;
    set constraints all immediate;
    """
ON = "alter table trial_ledger enable always trigger "


@pytest.fixture(autouse=True)
def own_folder(db, settings, tmp_path):
    """Without the anchor that migrate wrote, where this is the first test of the run."""
    settings.ANCHOR_FOLDER = tmp_path / "anchors"


@pytest.fixture
def entries(cycle, commit):
    commit()
    return Ledger.objects.count()


@pytest.fixture
def one_more(site, administrator, commit):
    def enter(name):
        with acting(by=administrator, reason="Renamed"):
            Site.objects.filter(pk=site.pk).update(name=name)
        commit()

    return enter


def made(*, minutes_ago, until):
    """As if entries had been made then, in a chain that follows."""
    with connection.cursor() as cursor:
        cursor.execute(AGE % (minutes_ago, until))
        for name in ("append_only", "append_only_insert", "append_only_truncate"):
            cursor.execute(ON + name)


def file():
    return anchors.folder() / anchors.FILE


def end_with(line):
    """A crash in the midst of writing: the file ends within a line."""
    handle = os.open(file(), os.O_WRONLY | os.O_APPEND)
    os.write(handle, line)
    os.close(handle)


@pytest.mark.parametrize("length", [1, 20, -2])
def test_after_a_line_that_a_crash_cut_the_next_anchor_is_written(entries, one_more, length, capsys):
    anchors.anchor()
    whole = file().read_bytes().splitlines()[0]
    end_with(whole[:length])
    one_more("First Hospital")
    assert anchors.anchor()["seq"] == Ledger.objects.count()
    assert [one["seq"] for one in anchors.read_anchors()] == [entries, Ledger.objects.count()]
    assert "".join(one["links"] for one in anchors.read_anchors()) == "".join(bytes(one.hash).hex()[:8] for one in Ledger.objects.all())
    assert anchors.cut_lines() == [2]
    call_command("verify_ledger")
    told = capsys.readouterr()
    assert told.err == "Line 2 of anchors.jsonl is cut short, as by a crash; the anchor after it goes on from the one before.\n"
    assert told.out.startswith("In order.")


def test_a_cut_line_is_told_before_another_anchor_ends_it(entries, capsys):
    anchors.anchor()
    end_with(b'{"at": "2026')
    call_command("verify_ledger")
    assert "Line 2 of anchors.jsonl is cut short" in capsys.readouterr().err


def test_a_first_line_that_was_cut_leaves_the_first_anchor_to_be_written(entries):
    anchors.folder().mkdir(parents=True)
    file().write_bytes(b'{"at"')
    anchors.anchor()
    assert [len(one["links"]) for one in anchors.read_anchors()] == [8 * entries]


def test_only_the_end_of_a_line_was_missing(entries):
    anchors.anchor()
    file().write_bytes(file().read_bytes().rstrip(b"\n"))
    anchors.anchor()
    assert ([one["seq"] for one in anchors.read_anchors()], anchors.cut_lines()) == ([entries, entries], [])


def test_a_whole_anchor_is_found_behind_long_lines(entries):
    anchors.anchor()
    first = file().read_bytes()
    file().write_bytes(first + b"x" * 3 * anchors.BLOCK + b"\n" + b"y" * 10)
    anchors.anchor()
    assert (len(anchors.read_anchors()), anchors.read_anchors()[-1]["links"], anchors.cut_lines()) == (2, "", [2, 3])


def test_first_start_is_in_order_without_an_anchor(entries, capsys):
    made(minutes_ago=14, until=entries)
    call_command("verify_ledger")
    assert capsys.readouterr().out.startswith("In order.")


def test_no_anchor_is_a_finding_once_entries_are_older_than_a_quarter_of_an_hour(entries):
    made(minutes_ago=60, until=1)
    with pytest.raises(CommandError) as said:
        call_command("verify_ledger")
    assert str(said.value) == f"No anchor is kept outside the database, though the ledger has {entries} entries."


@pytest.mark.parametrize("cut_to", [0, 1])
def test_anchors_that_were_cut_back_are_a_finding(entries, one_more, cut_to):
    made(minutes_ago=60, until=entries)
    anchors.anchor()
    one_more("First Hospital")
    last = Ledger.objects.count()
    made(minutes_ago=60, until=last)
    anchors.set_aside()
    anchors.anchor()
    call_command("verify_ledger")
    lines = file().read_text().splitlines(keepends=True)
    earlier = json.loads(lines[0]) | {"seq": 3, "hash": bytes(Ledger.objects.get(seq=3).hash).hex(), "links": "", "counts": {}}
    file().write_text("".join([json.dumps(earlier) + "\n"][:cut_to]))
    said = f"Entries 4 to {last} are not anchored: the last anchor is of entry 3" if cut_to else "No anchor is kept outside"
    with pytest.raises(CommandError, match=said):
        call_command("verify_ledger")


def test_what_came_after_the_last_anchor_may_wait_for_the_next(entries, one_more, capsys):
    made(minutes_ago=60, until=entries)
    anchors.anchor()
    one_more("First Hospital")
    assert anchors.read_anchors()[-1]["seq"] < Ledger.objects.count()
    call_command("verify_ledger")
    assert capsys.readouterr().out.startswith(f"In order. Head: {Ledger.objects.count()} ")


def test_entries_that_were_anchored_late_are_remarked(entries, capsys):
    made(minutes_ago=60, until=1)
    anchors.anchor()
    call_command("verify_ledger")
    assert f"Entries 1 to {entries} were anchored late, at " in capsys.readouterr().err

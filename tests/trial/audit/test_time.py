"""What happens is dated by the database's clock: one instant, whatever clock or zone client, process and session have (R10)."""

import csv
import io
import json
import re
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from crf.models import VitalSigns
from django.db import connection
from django.utils.http import http_date
from tests.api.conftest import as_data_manager, signs  # noqa: F401  (fixtures, found by their names)
from tests.at_once import in_parallel
from tests.conftest import SCREENED
from trial.models import Ledger, Site

from trial.actions import enrolment

ZONES = ("Asia/Shanghai", "UTC", "America/New_York")
CLIENT_IS = (timedelta(days=-1), timedelta(), timedelta(days=1))


@pytest.fixture
def process_zone(request, monkeypatch):
    """The zone of this very process, as the C library has it."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


@pytest.fixture
def session_zone(request, db):
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('timezone')")
        (before,) = cursor.fetchone()
        cursor.execute("select set_config('timezone', %s, false)", [request.param])
        yield request.param
        cursor.execute("select set_config('timezone', %s, false)", [before])


def seconds_in_database(expression="extract(epoch from clock_timestamp())", where=""):
    with connection.cursor() as cursor:
        cursor.execute(f"select {expression} {where}")
        return float(cursor.fetchone()[0])


@pytest.mark.proves("R10")
@pytest.mark.parametrize("client_is", CLIENT_IS, ids=str)
@pytest.mark.parametrize("session_zone", ZONES, indirect=True)
@pytest.mark.parametrize("process_zone", ZONES, indirect=True)
def test_a_change_bears_the_instant_of_the_database(process_zone, session_zone, client_is, signs, as_data_manager, commit):  # noqa: F811
    """A client whose clock is a day wrong tells so in its request; nothing takes the time from there."""
    commit()
    as_data_manager.defaults["HTTP_DATE"] = http_date(time.time() + client_is.total_seconds())
    began = seconds_in_database()
    answer = as_data_manager.patch(f"forms/vitalsigns/{signs.pk}/", {"version": 1, "reason": "TRANSCRIPTION", "items": {"pulse": 72}})
    assert answer.status_code == 200, answer.json()
    commit()
    ended = seconds_in_database()
    last = "from trial_ledger order by seq desc limit 1"
    stored = [
        seconds_in_database("extract(epoch from at)", last),
        seconds_in_database("extract(epoch from written_at)", last),
        seconds_in_database("extract(epoch from history_date)", "from crf_historicalvitalsigns order by history_id desc limit 1"),
    ]
    assert [one for one in stored if not began <= one <= ended] == []


@pytest.mark.proves("R10")
@pytest.mark.parametrize("process_zone", ZONES, indirect=True)
@pytest.mark.parametrize("zone", ZONES)
def test_what_is_read_is_that_instant_whatever_zone_the_server_offers(process_zone, zone, db, monkeypatch):
    """A new connection of ours counts in UTC, though PGTZ, or the database's own setting, names another zone."""
    monkeypatch.setenv("PGTZ", zone)
    own = connection.copy("own")
    try:
        with own.cursor() as cursor:
            cursor.execute("select current_setting('timezone'), clock_timestamp(), extract(epoch from clock_timestamp())")
            offered, read, seconds = cursor.fetchone()
    finally:
        own.close()
    assert offered == "UTC"
    assert abs(read.timestamp() - float(seconds)) < 1


@pytest.mark.proves("R10")
@pytest.mark.parametrize("process_zone", ZONES, indirect=True)
def test_api_tells_that_instant(process_zone, signs, as_data_manager, commit):  # noqa: F811
    commit()
    told = {one["at"] for one in as_data_manager.results("history/", form="vitalsigns")}
    (at,) = map(datetime.fromisoformat, told)
    stored = seconds_in_database("extract(epoch from at)", "from trial_ledger where form = 'crf.vitalsigns'")
    assert at.timestamp() == pytest.approx(stored, abs=1e-5)
    assert signs.history.latest("history_id").history_date <= at


@pytest.mark.proves("R10")
@pytest.mark.parametrize("sent", [{"at": "2020-01-01T00:00:00Z"}, {"history_date": "2020-01-01T00:00:00Z"}])
def test_no_client_says_when(sent, signs, as_data_manager):  # noqa: F811
    change = {"version": 1, "reason": "TRANSCRIPTION", "items": {"pulse": 72}}
    assert as_data_manager.patch(f"forms/vitalsigns/{signs.pk}/", change | sent).status_code == 400
    assert VitalSigns.objects.get().version == 1


@pytest.mark.proves("R10")
@pytest.mark.parametrize("session_zone", ZONES, indirect=True)
def test_exported_ledger_says_the_same_in_every_zone_of_the_session(session_zone, signs, commit, tmp_path, export_ledger):  # noqa: F811
    commit()
    export_ledger(tmp_path / "ledger")
    said = [json.loads(line)["head"] for line in (tmp_path / "ledger").read_text().splitlines()]
    with connection.cursor() as cursor:
        cursor.execute("select to_char(at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS') from trial_ledger order by seq")
        moments = [moment for (moment,) in cursor.fetchall()]
    assert len(said) == len(moments)
    assert [one for one, at in zip(said, moments, strict=True) if not re.search(rf"{at}(\.\d+)?\+00:00", one)] == []


@pytest.mark.proves("R10")
@pytest.mark.parametrize("process_zone", ZONES, indirect=True)
def test_exported_history_carries_the_offset(process_zone, signs, as_data_manager, commit):  # noqa: F811
    commit()
    stored = dict(Ledger.objects.values_list("seq", "at"))
    rows = list(csv.DictReader(io.StringIO(as_data_manager.post("history/export/").content.decode("utf-8-sig"))))
    told = {int(row["seq"]): datetime.fromisoformat(row["at"]) for row in rows}
    assert told
    assert {seq: (at, at.utcoffset()) for seq, at in told.items()} == {seq: (stored[seq], timedelta()) for seq in told}


@pytest.mark.proves("R10")
def test_order_of_the_ledger_is_the_order_of_time(transactional_db, site, data_manager):
    """Writers at once, each session in a zone of its own."""

    def writer(zone):
        def write():
            with connection.cursor() as cursor:
                cursor.execute("select set_config('timezone', %s, false)", [zone])
            for _ in range(5):
                enrolment.enrol(site=Site.objects.get(pk=site.pk), by=data_manager, screened_on=SCREENED)

        return write

    before = datetime.now(UTC)
    assert in_parallel(*(writer(zone) for zone in ZONES * 2)) == []
    times = list(Ledger.objects.filter(form="trial.subject").order_by("seq").values_list("at", flat=True))
    assert len(times) == 5 * len(ZONES) * 2
    assert all(one <= other for one, other in pairwise(times))
    assert times[0] >= before - timedelta(minutes=1)
    assert times[-1] <= datetime.now(UTC) + timedelta(minutes=1)

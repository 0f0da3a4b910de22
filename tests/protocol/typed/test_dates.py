"""Dates as typed (crf_spec 0.3): the table of what is taken and what is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.typed.dates import MONTHS, Days, Fault, Grain, NotADate, parse

DAYS = Days(today=date(2026, 11, 30), visit=date(2026, 3, 1))
DAY, MONTH, PARTIAL = Grain.DAY, Grain.MONTH, Grain.PARTIAL

TAKEN = [
    # typed               kind     date
    ("2026-11-30",        DAY,     "2026-11-30"),
    ("2026/11/30",        DAY,     "2026-11-30"),
    ("2026.11.30",        DAY,     "2026-11-30"),
    ("2026 11 30",        DAY,     "2026-11-30"),
    ("2026-1-3",          DAY,     "2026-01-03"),
    ("20261130",          DAY,     "2026-11-30"),
    ("2026年11月30日",      DAY,     "2026-11-30"),
    ("2026年1月3日",        DAY,     "2026-01-03"),
    ("２０２６－１１－３０",    DAY,     "2026-11-30"),
    ("２０２６／１１／３０",    DAY,     "2026-11-30"),
    ("30NOV2026",         DAY,     "2026-11-30"),
    ("30 Nov 2026",       DAY,     "2026-11-30"),
    ("3-nov-2026",        DAY,     "2026-11-03"),
    ("30 November 2026",  DAY,     "2026-11-30"),
    ("2026 Nov 30",       DAY,     "2026-11-30"),
    (" 2026-11-30 ",      DAY,     "2026-11-30"),
    ("2024-02-29",        DAY,     "2024-02-29"),
    ("t",                 DAY,     "2026-11-30"),
    ("T",                 DAY,     "2026-11-30"),
    ("v",                 DAY,     "2026-03-01"),
    ("+1",                DAY,     "2026-03-02"),
    ("-2",                DAY,     "2026-02-27"),
    ("－２",               DAY,     "2026-02-27"),
    ("t-1",               DAY,     "2026-11-29"),
    ("v+7",               DAY,     "2026-03-08"),
    ("2026-11",           PARTIAL, "2026-11"),
    ("2026/11",           PARTIAL, "2026-11"),
    ("2026年11月",         PARTIAL, "2026-11"),
    ("Nov 2026",          PARTIAL, "2026-11"),
    ("2026",              PARTIAL, "2026"),
    ("２０２６",            PARTIAL, "2026"),
    ("2026年",             PARTIAL, "2026"),
    ("20261130",          PARTIAL, "2026-11-30"),
    ("t",                 PARTIAL, "2026-11-30"),
    ("1960-07",           MONTH,   "1960-07"),
    ("1960/7",            MONTH,   "1960-07"),
    ("1960年7月",           MONTH,   "1960-07"),
    ("JUL1960",           MONTH,   "1960-07"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "grain", "iso"), TAKEN)
def test_a_date_is_written_as_iso(typed, grain, iso):
    assert parse(typed, grain, DAYS) == iso


REFUSED = [
    # typed            kind     fault
    ("03/04/2026",     DAY,     Fault.DAY_OR_MONTH_FIRST),
    ("30.11.2026",     DAY,     Fault.DAY_OR_MONTH_FIRST),
    ("30-11-26",       DAY,     Fault.DAY_OR_MONTH_FIRST),
    ("11 30 2026",     PARTIAL, Fault.DAY_OR_MONTH_FIRST),
    ("11月30日",        DAY,     Fault.DAY_OR_MONTH_FIRST),
    ("2026-02-29",     DAY,     Fault.NO_SUCH_DAY),
    ("2026-13-01",     DAY,     Fault.NO_SUCH_DAY),
    ("20261131",       DAY,     Fault.NO_SUCH_DAY),
    ("31JUN2026",      DAY,     Fault.NO_SUCH_DAY),
    ("2026-00",        PARTIAL, Fault.NO_SUCH_DAY),
    ("0000-01-01",     DAY,     Fault.NO_SUCH_DAY),
    ("2026-11",        DAY,     Fault.INCOMPLETE),
    ("2026",           DAY,     Fault.INCOMPLETE),
    ("1960",           MONTH,   Fault.INCOMPLETE),
    ("1960-07-13",     MONTH,   Fault.TOO_EXACT),
    ("19600713",       MONTH,   Fault.TOO_EXACT),
    ("t",              MONTH,   Fault.UNREADABLE),
    ("202611",         PARTIAL, Fault.UNREADABLE),
    ("30NOV26",        DAY,     Fault.UNREADABLE),
    ("30NOT2026",      DAY,     Fault.UNREADABLE),
    ("8 January",      DAY,     Fault.UNREADABLE),
    ("2026-W48-1",     DAY,     Fault.UNREADABLE),
    ("2026-11-30T08",  DAY,     Fault.UNREADABLE),
    ("٢٠٢٦-١١-٣٠",     DAY,     Fault.UNREADABLE),
    ("tomorrow",       DAY,     Fault.UNREADABLE),
    ("1",              DAY,     Fault.UNREADABLE),
    ("",               DAY,     Fault.UNREADABLE),
    ("+99999",         DAY,     Fault.UNREADABLE),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "grain", "fault"), REFUSED)
def test_anything_else_is_refused_by_its_fault(typed, grain, fault):
    with pytest.raises(NotADate) as refusal:
        parse(typed, grain, DAYS)
    assert refusal.value.fault == fault


@pytest.mark.parametrize("typed", ["v", "+1", "-2"])
def test_nothing_is_counted_from_a_visit_without_a_day(typed):
    with pytest.raises(NotADate) as refusal:
        parse(typed, days=Days(date(2026, 11, 30)))
    assert refusal.value.fault == Fault.NO_VISIT_DAY


@pytest.mark.parametrize("typed", ["t", "v", "+1", "-2", "t-1"])
def test_nothing_is_counted_where_no_day_is_shown(typed):
    """As in the API and in an import."""
    with pytest.raises(NotADate) as refusal:
        parse(typed)
    assert refusal.value.fault == Fault.UNREADABLE


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_is_read_in_every_spelling(day):
    spellings = [
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.day}{MONTHS[day.month - 1][:3]}{day.year}",
    ]
    assert {parse(spelling) for spelling in spellings} == {day.isoformat()}

"""Age from year and month of birth (crf_spec 2.3), around the month that leaves it open."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.eligibility.age import AgeContradicted, ages, possible_ages, refusal

POSSIBLE = [
    # born       on             ages
    ("1944-06",  "2025-05-31",  {80}),
    ("1944-06",  "2025-06-01",  {80, 81}),
    ("1944-06",  "2025-06-15",  {80, 81}),
    ("1944-06",  "2025-06-30",  {80, 81}),
    ("1944-06",  "2025-07-01",  {81}),
    ("1943-11",  "2025-06-02",  {81}),
    ("1960-07",  "2025-03-03",  {64}),
    ("2025-06",  "2025-06-15",  {0}),
    ("2025-07",  "2025-06-15",  set()),  # born after the day
    ("1944",     "2025-06-15",  set()),
    ("1944-13",  "2025-06-15",  set()),
    ("",         "2025-06-15",  set()),
]  # fmt: skip


@pytest.mark.parametrize(("born", "on", "expected"), POSSIBLE)
def test_month_of_birth_leaves_one_age_open_or_two(born, on, expected):
    assert possible_ages(born, on=date.fromisoformat(on)) == expected


CONFIRMED = [
    # born       consent        source  on             ages
    ("1944-06",  "2025-06-15",  80,     "2025-06-15",  {80}),
    ("1944-06",  "2025-06-15",  81,     "2025-06-15",  {81}),
    ("1944-06",  "2025-06-15",  None,   "2025-06-15",  {80, 81}),
    ("1944-06",  "2025-06-15",  80,     "2025-06-10",  {80}),      # birthday after the 15th
    ("1944-06",  "2025-06-15",  80,     "2025-06-20",  {80, 81}),  # perhaps between the two days
    ("1944-06",  "2025-06-15",  81,     "2025-06-20",  {81}),      # birthday on the 15th or before
    ("1944-06",  "2025-06-15",  81,     "2025-06-10",  {80, 81}),
    ("1944-06",  "2025-06-15",  81,     "2026-06-16",  {82}),      # the same holds in later years
    ("1944-06",  "2025-06-15",  80,     "2025-07-01",  {81}),
    ("1944-06",  "2025-05-15",  80,     "2025-06-15",  {80, 81}),  # consent in May: the source says nothing of the day
]  # fmt: skip


@pytest.mark.parametrize(("born", "consent", "source", "on", "expected"), CONFIRMED)
def test_source_at_consent_decides_as_far_as_it_can(born, consent, source, on, expected):
    consent_on = date.fromisoformat(consent)
    assert (
        ages(born, on=date.fromisoformat(on), confirmed=source, consent_on=consent_on) == expected
    )


@pytest.mark.parametrize("source", [79, 82])
def test_source_that_cannot_be_right_is_refused(source):
    consent = date(2025, 6, 15)
    with pytest.raises(
        AgeContradicted, match=f"was 80 or 81 at consent on 2025-06-15, not {source}"
    ):
        ages("1944-06", on=consent, confirmed=source, consent_on=consent)


@pytest.mark.parametrize(("born", "source"), [("1944-06", 80), ("1944-06", 81), ("", 30)])
def test_source_that_can_be_right_is_not_refused(born, source):
    assert refusal(born, consent_on=date(2025, 6, 15), confirmed=source) is None


@given(
    st.dates(date(1920, 1, 1), date(2005, 12, 31)), st.dates(date(2021, 12, 4), date(2040, 1, 1))
)
def test_true_age_is_always_among_the_possible_ones(birthday, on):
    true_age = on.year - birthday.year - ((on.month, on.day) < (birthday.month, birthday.day))
    assert true_age in possible_ages(birthday.isoformat()[:7], on=on)


@given(
    st.dates(date(1920, 1, 1), date(2005, 12, 31)),
    st.dates(date(2021, 12, 4), date(2030, 1, 1)),
    st.dates(date(2021, 12, 4), date(2040, 1, 1)),
)
def test_true_source_never_excludes_the_true_age(birthday, consent, on):
    def true_age(day):
        return day.year - birthday.year - ((day.month, day.day) < (birthday.month, birthday.day))

    birth_month, confirmed = birthday.isoformat()[:7], true_age(consent)
    assert true_age(on) in ages(birth_month, on=on, confirmed=confirmed, consent_on=consent)

"""The rows of one save are judged as the whole that they will be, whatever their order (page and API)."""

from datetime import timedelta
from itertools import permutations

import pytest
from crf.models import Administration, Cycle, Fraction, RadiotherapyCourse, TargetVolume
from rest_framework.test import APIClient
from tests.examples import complete, course_of_three_fractions
from tests.pages import errors, filled_in
from trial.audit.acting import acting
from trial.models import Visit
from trial.refusals import Refused

from trial.actions import entry

REASON = "TRANSCRIPTION: misread"
TYPED = {"reason": "TRANSCRIPTION", "reason_words": "misread"}


@pytest.fixture
def course(subject, data_manager):
    with acting(by=data_manager):
        course_of_three_fractions(subject)
    return RadiotherapyCourse.objects.get()


def fractions():
    return list(Fraction.objects.filter(withdrawn_at=None).order_by("pk"))


def dates():
    return [fraction.given_on for fraction in fractions()]


def edit(row, **values):
    return {"id": row.pk, "version": row.version} | values


def change(course, by, edits):
    return entry.change(course, by=by, version=course.version, values={}, rows={Fraction: edits}, reason=REASON)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_fractions_exchange_their_dates_in_any_order(course, data_manager, order):
    first, second, third = before = dates()
    after = [second, third, first]
    edits = [edit(fractions()[n], given_on=after[n]) for n in order]
    change(course, data_manager, edits)
    assert (dates(), sorted(dates())) == (after, before)


@pytest.mark.parametrize("days", [1, -1])
def test_all_fractions_move_by_a_day(course, data_manager, days):
    start, *_ = before = dates()
    entry.change(course, by=data_manager, version=course.version, values={"started_on": start - timedelta(5)}, reason=REASON)
    course.refresh_from_db()
    moved = [day + timedelta(days) for day in before]
    change(course, data_manager, [edit(row, given_on=day) for row, day in zip(fractions(), moved, strict=True)])
    assert dates() == moved


def test_numbers_are_exchanged_on_the_page(course, browser):
    url = f"/admin/crf/radiotherapycourse/{course.pk}/change/"
    page = browser.get(url)
    answer = browser.post(url, filled_in(page, **{"fractions-0-number": 2, "fractions-1-number": 1}, **TYPED))
    assert errors(answer) == ""
    assert [fraction.number for fraction in fractions()] == [2, 1, 3]


def test_numbers_are_exchanged_through_the_api(course, investigator):
    api = APIClient()
    api.force_authenticate(investigator)
    first, second, _ = fractions()
    rows = {"fractions": [edit(first, number=2), edit(second, number=1)]}
    sent = {"version": course.version, "rows": rows, "reason": REASON}
    answer = api.patch(f"/api/v1/forms/radiotherapycourse/{course.pk}/", sent, format="json")
    assert answer.status_code == 200, answer.data
    assert [fraction.number for fraction in fractions()] == [2, 1, 3]


def test_a_row_takes_the_place_of_one_that_is_withdrawn_in_the_same_save(course, data_manager):
    first, *_ = fractions()
    again = {"volume": first.volume, "number": 1, "given_on": first.given_on, "delivered": "Y", "dose_gy": first.dose_gy}
    change(course, data_manager, [again, edit(first, withdraw=True)])
    assert sorted(fraction.number for fraction in fractions()) == [1, 2, 3]
    assert Fraction.objects.get(pk=first.pk).withdrawn_at is not None


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_two_rows_that_would_be_the_same_are_refused_in_any_order(course, data_manager, order):
    rows = fractions()[:2]
    edits = [edit(rows[n], number=7) for n in order]
    with pytest.raises(Refused, match="already has a fraction of this number"):
        change(course, data_manager, edits)
    assert [fraction.number for fraction in fractions()] == [1, 2, 3]


def test_two_agents_exchange_their_days(subject, data_manager):
    with acting(by=data_manager):
        cycle = complete(Cycle, subject)
        first = Administration.objects.get()
        values = {name: getattr(first, name) for name in first.item_names()}
        Administration.objects.create(cycle=cycle, **values | {"day": 8, "given_on": first.given_on + timedelta(7)})
    first, second = Administration.objects.order_by("pk")
    edits = [
        edit(first, day=second.day, given_on=second.given_on),
        edit(second, day=first.day, given_on=first.given_on),
    ]
    cycle = Cycle.objects.get()
    rows = {Administration: edits}
    entry.change(cycle, by=data_manager, version=cycle.version, values={}, rows=rows, reason=REASON)
    assert [row.day for row in Administration.objects.order_by("pk")] == [8, 1]


def test_each_problem_of_several_rows_stands_at_its_row(course, browser):
    url = f"/admin/crf/radiotherapycourse/{course.pk}/change/"
    early = "2020-01-06"
    typed = {"fractions-0-given_on": early, "fractions-2-given_on": early}
    page = browser.post(url, filled_in(browser.get(url), **typed, **TYPED))
    (group,) = [g for g in page.context["inline_admin_formsets"] if g.formset.model is Fraction]
    wrong = [sorted(form.errors) for form in group.formset.forms if form.instance.pk]
    assert wrong == [["given_on"], [], ["given_on"]]


def test_the_rows_and_their_record_are_judged_as_they_will_be(course, data_manager):
    """The course begins later, and its first fraction moves with it, in one save; alone, neither would do."""
    first, second, _ = fractions()
    later = first.given_on + timedelta(1)
    values = {"started_on": later}
    with pytest.raises(Refused, match="Fraction 1: The course started on"):
        entry.change(course, by=data_manager, version=course.version, values=values, reason=REASON)
    rows = {Fraction: [edit(second, number=3), edit(first, given_on=later), edit(fractions()[2], number=2)]}
    entry.change(course, by=data_manager, version=course.version, values=values, rows=rows, reason=REASON)
    assert (min(dates()), RadiotherapyCourse.objects.get().started_on) == (later, later)


def test_a_volume_is_not_withdrawn_under_its_fractions(course, data_manager):
    """The form is complete only with what its rows name; in one save, all of them go."""
    volume = TargetVolume.objects.get()
    gone = {TargetVolume: [edit(volume, withdraw=True)]}
    with pytest.raises(Refused, match=r"names V1 .*, which was withdrawn"):
        entry.change(course, by=data_manager, version=course.version, values={}, rows=gone, reason=REASON)
    entry.change(course, by=data_manager, version=course.version, values={}, rows=gone, reason=REASON, complete=False)


def test_cycles_in_order_are_judged_by_the_doses_as_they_will_be(subject, data_manager):
    """Cycle 1 moves behind cycle 2 by one row while another one leaves: the last dose is that of the whole."""
    with acting(by=data_manager):
        cycle = complete(Cycle, subject)
        first = Administration.objects.get()
        values = {name: getattr(first, name) for name in first.item_names()}
        Administration.objects.create(cycle=cycle, **values | {"day": 8, "given_on": first.given_on + timedelta(40)})
        visit = Visit.objects.get_or_create(subject=subject, code="C2D1")[0]
    first, eighth = Administration.objects.order_by("pk")
    own = {name: getattr(cycle, name) for name in cycle.item_names()} | {"number": 2}
    dose = values | {"given_on": first.given_on + timedelta(21)}
    with pytest.raises(Refused, match="must come after the last dose of the cycle before"):
        entry.enter(Cycle, visit=visit, by=data_manager, values=own, rows={Administration: [dose]})
    cycle = Cycle.objects.get()
    leaves = {Administration: [edit(eighth, withdraw=True), edit(first, given_on=first.given_on + timedelta(1))]}
    entry.change(cycle, by=data_manager, version=cycle.version, values={}, rows=leaves, reason=REASON)
    assert entry.enter(Cycle, visit=visit, by=data_manager, values=own, rows={Administration: [dose]}).pk

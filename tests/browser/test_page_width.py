"""No page is wider than the window, and no table is cut: what is wider scrolls in a box of its own, with a bar that is to be seen."""

import pytest
from tests.examples import complete, name_of
from tests.kept import FORMS
from trial.audit.acting import acting
from trial.models import Visit

from trial.actions import queries

WIDTHS = (1280, 390)
OF_SUBJECT = (
    "/", "/history/?kind=all", "/study/", "/paper/", "/lock/", "/account/", "/admin/", "/admin/crf/vitalsigns/", "/admin/trial/visit/",
    "/subjects/01-001/", "/subjects/01-001/eligibility/1/", "/subjects/01-001/randomization/", "/subjects/01-001/randomization/outside/",
    "/subjects/01-001/course/",
)  # fmt: skip
MEASURE = """() => {
  const wide = e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 && getComputedStyle(e).display !== 'inline';
  const name = e => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + '.' + e.className;
  const scrolls = e => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX);
  const bar = e => parseFloat(getComputedStyle(e, '::-webkit-scrollbar').height) >= 8;
  const all = [...document.querySelectorAll('#content *')];
  return {
    page: Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - window.innerWidth,
    cut: all.filter(e => wide(e) && ['hidden', 'clip'].includes(getComputedStyle(e).overflowX) && !e.closest('select, input')).map(name),
    barless: all.filter(e => wide(e) && scrolls(e) && !bar(e) && !e.matches('select, input, textarea')).map(name),
  };
}"""

SCROLLED = """() => [...document.querySelectorAll('#content *')].filter(e => e.scrollWidth > e.clientWidth + 1
  && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX) && !e.matches('select, input, textarea'))
  .map(e => `${e.id || e.className} ${e.scrollWidth} > ${e.clientWidth}`)"""


def measured(browser):
    wrong = {}
    for width in WIDTHS:
        browser.set_viewport_size({"width": width, "height": 900})
        measures = browser.evaluate(MEASURE)
        if measures["page"] > 0 or measures["cut"] or measures["barless"]:
            wrong[f"{browser.url} at {width}"] = measures
    return wrong


@pytest.fixture
def filled(subject, data_manager):
    """Each form once, with rows."""
    with acting(by=data_manager):
        return [complete(form, subject) for form in FORMS]


def test_no_page_of_a_subject_and_of_the_study_overflows(nurse, browser, filled, monitor):
    wrong, visit = {}, Visit.objects.get(subject__code="01-001", code="SCR")
    queries.raise_query(filled[0], by=monitor, text="Is this so?" * 10)
    nurse.log_in("ida")
    of_visit = (f"/visits/{visit.pk}/sign/", f"/visits/{visit.pk}/paper/", f"/admin/trial/visit/{visit.pk}/change/")
    first = filled[0]
    address = f"/admin/{name_of(type(first)).replace('.', '/')}/{first.pk}"
    of_form = (f"{address}/history/", f"{address}/withdraw/", f"/review/{name_of(type(first))}/{first.pk}/")
    for path in (*OF_SUBJECT, *of_visit, *of_form):
        nurse.go(path)
        wrong |= measured(browser)
    assert wrong == {}


@pytest.mark.parametrize("person", ["dan", "mo"])
def test_no_form_overflows_whether_it_is_entered_or_read(person, nurse, browser, filled, monitor):
    wrong = {}
    nurse.log_in(person)
    for record in filled:
        nurse.go(f"/admin/{name_of(type(record)).replace('.', '/')}/{record.pk}/change/")
        wrong |= measured(browser)
    assert wrong == {}


def test_nothing_has_to_be_scrolled_sideways_at_1280(nurse, browser, filled):
    """Every column of the rows of a form, of the casebook and of the course is to be seen at once."""
    wide, forms = {}, [f"/admin/{name_of(type(record)).replace('.', '/')}/{record.pk}/change/" for record in filled]
    nurse.log_in("dan")
    browser.set_viewport_size({"width": 1280, "height": 900})
    for path in (*forms, "/subjects/01-001/", "/subjects/01-001/course/"):
        nurse.go(path)
        scrolled = browser.evaluate(SCROLLED)
        if scrolled:
            wide[path] = scrolled
    assert wide == {}


def test_labels_of_a_visit_stand_beside_their_own_values(nurse, browser, visit):
    """Each label is at the height of its value, and left of it."""
    nurse.log_in("dan")
    browser.set_viewport_size({"width": 1280, "height": 900})
    nurse.go(f"/admin/trial/visit/{visit.pk}/change/")
    for item in ("target_on", "opens_on", "closes_on", "held_on", "status"):
        question = browser.locator(f"#item-{item}").bounding_box()
        answer = browser.locator(f".item:has(#item-{item}) .answer").bounding_box()
        assert question["x"] + question["width"] <= answer["x"]
        assert answer["y"] - 20 <= question["y"] <= answer["y"] + answer["height"]

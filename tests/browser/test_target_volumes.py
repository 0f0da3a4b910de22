"""The page of a course of radiotherapy: volumes as cards, and fractions that name them before they are stored."""

import os

import pytest
from crf.models import Fraction, Lesion, RadiotherapyCourse
from tests.examples import EXAMPLES, complete, visit_for
from trial.audit.acting import acting

CUT = """[...document.querySelectorAll('.cards, .cards *')]
    .filter((part) => part.clientWidth && part.scrollWidth > part.clientWidth + 1).map((part) => part.outerHTML.slice(0, 120))"""

TABLES = (
    "[...document.querySelectorAll('.inline-group')].filter((group) => group.scrollWidth > group.clientWidth + 1).map((group) => group.id)"
)


@pytest.fixture
def dan(nurse):
    nurse.log_in("dan")
    return nurse


@pytest.fixture
def lesions(subject, data_manager):
    with acting(by=data_manager):
        visit = visit_for(RadiotherapyCourse, subject)
        for _ in range(2):
            Lesion.objects.create(visit=visit, **EXAMPLES["crf.lesion"].values)
    return visit


@pytest.fixture
def address(lesions):
    return f"/admin/crf/radiotherapycourse/add/?visit={lesions.pk}"


@pytest.fixture
def stored(lesions, subject, data_manager):
    with acting(by=data_manager):
        return f"/admin/crf/radiotherapycourse/{complete(RadiotherapyCourse, subject).pk}/change/"


def offered(dan, select):
    return [text.strip() for text in dan.page.locator(f"#{select} option").all_inner_texts()][1:]


def shot(dan, name):
    if folder := os.environ.get("RADIO_SHOTS"):
        dan.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page", ["address", "stored"])
def test_no_item_of_a_volume_is_cut(dan, page, width, request):
    dan.page.set_viewport_size({"width": width, "height": 900})
    dan.go(request.getfixturevalue(page))
    shot(dan, f"{page}-{width}")
    assert dan.page.evaluate("document.documentElement.scrollWidth") <= width
    assert dan.page.evaluate(CUT) == []
    if width == 1280:
        assert dan.page.evaluate(TABLES) == []


def test_an_added_volume_has_the_next_name_and_fractions_can_choose_it(dan, address):
    dan.go(address)
    assert offered(dan, "id_fractions-0-volume") == ["V1 (new)", "V2 (new)"]
    dan.page.click("#volumes-group .add-row a")
    assert dan.page.inner_text("#volumes-2 .row-name") == "V3"
    dan.page.click("#fractions-group .add-row a")
    for place in (0, 2):
        assert offered(dan, f"id_fractions-{place}-volume") == ["V1 (new)", "V2 (new)", "V3 (new)"]
    dan.page.check("#volumes-2 [name=volumes-2-lesions][value=L02]")
    dan.page.select_option("#id_fractions-0-volume", "V3")
    dan.page.fill("#id_fractions-0-number", "1")
    dan.press("_draft")
    dan.sees("stored")
    fraction = Fraction.objects.select_related("volume").get()
    assert (fraction.volume.code, fraction.volume.lesions) == ("V3", ["L02"])


def test_beside_a_stored_volume_the_names_go_on(dan, stored):
    dan.go(stored)
    assert offered(dan, "id_fractions-1-volume") == ["V1 (L01)", "V2 (new)", "V3 (new)"]
    dan.page.click("#volumes-group .add-row a")
    assert dan.page.inner_text("#volumes-3 .row-name") == "V4"


def test_a_missing_d95_has_its_why_beside_it(dan, address):
    dan.go(address)
    why = dan.page.get_by_label("Why “PTV D95” is missing")
    assert why.first.is_visible()
    dan.page.select_option("#id_volumes-0-missing__ptv_d95_gy", "UNK")
    dan.page.check("#volumes-0 [name=volumes-0-lesions][value=L01]")
    dan.press("_draft")
    dan.sees("stored")
    assert RadiotherapyCourse.objects.get().volumes.get().missing == {"ptv_d95_gy": "UNK"}

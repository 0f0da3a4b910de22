"""Volumes, and the fractions that name them, in one save: by action, page and API (crf_spec 2.15)."""

from datetime import date

import pytest
from crf.models import Fraction, Interruption, Lesion, RadiotherapyCourse, TargetVolume
from tests.api.conftest import caller
from tests.crf.conftest import row
from tests.examples import EXAMPLES, placed, visit_for
from tests.pages import errors, filled_in, forms_of
from trial.audit.acting import acting
from trial.refusals import Refused

from trial.actions import entry

ADD, REASON = "/admin/crf/radiotherapycourse/add/", {"reason": "TRANSCRIPTION", "reason_words": "misread"}
UNKNOWN = "is not among the entries that this form can refer to"


@pytest.fixture
def lesions(enter):
    return [enter(Lesion), enter(Lesion, organ_detail="left lower lobe")]


@pytest.fixture
def common(lesions, subject, data_manager):
    with acting(by=data_manager):
        return visit_for(RadiotherapyCourse, subject)


@pytest.fixture
def values(common):
    return placed(EXAMPLES["crf.radiotherapycourse"].values, common)


def given(volume, number, day):
    return row(Fraction, volume=volume, number=number, given_on=date(2025, 4, day))


def fractions_by_volume():
    rows = Fraction.objects.filter(withdrawn_at=None).order_by("volume__code", "number")
    return [(f.volume.code, f.volume.lesions, f.number) for f in rows]


class TestAction:
    @pytest.fixture
    def store(self, enter, lesions):
        def store(volumes, fractions, **answers):
            rows = {Fraction: fractions, TargetVolume: volumes, Interruption: []}  # fractions first: the order is no matter
            return enter(RadiotherapyCourse, rows=rows, **answers)

        return store

    def test_fractions_name_new_volumes_by_the_order_of_these(self, store):
        volumes = [row(TargetVolume, lesions=["L01"]), row(TargetVolume, lesions=["L02"])]
        assert store(volumes, [given("V2", 1, 14), given("V1", 1, 14), given("V2", 2, 15)]).state == "COMPLETE"
        assert fractions_by_volume() == [("V1", ["L01"], 1), ("V2", ["L02"], 1), ("V2", ["L02"], 2)]

    def test_fractions_name_new_volumes_by_the_names_they_were_sent_with(self, store):
        volumes = [row(TargetVolume, lesions=["L01"], code="V2"), row(TargetVolume, lesions=["L02"], code="V1")]
        store(volumes, [given("V1", 1, 14), given("V2", 1, 14)])
        assert fractions_by_volume() == [("V1", ["L02"], 1), ("V2", ["L01"], 1)]

    def test_a_volume_and_its_fractions_are_added_to_a_stored_course(self, store, change):
        course = store([row(TargetVolume, lesions=["L01"])], [given("V1", 1, 14)])
        first = TargetVolume.objects.get()
        new = {TargetVolume: [row(TargetVolume, lesions=["L02"])], Fraction: [given("V2", 1, 14), given(first, 2, 15)]}
        change(course, rows=new)
        assert fractions_by_volume() == [("V1", ["L01"], 1), ("V1", ["L01"], 2), ("V2", ["L02"], 1)]

    def test_a_stored_volume_is_named_by_its_code_too(self, store, change):
        course = store([row(TargetVolume, lesions=["L01"])], [given("V1", 1, 14)])
        change(course, rows={Fraction: [given("V1", 2, 15)]})
        assert fractions_by_volume() == [("V1", ["L01"], 1), ("V1", ["L01"], 2)]

    def test_a_stored_fraction_moves_to_a_new_volume(self, store, change):
        course = store([row(TargetVolume, lesions=["L01"])], [given("V1", 1, 14), given("V1", 2, 15)])
        second = Fraction.objects.get(number=2)
        moved = {"id": second.pk, "version": second.version, "volume": "V2"}
        change(course, rows={Fraction: [moved], TargetVolume: [row(TargetVolume, lesions=["L02"])]})
        assert fractions_by_volume() == [("V1", ["L01"], 1), ("V2", ["L02"], 2)]

    def test_a_volume_that_another_stored_meanwhile_takes_no_fraction_of_the_new_one(self, store, change):
        """The page was drawn when V2 was free: its V2 is stored as V3, with its fractions."""
        course = store([row(TargetVolume, lesions=["L01"])], [given("V1", 1, 14)])
        change(course, rows={TargetVolume: [row(TargetVolume, lesions=["L01"])]})
        change(course, rows={TargetVolume: [row(TargetVolume, lesions=["L02"], code="V2")], Fraction: [given("V2", 1, 14)]})
        assert fractions_by_volume()[-1] == ("V3", ["L02"], 1)

    def test_without_its_name_a_new_volume_is_never_mixed_up_with_a_stored_one(self, store, change):
        course = store([row(TargetVolume, lesions=["L01"])], [given("V1", 1, 14)])
        change(course, rows={TargetVolume: [row(TargetVolume, lesions=["L01"])]})
        with pytest.raises(Refused, match=f"V2 {UNKNOWN}"):
            change(course, rows={TargetVolume: [row(TargetVolume, lesions=["L02"])], Fraction: [given("V2", 1, 14)]})

    def test_the_code_of_a_withdrawn_volume_is_not_used_again(self, store, change, data_manager):
        course = store([row(TargetVolume, lesions=["L01"]), row(TargetVolume, lesions=["L02"])], [given("V1", 1, 14)])
        second = TargetVolume.objects.get(code="V2")
        entry.withdraw_row(second, by=data_manager, version=second.version, reason="ENTRY_ERROR")
        change(course, rows={TargetVolume: [row(TargetVolume, lesions=["L02"])]})
        assert sorted(TargetVolume.objects.values_list("code", flat=True)) == ["V1", "V2", "V3"]

    @pytest.mark.parametrize(
        ("codes", "sentence"),
        [
            (["V1", "V1"], "Target volume V1 is sent twice"),
            (["1", ""], "“1” is no name of a target volume"),
            (["V0", ""], "“V0” is no name of a target volume"),
            (["V1000", ""], "“V1000” is no name"),
        ],
    )
    def test_names_that_cannot_be_are_refused_and_nothing_is_stored(self, store, codes, sentence):
        with pytest.raises(Refused, match=sentence):
            store([row(TargetVolume, lesions=["L01"], code=code) for code in codes], [])
        assert not RadiotherapyCourse.objects.exists()

    def test_a_name_of_no_volume_is_refused_at_its_row(self, store):
        with pytest.raises(Refused, match=f"V7 {UNKNOWN}") as refusal:
            store([row(TargetVolume, lesions=["L01"])], [given("V1", 1, 14), given("V7", 2, 15)])
        (problem,) = refusal.value.problems
        assert (problem.item, problem.place.group, problem.place.position) == ("volume", Fraction, 1)


class TestPage:
    def page(self, browser, common):
        return browser.get(ADD, {"visit": common.pk})

    def typed(self, page, **groups):
        """Rows as they are typed; the page has two empty ones of each group."""
        return {f"{name}-{n}-{item}": value for name, rows in groups.items() for n, row in enumerate(rows) for item, value in row.items()}

    def test_a_course_is_entered_with_its_volumes_and_their_fractions(self, browser, common, values):
        page = self.page(browser, common)
        volumes = [row(TargetVolume, lesions=["L01"]), row(TargetVolume, lesions=["L02"])]
        typed = self.typed(page, volumes=volumes, fractions=[given("V2", 1, 14), given("V1", 1, 15)])
        answer = browser.post(ADD, filled_in(page, **values, **typed))
        assert (errors(answer), answer.status_code) == ("", 302)
        assert fractions_by_volume() == [("V1", ["L01"], 1), ("V2", ["L02"], 1)]
        assert RadiotherapyCourse.objects.get().state == "COMPLETE"

    def test_an_empty_card_before_a_filled_one_moves_no_fraction(self, browser, common, values):
        page = self.page(browser, common)
        typed = self.typed(page, volumes=[{}, row(TargetVolume, lesions=["L02"])], fractions=[given("V2", 1, 14)])
        answer = browser.post(ADD, filled_in(page, **values, **typed))
        assert (errors(answer), answer.status_code) == ("", 302)
        assert fractions_by_volume() == [("V2", ["L02"], 1)]

    def test_a_fraction_of_an_empty_card_is_refused_at_the_fraction(self, browser, common, values):
        page = self.page(browser, common)
        typed = self.typed(page, volumes=[row(TargetVolume, lesions=["L01"])], fractions=[given("V2", 1, 14)])
        answer = browser.post(ADD, filled_in(page, **values, **typed))
        (wrong,) = [form for form in forms_of(answer) if "volume" in form.errors]
        assert (wrong.prefix, UNKNOWN in str(wrong.errors)) == ("fractions-0", True)
        typed["fractions-0-volume"] = "V1"  # sent again, as corrected
        answer = browser.post(ADD, filled_in(answer, **typed))
        assert (errors(answer), answer.status_code) == ("", 302)
        assert fractions_by_volume() == [("V1", ["L01"], 1)]

    def test_a_volume_is_added_beside_a_stored_one(self, browser, common, enter):
        course = enter(RadiotherapyCourse, rows={Interruption: []})
        url = f"/admin/crf/radiotherapycourse/{course.pk}/change/"
        page = browser.get(url)
        second = row(TargetVolume, lesions=["L02"])
        typed = {f"volumes-1-{item}": value for item, value in second.items()}
        typed |= {f"fractions-1-{item}": value for item, value in given("V2", 1, 14).items()}
        answer = browser.post(url, filled_in(page, **typed, **REASON))
        assert (errors(answer), answer.status_code) == ("", 302)
        assert fractions_by_volume() == [("V1", ["L01"], 1), ("V2", ["L02"], 1)]

    def test_lesions_are_chosen_among_those_of_the_subject(self, browser, common, enter, data_manager):
        def offered(page):
            form = next(form for form in forms_of(page) if form.prefix == "volumes-0")
            return dict(form.fields["lesions"].choices)

        assert offered(self.page(browser, common)) == {"L01": "L01 right upper lobe", "L02": "L02 left lower lobe"}
        course = enter(RadiotherapyCourse, rows={TargetVolume: [row(TargetVolume, lesions=["L02"])], Interruption: []})
        entry.withdraw(Lesion.objects.get(code="L02"), by=data_manager, reason="ENTRY_ERROR")
        page = browser.get(f"/admin/crf/radiotherapycourse/{course.pk}/change/")
        assert offered(page) == {"L01": "L01 right upper lobe", "L02": "L02 (withdrawn)"}

    @pytest.mark.parametrize("item", ["ptv_d95_gy", "gtv_cm3", "isodose_percent"])
    def test_a_missing_value_has_its_why_beside_it(self, browser, common, values, item):
        page = self.page(browser, common)
        volume = row(TargetVolume, lesions=["L01"]) | {item: None}
        typed = self.typed(page, volumes=[volume], fractions=[given("V1", 1, 14)])
        answer = browser.post(ADD, filled_in(page, **values, **typed))
        assert "is not answered" in errors(answer)
        answer = browser.post(ADD, filled_in(answer, **{f"volumes-0-missing__{item}": "UNK"}))
        assert (errors(answer), answer.status_code) == ("", 302)
        assert TargetVolume.objects.get().missing == {item: "UNK"}

    def test_a_course_that_was_refused_before_simulation_is_five_answers(self, browser, common):
        page = self.page(browser, common)
        answers = {"intent": "CURATIVE", "status": "NOT_STARTED", "stop_reason": "105480006", "decided_on": "2025-03-28"}
        answer = browser.post(ADD, filled_in(page, **answers))
        assert (errors(answer), answer.status_code) == ("", 302)
        assert RadiotherapyCourse.objects.get().state == "COMPLETE"

    def test_a_reader_sees_values_with_their_labels_and_nothing_to_fill_in(self, client, monitor, enter, common):
        course = enter(RadiotherapyCourse, rows={Interruption: []})
        client.force_login(monitor)
        page = client.get(f"/admin/crf/radiotherapycourse/{course.pk}/change/").content.decode()
        assert "50.10" in page
        assert "PTV D95" in page
        for asked in ("Withdraw:", "or why not", "volumes-0-ptv_d95_gy", "V2"):
            assert asked not in page.split("<h2>Target volumes")[1].split("Derived by the protocol")[0]


class TestAPI:
    @pytest.fixture
    def post(self, data_manager, common):
        def post(items, **rows):
            sent = {"visit": common.pk, "items": items, "rows": rows}
            return caller(data_manager).post("forms/radiotherapycourse/", sent)

        return post

    def test_a_course_is_entered_with_its_volumes_and_their_fractions(self, post, values):
        volumes = [row(TargetVolume, lesions=["L01"]), row(TargetVolume, lesions=["L02"], code="V5")]
        answer = post(values, volumes=volumes, fractions=[given("V5", 1, 14), given("V1", 1, 15)])
        assert answer.status_code == 422  # without its name, V6: nobody can say which one the sender means
        answer = post(
            values, volumes=[v | {"code": f"V{n}"} for n, v in enumerate(volumes, 1)], fractions=[given("V2", 1, 14), given("V1", 1, 15)]
        )
        assert answer.status_code == 201, answer.json()
        stored = answer.json()["rows"]
        keys = {volume["code"]: volume["id"] for volume in stored["volumes"]}
        assert [fraction["volume"] for fraction in stored["fractions"]] == [keys["V2"], keys["V1"]]

    def test_a_stored_volume_is_named_by_its_id(self, post, values, data_manager):
        made = post(values, volumes=[row(TargetVolume, lesions=["L01"])], fractions=[given("V1", 1, 14)]).json()
        new = given(made["rows"]["volumes"][0]["id"], 2, 15)
        sent = {"version": made["version"], "rows": {"fractions": [new]}}
        answer = caller(data_manager).patch(f"forms/radiotherapycourse/{made['id']}/", sent)
        assert answer.status_code == 422  # a complete form asks why it is changed
        answer = caller(data_manager).patch(f"forms/radiotherapycourse/{made['id']}/", sent | {"reason": "LATE_INFORMATION"})
        assert (answer.status_code, len(answer.json()["rows"]["fractions"])) == (200, 2)

    @pytest.mark.parametrize(
        ("named", "status"), [("V9", 422), ("", 422), (True, 400), (1.5, 400), (["V1"], 400), ("\x00", 400), (987654, 422)]
    )
    def test_what_names_no_volume_is_refused_and_nothing_is_stored(self, post, values, named, status):
        answer = post(values, volumes=[row(TargetVolume, lesions=["L01"])], fractions=[given(named, 1, 14)])
        assert answer.status_code == status, answer.json()
        assert not RadiotherapyCourse.objects.exists()

    @pytest.mark.parametrize(("code", "status"), [("V1 ", 422), ("L01", 422), (1, 400), (["V1"], 400)])
    def test_a_name_that_no_volume_can_have_is_refused(self, post, values, code, status):
        answer = post(values, volumes=[row(TargetVolume, lesions=["L01"], code=code)])
        assert answer.status_code == status, answer.json()
        assert not RadiotherapyCourse.objects.exists()

    @pytest.mark.parametrize("lesions", [["L07"], ["L01", "l9"], ["lung"]])
    def test_a_lesion_that_the_subject_has_not_is_refused_by_name(self, post, values, lesions):
        answer = post(values, volumes=[row(TargetVolume, lesions=lesions)], fractions=[given("V1", 1, 14)])
        assert answer.status_code == 422
        assert "The subject has no lesion" in answer.json()["detail"]
        assert not RadiotherapyCourse.objects.exists()

"""Split and merged targets (crf_spec 2.16), entered on the page and through the API."""

from datetime import date
from decimal import Decimal

import pytest
from crf.models import Lesion, NewLesion, NonTargetFinding, ResponseAssessment, Scan, TargetMeasurement
from tests.api.conftest import caller
from tests.conftest import founder
from tests.crf.conftest import row
from tests.examples import EXAMPLES
from tests.pages import errors, filled_in, typed
from trial.audit.acting import acting
from trial.models import Visit
from trial.refusals import Refused

D = Decimal


@pytest.fixture
def target(enter):
    return enter(Lesion, longest_mm=D("20.0"))


@pytest.fixture
def beside(enter, target):
    return enter(Lesion, longest_mm=D("15.0"), organ="LIVER")


@pytest.fixture
def assess(enter, target):
    """An assessment with these rows of targets."""

    def assess(*rows, at="PC2", on=date(2025, 2, 25), **more):
        measured = [row(TargetMeasurement, **{"lesion": target} | items) for items in rows]
        groups = {Scan: [row(Scan, scanned_on=on)], TargetMeasurement: measured, NonTargetFinding: [], NewLesion: []}
        return enter(ResponseAssessment, at=at, rows=groups, **more)

    return assess


def piece(letter, mm):
    return {"piece": letter, "size_mm": D(mm)}


def merged(lesion, host, **more):
    return {"lesion": lesion, "state": "MERGED", "size_mm": None, "merged_with": host} | more


def test_pieces_are_entered_each_by_its_letter_and_add_up(assess):
    stored = assess(piece("a", "14.0"), piece("b", "14.0"))
    assert (stored.state, stored.sum_mm, str(stored.overall)) == ("COMPLETE", 28, "PD")


def test_merged_lesions_are_measured_once(assess, target, beside):
    stored = assess({"size_mm": D("34.0")}, merged(beside, target))
    assert (stored.state, stored.sum_mm, str(stored.overall)) == ("COMPLETE", 34, "SD")


TWICE = [
    ({"size_mm": D("20.0")}, {"size_mm": D("21.0")}),
    (piece("a", "14.0"), piece("a", "14.0")),
    (piece("a", "14.0"), {"size_mm": D("21.0")}),
]


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("rows", TWICE, ids=["two measurements", "one letter", "a piece and the whole"])
def test_same_target_twice_is_refused_and_not_summed(assess, rows, complete):
    with pytest.raises(Refused, match=r"L01 .* is entered twice\. If it has split, give each piece a letter of its own"):
        assess(*rows, complete=complete)
    assert not ResponseAssessment.objects.exists()


def test_pieces_of_two_lesions_may_bear_the_same_letter(assess, beside):
    rows = [piece("a", "7.0"), piece("b", "7.0"), {"lesion": beside} | piece("a", "7.0"), {"lesion": beside} | piece("b", "7.0")]
    assert assess(*rows).sum_mm == 28


def test_one_piece_alone_is_no_split_lesion(assess):
    with pytest.raises(Refused, match=r"L01 .* is entered as one piece alone"):
        assess(piece("a", "14.0"))
    assert str(assess(piece("a", "14.0"), complete=False).overall) == "NE"


def test_piece_that_was_there_before_is_assessed(assess):
    assess(piece("a", "9.0"), piece("b", "9.0"), piece("c", "9.0"))
    later = {"at": "TA1", "on": date(2025, 5, 1)}
    with pytest.raises(Refused, match=r"L01 .*: piece c is not assessed"):
        assess(piece("a", "9.0"), piece("b", "9.0"), **later)
    gone = {"piece": "c", "state": "ABSENT", "size_mm": None}
    assert assess(piece("a", "9.0"), piece("b", "9.0"), gone, **later).sum_mm == 18


def test_lesion_that_grew_together_again_is_measured_whole(assess):
    assess(piece("a", "9.0"), piece("b", "9.0"))
    assert assess({"size_mm": D("18.0")}, at="TA1", on=date(2025, 5, 1)).sum_mm == 18


def test_mass_is_measured_in_the_row_of_the_lesion_that_is_named(assess, target, beside):
    unseen = {"state": "MERGED", "size_mm": None, "merged_with": beside}
    with pytest.raises(Refused, match=r"L01 .* is measured with L02 .*, which is not measured here"):
        assess(unseen, merged(beside, target))
    with pytest.raises(Refused, match=r"L01 .* is measured with L01 .*, which is not measured here"):
        assess(unseen | {"merged_with": target}, {"lesion": beside, "size_mm": D("15.0")})
    with pytest.raises(Refused, match="“If it has merged: measured with” is not answered"):
        assess({"size_mm": D("34.0")}, merged(beside, None))
    with pytest.raises(Refused, match=r"L02 .* is measured with L01 .*, and its state says otherwise"):
        assess({"size_mm": D("34.0")}, {"lesion": beside, "size_mm": D("15.0"), "merged_with": target})
    with pytest.raises(Refused, match="has no diameter"):
        assess({"size_mm": D("34.0")}, merged(beside, target, size_mm=D("34.0")), complete=False)


def test_lesion_merges_with_a_target_only(assess, enter, target):
    other = enter(Lesion, organ="SPLEEN", role="NON-TARGET")
    with pytest.raises(Refused, match=r"(?i)measured with"):
        assess(merged(target, other), complete=False)


@pytest.mark.parametrize(("sizes", "overall"), [(("9.0", "9.0"), "CR"), (("10.0", "5.0"), "SD")])
def test_each_piece_of_a_split_node_is_below_10_mm_for_cr(enter, sizes, overall):
    node = enter(
        Lesion, organ="LYMPH_NODE", lesion_class="NONREGIONAL_LN", subregion="SCLAV", regional="N",
        longest_mm=None, short_axis_mm=D("18.0"), complete=False,
    )  # fmt: skip
    rows = [row(TargetMeasurement, lesion=node, **piece(letter, mm)) for letter, mm in zip("ab", sizes, strict=True)]
    stored = enter(ResponseAssessment, rows={TargetMeasurement: rows, NonTargetFinding: [], NewLesion: []})
    assert str(stored.overall) == overall


class TestBothPaths:
    """The same rows on the page and through the API: stored alike, refused alike."""

    @pytest.fixture
    def at(self, subject):
        with acting(by=founder()):
            return Visit.objects.get_or_create(subject=subject, code="PC2")[0]

    @pytest.fixture
    def on_the_page(self, client, data_manager, at):
        def send(*rows):
            client.force_login(data_manager)
            url = "/admin/crf/responseassessment/add/"
            scan = {f"scans-0-{item}": value for item, value in EXAMPLES["crf.scan"].values.items()}
            sent = filled_in(client.get(url, {"visit": at.pk}), **EXAMPLES["crf.responseassessment"].values, **scan)
            sent |= {"targets-TOTAL_FORMS": str(len(rows))}
            for number, items in enumerate(rows):
                sent |= {f"targets-{number}-{item}": typed(value) for item, value in items.items()}
            return errors(client.post(url, sent))

        return send

    @pytest.fixture
    def through_the_api(self, data_manager, at):
        def send(*rows):
            own = {item: value for item, value in EXAMPLES["crf.responseassessment"].values.items() if value != ""}
            rows = [{item: getattr(value, "pk", value) for item, value in items.items()} for items in rows]
            groups = {"scans": [EXAMPLES["crf.scan"].values], "targets": rows}
            answer = caller(data_manager).post("forms/responseassessment/", {"visit": at.pk, "items": own, "rows": groups})
            return "" if answer.status_code == 201 else str(answer.json())

        return send

    @pytest.mark.parametrize("path", ["on_the_page", "through_the_api"])
    def test_split_and_merged_lesions_are_stored(self, request, path, target, beside):
        send = request.getfixturevalue(path)
        rows = [
            {"lesion": target, "piece": "a", "state": "MEASURED", "size_mm": "14.0"},
            {"lesion": target, "piece": "b", "state": "MEASURED", "size_mm": "20.0"},
            {"lesion": beside, "state": "MERGED", "merged_with": target},
        ]
        assert send(*rows) == ""
        stored = ResponseAssessment.objects.get()
        assert (stored.state, stored.sum_mm, str(stored.overall)) == ("COMPLETE", 34, "SD")

    @pytest.mark.parametrize("path", ["on_the_page", "through_the_api"])
    def test_same_target_twice_is_refused(self, request, path, target):
        send = request.getfixturevalue(path)
        measured = {"lesion": target, "state": "MEASURED", "size_mm": "14.0"}
        assert "entered twice" in send(measured, measured)
        assert "entered twice" in send(measured, measured | {"piece": "a"})
        assert not ResponseAssessment.objects.exists()

"""Checks of a response assessment against its lesions (crf_spec 2.16)."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from trial.models import Problem
from trial.refusals import Code, impossible

from .lesion import Lesion

if TYPE_CHECKING:
    from .response import NewLesion, NonTargetFinding, ResponseAssessment, TargetMeasurement

SHORTEST_NARRATIVE = 20


def is_baseline(lesion: Lesion, role: Lesion.Role) -> bool:
    """Return whether the lesion was seen at screening, with this role."""
    return lesion.first_seen == Lesion.FirstSeen.BL0 and lesion.role == role


def refuse_entered_twice(assessment: "ResponseAssessment", targets: "type[TargetMeasurement]", new_lesions: "type[NewLesion]") -> None:
    """Refuse a target that is measured twice, not as pieces of a lesion that has split, and a new lesion entered twice."""
    refuse_target_twice(assessment, targets)
    refuse_new_lesion_twice(assessment, new_lesions)


def refuse_target_twice(assessment: "ResponseAssessment", group: "type[TargetMeasurement]") -> None:
    """Refuse a target that is measured twice, not as pieces of a lesion that has split."""
    for key, rows in by_lesion(assessment.rows(group)).items():
        letters = [row.piece for row in rows]
        if len(letters) > 1 and ("" in letters or len(set(letters)) < len(letters)):
            lesion = assessment.casebook.find(Lesion, key)
            sentence = _("{lesion} is entered twice. If it has split, give each piece a letter of its own.")
            raise impossible(Code.ENTERED_TWICE, sentence=sentence.format(lesion=lesion))


def refuse_new_lesion_twice(assessment: "ResponseAssessment", group: "type[NewLesion]") -> None:
    """Refuse two rows of one lesion that is followed: iRECIST would add up its sizes."""
    followed = [row.followed_id for row in assessment.rows(group) if row.followed_id]
    for key in followed:
        if followed.count(key) > 1:
            lesion = assessment.casebook.find(Lesion, key)
            sentence = _("{lesion} is entered twice among the new lesions. Withdraw one of the rows.")
            raise impossible(Code.ENTERED_TWICE, sentence=sentence.format(lesion=lesion))


def by_lesion(rows: "Sequence[TargetMeasurement]") -> "dict[int, list[TargetMeasurement]]":
    """Return the rows by the key of their lesion."""
    grouped: dict[int, list[TargetMeasurement]] = {}
    for row in rows:
        if row.lesion_id:
            grouped.setdefault(row.lesion_id, []).append(row)
    return grouped


def lesion_problems(
    assessment: "ResponseAssessment", targets: "type[TargetMeasurement]", non_targets: "type[NonTargetFinding]"
) -> Iterator[Problem]:
    """Yield what keeps the form from being complete: pieces and merged lesions, descriptions too short."""
    yield from piece_problems(assessment, targets)
    yield from merged_problems(assessment, targets)
    for row in assessment.rows(non_targets):
        if row.state == row.State.UNEQUIVOCAL and len(row.narrative) < SHORTEST_NARRATIVE:
            sentence = _("{lesion}: describe the unequivocal progression in {number} characters or more.")
            yield "", sentence.format(lesion=row.lesion, number=SHORTEST_NARRATIVE)


def piece_problems(assessment: "ResponseAssessment", group: "type[TargetMeasurement]") -> Iterator[Problem]:
    """Yield the pieces that are not assessed: all of a lesion that has split must be."""
    for key, rows in by_lesion(assessment.rows(group)).items():
        letters = {row.piece for row in rows}
        if "" in letters:
            continue
        lesion = assessment.casebook.find(Lesion, key)
        for letter in sorted(letters_before(assessment, key, group) - letters):
            sentence = _("{lesion}: piece {letter} is not assessed. Add it; if it is gone, its state is “Absent”.")
            yield "", sentence.format(lesion=lesion, letter=letter)
        if len(letters) == 1:
            sentence = _("{lesion} is entered as one piece alone. Enter each piece, or leave its letter empty.")
            yield "", sentence.format(lesion=lesion)


def letters_before(assessment: "ResponseAssessment", key: int, group: "type[TargetMeasurement]") -> set[str]:
    """Return the pieces of a lesion at the last assessment before that shows it."""
    scanned_on = assessment.first_scan_on
    scanned = [a for a in assessment.casebook.records(type(assessment)) if a.pk != assessment.pk and a.first_scan_on]
    for before in sorted(scanned, key=lambda a: a.first_scan_on, reverse=True):
        letters = {row.piece for row in before.rows(group) if row.lesion_id == key}
        if scanned_on and before.first_scan_on < scanned_on and letters:
            return letters - {""}
    return set()


def merged_problems(assessment: "ResponseAssessment", group: "type[TargetMeasurement]") -> Iterator[Problem]:
    """Yield the lesions that are measured with another one, where that one or their own state tells otherwise."""
    rows = assessment.rows(group)
    measured = {row.lesion_id for row in rows if row.state != row.State.MERGED}
    for row in rows:
        if not row.merged_with_id:
            continue
        lesion, mass = (assessment.casebook.find(Lesion, key) for key in (row.lesion_id, row.merged_with_id))
        if row.state != row.State.MERGED:
            sentence = _("{lesion} is measured with {mass}, and its state says otherwise. Choose “{state}”, or leave “{label}” empty.")
            facts = {"state": row.State.MERGED.label, "label": row.label_of("merged_with")}
            yield "", sentence.format(lesion=lesion, mass=mass, **facts)
        elif row.merged_with_id not in measured:
            sentence = _("{lesion} is measured with {mass}, which is not measured here. Enter the diameter of the whole mass there.")
            yield "", sentence.format(lesion=lesion, mass=mass)

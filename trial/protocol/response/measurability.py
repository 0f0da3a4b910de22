"""Measurable lesions, and the choice of targets (RECIST 1.1, section 3).

Eisenhauer et al., Eur J Cancer 2009;45:228-247. iRECIST chooses the new lesions that it follows by
size in the same way (Seymour et al., Lancet Oncol 2017;18:e143-e152). Sizes are in mm.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trial.protocol.code_words import in_words
from trial.protocol.doubts import Doubt, Level
from trial.protocol.sentence import Sentence

from .lesions import NORMAL_NODE_BELOW_MM, NewLesionCertainty, TimePoint

MAX_TARGETS, MAX_TARGETS_PER_ORGAN = 5, 2
MEASURABLE_MM, MEASURABLE_ON_XRAY_MM, MEASURABLE_NODE_MM = 10, 20, 15


class NotMeasurable(StrEnum):
    """Disease that is never measured (section 3.1).

    A lytic or mixed bone lesion is measured, by its soft-tissue component.
    """

    LEPTOMENINGEAL, LYMPHANGITIC, BLASTIC_BONE = "LEPTOMENINGEAL", "LYMPHANGITIC", "BLASTIC_BONE"
    ASCITES, PLEURAL_EFFUSION, PERICARDIAL_EFFUSION = (
        "ASCITES",
        "PLEURAL_EFFUSION",
        "PERICARDIAL_EFFUSION",
    )
    INFLAMMATORY_BREAST = "INFLAMMATORY_BREAST"


class LesionCode(StrEnum):
    """The code of a doubt about a lesion."""

    NORMAL_NODE = "NORMAL_NODE"


@dataclass(frozen=True)
class Candidate:
    """A lesion proposed as target. Paired organs bear one name."""

    code: str
    organ: str
    nodal: bool
    mm: Decimal | None


def measurable(
    *,
    nodal: bool,
    mm: Decimal | None,
    slice_mm: Decimal | None = None,
    bone: bool = False,
    soft_tissue: bool = False,
    irradiated: bool = False,
    progressed: bool = False,
    xray: bool = False,
    kind: NotMeasurable | None = None,
) -> bool | None:
    """Return True for a measurable lesion (section 3.1; crf_spec 2.8 MEASUR).

    Sizes are in mm; None where the size is not known.

    >>> measurable(nodal=False, mm=Decimal(14), slice_mm=Decimal(8))
    False
    """
    if kind or (bone and not soft_tissue) or (irradiated and not progressed):
        return False
    if mm is None:
        return None
    if nodal:
        return mm >= MEASURABLE_NODE_MM
    if slice_mm is not None and slice_mm > 5:
        return mm >= 2 * slice_mm
    return mm >= (MEASURABLE_ON_XRAY_MM if xray else MEASURABLE_MM)


LYMPH_NODES = Sentence("the lymph nodes")


def target_selection(candidates: Iterable[Candidate]) -> tuple[str, ...]:
    """Return a sentence for each reason why not all candidates can be targets (section 3.2).

    Sizes are in mm.

    >>> (sentence,) = target_selection([Candidate("L02", "LYMPH_NODE", True, Decimal(12))])
    >>> sentence.split(". ")[0]
    'L02 is a lymph node of 12 mm short axis'
    """
    lesions = list(candidates)
    sentences = []
    if len(lesions) > MAX_TARGETS:
        sentences.append(
            Sentence(
                "{count} lesions are targets. At most {max_targets} may be: make the "
                "others non-target.",
                count=len(lesions),
                max_targets=MAX_TARGETS,
            )
        )
    organs: dict[str, list[str]] = {}
    for lesion in lesions:
        organ = LYMPH_NODES if lesion.nodal else lesion.organ
        organs.setdefault(organ, []).append(lesion.code)
        if lesion.nodal and lesion.mm is not None and lesion.mm < MEASURABLE_NODE_MM:
            sentences.append(_small_node(lesion))
    for organ, codes in organs.items():
        if len(codes) > MAX_TARGETS_PER_ORGAN:
            sentences.append(_too_many(organ, codes))
    return tuple(sentences)


def _small_node(lesion: Candidate) -> Sentence:
    return Sentence(
        "{lesion} is a lymph node of {mm} mm short axis. "
        "A target lymph node has {limit} mm or more: choose non-target.",
        lesion=lesion.code,
        mm=lesion.mm,
        limit=MEASURABLE_NODE_MM,
    )


def _too_many(organ: str, lesions: list[str]) -> Sentence:
    return Sentence(
        "{count} targets lie in {organ} ({lesions}). At most {limit} of one organ may be.",
        count=len(lesions),
        organ=in_words(organ),
        lesions=", ".join(lesions),
        limit=MAX_TARGETS_PER_ORGAN,
    )


def new_lesion_targets(points: Iterable[TimePoint]) -> frozenset[str]:
    """Return the codes of the new lesions that iRECIST follows by size (recist11, section 9).

    They are taken as they appear, five at most, two of an organ. `points` are in order of time.
    Lesions of an unknown organ may lie in the same one.

    >>> from trial.protocol.response.lesions import NewLesion
    >>> lesions = [
    ...     NewLesion(NewLesionCertainty.UNEQUIVOCAL, code, measured=True, organ="LUNG")
    ...     for code in ("N01", "N02", "N03")
    ... ]
    >>> sorted(new_lesion_targets([TimePoint("TA1", None, None, new_lesions=tuple(lesions))]))
    ['N01', 'N02']
    """
    organs: dict[str, str] = {}
    for point in points:
        for lesion in point.new_lesions:
            is_certain = lesion.certainty == NewLesionCertainty.UNEQUIVOCAL
            is_proposed = lesion.measured and lesion.code and is_certain
            if not is_proposed or lesion.code in organs or len(organs) >= MAX_TARGETS:
                continue
            if list(organs.values()).count(lesion.organ) < MAX_TARGETS_PER_ORGAN:
                organs[lesion.code] = lesion.organ
    return frozenset(organs)


def lesion_doubts(*, nodal: bool, mm: Decimal | None) -> tuple[Doubt, ...]:
    """Return the doubt about a lymph node below 10 mm short axis, which is normal (section 3.1).

    Sizes are in mm. It opens a query and refuses nothing: a small node may be proven by biopsy.

    >>> [doubt.level for doubt in lesion_doubts(nodal=True, mm=Decimal("9.9"))]
    [<Level.SOFT: 'S'>]
    """
    if not nodal or mm is None or mm >= NORMAL_NODE_BELOW_MM:
        return ()
    sentence = Sentence(
        "A lymph node of {mm} mm short axis is normal, and not recorded as "
        "disease: {normal_node_below_mm} mm or more is pathological. What "
        "shows that it is?",
        mm=mm,
        normal_node_below_mm=NORMAL_NODE_BELOW_MM,
    )
    return (Doubt(LesionCode.NORMAL_NODE, Level.SOFT, sentence),)

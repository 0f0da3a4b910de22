"""RECIST 1.1, which lesions can be measured, and which may be targets (Eisenhauer et al., Eur J Cancer 2009;45:228-247, section 3).

iRECIST chooses the new lesions that it follows by size in the same way (Seymour et al., Lancet Oncol 2017;18:e143-e152).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trial.protocol.doubts import Doubt, Level

from .lesions import NORMAL_NODE_BELOW_MM, NewLesionCertainty, TimePoint

MAX_TARGETS, MAX_TARGETS_PER_ORGAN = 5, 2
MEASURABLE_MM, MEASURABLE_ON_XRAY_MM, MEASURABLE_NODE_MM = 10, 20, 15


class NotMeasurable(StrEnum):
    """Disease that is never measured (section 3.1). A lytic or mixed bone lesion is, by its soft-tissue component."""

    LEPTOMENINGEAL, LYMPHANGITIC, BLASTIC_BONE = "LEPTOMENINGEAL", "LYMPHANGITIC", "BLASTIC_BONE"
    ASCITES, PLEURAL_EFFUSION, PERICARDIAL_EFFUSION = "ASCITES", "PLEURAL_EFFUSION", "PERICARDIAL_EFFUSION"
    INFLAMMATORY_BREAST = "INFLAMMATORY_BREAST"


class LesionCode(StrEnum):
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
    """Whether a lesion is measurable (section 3.1; crf_spec 2.8 MEASUR); None where its size in mm is not known.

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


def target_selection(candidates: Iterable[Candidate]) -> tuple[str, ...]:
    """Why these lesions cannot all be targets (section 3.2), one sentence each; empty where they can. Sizes in mm.

    >>> target_selection([Candidate("L02", "LYMPH_NODE", True, Decimal(12))])
    ('L02 is a lymph node of 12 mm short axis. A target lymph node has 15 mm or more: choose non-target.',)
    """
    chosen = list(candidates)
    sentences = []
    if len(chosen) > MAX_TARGETS:
        sentences.append(f"{len(chosen)} lesions are targets. At most {MAX_TARGETS} may be: make the others non-target.")
    organs: dict[str, list[str]] = {}
    for lesion in chosen:
        organs.setdefault("the lymph nodes" if lesion.nodal else lesion.organ, []).append(lesion.code)
        if lesion.nodal and lesion.mm is not None and lesion.mm < MEASURABLE_NODE_MM:
            sentences.append(
                f"{lesion.code} is a lymph node of {lesion.mm} mm short axis. "
                f"A target lymph node has {MEASURABLE_NODE_MM} mm or more: choose non-target."
            )
    for organ, codes in organs.items():
        if len(codes) > MAX_TARGETS_PER_ORGAN:
            sentences.append(
                f"{len(codes)} targets lie in {organ} ({', '.join(codes)}). At most {MAX_TARGETS_PER_ORGAN} of one organ may be."
            )
    return tuple(sentences)


def new_lesion_targets(points: Iterable[TimePoint]) -> frozenset[str]:
    """Codes of the new lesions that iRECIST follows by size: as they appear, five at most, two of an organ (recist11, section 9).

    `points` are in order of time. Where the organ is not known, it may be the same one.

    >>> from trial.protocol.response.lesions import NewLesion
    >>> seen = (NewLesion(NewLesionCertainty.UNEQUIVOCAL, f"N0{n}", mm=Decimal(12), measured=True, organ="LUNG") for n in (1, 2, 3))
    >>> sorted(new_lesion_targets([TimePoint("TA1", None, None, new_lesions=tuple(seen))]))
    ['N01', 'N02']
    """
    chosen: dict[str, str] = {}
    for lesion in (lesion for point in points for lesion in point.new_lesions):
        proposed = lesion.measured and lesion.code and lesion.certainty == NewLesionCertainty.UNEQUIVOCAL and lesion.code not in chosen
        if proposed and len(chosen) < MAX_TARGETS and [*chosen.values()].count(lesion.organ) < MAX_TARGETS_PER_ORGAN:
            chosen[lesion.code] = lesion.organ
    return frozenset(chosen)


def lesion_doubts(*, nodal: bool, mm: Decimal | None) -> tuple[Doubt, ...]:
    """A lymph node below 10 mm short axis is normal, and not recorded as disease (section 3.1); sizes in mm.

    A query, not a refusal: a small node may be proven by biopsy.

    >>> [doubt.sentence for doubt in lesion_doubts(nodal=True, mm=Decimal("9.9"))]
    ['A lymph node of 9.9 mm short axis is normal, and not recorded as disease: 10 mm or more is pathological. What shows that it is?']
    """
    if not nodal or mm is None or mm >= NORMAL_NODE_BELOW_MM:
        return ()
    sentence = (
        f"A lymph node of {mm} mm short axis is normal, and not recorded as disease: "
        f"{NORMAL_NODE_BELOW_MM} mm or more is pathological. What shows that it is?"
    )
    return (Doubt(LesionCode.NORMAL_NODE, Level.SOFT, sentence),)

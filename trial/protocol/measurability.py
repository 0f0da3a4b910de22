"""RECIST 1.1, which lesions can be measured, and which may be targets (Eisenhauer et al., Eur J Cancer 2009;45:228-247, section 3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

MAX_TARGETS, MAX_TARGETS_PER_ORGAN = 5, 2
MEASURABLE_MM, MEASURABLE_ON_XRAY_MM, MEASURABLE_NODE_MM = 10, 20, 15


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
) -> bool | None:
    """Whether a lesion is measurable (section 3.1; crf_spec 2.8 MEASUR); None where its size in mm is not known.

    >>> measurable(nodal=False, mm=Decimal(14), slice_mm=Decimal(8))
    False
    """
    if (bone and not soft_tissue) or (irradiated and not progressed):
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

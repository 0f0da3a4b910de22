"""Organ units of oligometastatic disease (crf_spec 2.8, counting rule; inclusion criterion 2 of the public record).

What counts is a span: at least the units that are certain, at most those that are possible. A lesion that is equivocal, or
not described well enough to say which unit it belongs to, widens the span and never narrows it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from trial.protocol.eligibility.lymph_nodes import LATERALIZED
from trial.protocol.kleene import Truth
from trial.protocol.parameters import DEFAULT, LnUnitRule, Parameters

NODES = {"REGIONAL_LN": "Y", "NONREGIONAL_LN": "N"}
ORGAN_CLASSES = ("VISCERAL", "SOFT_TISSUE", "SEROSAL")
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Lesion:
    """One anatomical lesion as entered; an item not yet entered is None or empty."""

    code: str
    lesion_class: str | None = None
    organ: str | None = None
    organ_detail: str | None = None
    laterality: str | None = None
    subregion: str | None = None
    regional: str | None = None
    certainty: str | None = None
    vertebra: str | None = None
    compression: str | None = None
    radiotherapy: str | None = None

    @property
    def is_definite(self) -> bool:
        return self.certainty == "DEFINITE"


class Span(NamedTuple):
    """Counted at least, and at most."""

    least: int
    most: int

    def __str__(self) -> str:
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"


class Units(NamedTuple):
    """Units that are certain, and all that are possible."""

    certain: frozenset[str]
    possible: frozenset[str]


def units(lesions: Iterable[Lesion], parameters: Parameters = DEFAULT) -> Units:
    """The organ units of the lesions, by name, for instance LUNG, REGIONAL_NODES or SCLAV:LEFT (crf_spec 2.8).

    >>> units([Lesion(code="L01", lesion_class="VISCERAL", organ="LUNG", certainty="EQUIVOCAL")])
    Units(certain=frozenset(), possible=frozenset({'LUNG'}))
    """
    certain, possible = NOTHING, NOTHING
    for lesion in lesions:
        found = _of_lesion(lesion, parameters)
        possible |= found.possible
        if lesion.is_definite:
            certain |= found.certain
    return Units(certain, possible)


def organ_units(lesions: Iterable[Lesion], parameters: Parameters = DEFAULT) -> Span:
    """N_MIN and N_MAX of crf_spec 2.8.

    >>> organ_units([Lesion(code="L01", lesion_class="VISCERAL", organ="LUNG", certainty="EQUIVOCAL")])
    Span(least=0, most=1)
    """
    found = units(lesions, parameters)
    return Span(len(found.certain), max(len(found.certain), len(found.possible)))


def liver_metastases(lesions: Iterable[Lesion]) -> Span:
    """N_LIVER_MIN and N_LIVER_MAX of crf_spec 2.8: lesions, not organs. One whose organ is not entered may lie in the liver.

    >>> liver_metastases([Lesion(code="L01", lesion_class="VISCERAL", organ="LIVER", certainty="DEFINITE")])
    Span(least=1, most=1)
    """
    metastases = [lesion for lesion in lesions if lesion.lesion_class != "PRIMARY"]
    certain = sum(lesion.organ == "LIVER" and lesion.is_definite for lesion in metastases)
    return Span(certain, sum(lesion.organ == "LIVER" or not lesion.organ for lesion in metastases))


def is_oligometastatic(lesions: Iterable[Lesion], parameters: Parameters = DEFAULT) -> Truth:
    """I03: one to three organ units (crf_spec 2.8). With no lesion entered nothing is known yet.

    >>> is_oligometastatic([Lesion(code="L01", lesion_class="VISCERAL", organ="LUNG", certainty="DEFINITE")])
    <Truth.MET: 'MET'>
    """
    entered = [*lesions]
    count = organ_units(entered, parameters)
    if not entered:
        return Truth.UNKNOWN
    if count.least > parameters.max_organ_units or count.most == 0:
        return Truth.NOT_MET
    return Truth.MET if count.least >= 1 and count.most <= parameters.max_organ_units else Truth.UNKNOWN


def _of_lesion(lesion: Lesion, parameters: Parameters) -> Units:
    match lesion.lesion_class:
        case "PRIMARY":
            return _exactly("PRIMARY") if parameters.primary_counts else Units(NOTHING, NOTHING)
        case "LOCAL_RECURRENCE":
            return _of_local_recurrence(lesion, parameters)
        case "REGIONAL_LN" | "NONREGIONAL_LN":
            return _of_node(lesion, parameters)
        case "BONE":
            return _exactly("BONE" if parameters.bone_as_one_organ else f"BONE:{lesion.code}")
        case "BRAIN":
            return _exactly("BRAIN")
        case known if known in ORGAN_CLASSES:
            return _of_organ(lesion)
        case _:
            return _somewhere(lesion)


def _of_organ(lesion: Lesion) -> Units:
    """Two other organs in free text may be one organ written twice: one unit for certain, two at most."""
    if not lesion.organ or lesion.organ == "LYMPH_NODE":
        return _somewhere(lesion)
    if lesion.organ == "OTHER":
        detail = " ".join((lesion.organ_detail or lesion.code).casefold().split())
        return Units(frozenset({"OTHER"}), frozenset({f"OTHER:{detail}"}))
    return _exactly(lesion.organ)


def _of_local_recurrence(lesion: Lesion, parameters: Parameters) -> Units:
    """In the bladder it may be an intravesical recurrence that does not invade muscle, which is no unit."""
    if not parameters.local_recurrence_counts:
        return Units(NOTHING, NOTHING)
    bed = _exactly("LOCAL_BED")
    return Units(NOTHING, bed.possible) if lesion.organ == "URINARY_BLADDER" else bed


def _of_node(lesion: Lesion, parameters: Parameters) -> Units:
    """Regional nodes are one unit; whether regional is unknown: one more at most, and at least the regional one."""
    subregions = _subregions(lesion, parameters)
    if lesion.regional != NODES[lesion.lesion_class or ""]:
        return Units(frozenset({"REGIONAL_NODES"}), subregions.possible)
    return _exactly("REGIONAL_NODES") if lesion.regional == "Y" else subregions


def _subregions(lesion: Lesion, parameters: Parameters) -> Units:
    if parameters.ln_unit_rule == LnUnitRule.ALL_NONREGIONAL_AS_ONE:
        return _exactly("NONREGIONAL_NODES")
    subregion = lesion.subregion
    if subregion not in LATERALIZED:
        return _somewhere(lesion)
    if not LATERALIZED[subregion] or not parameters.ln_lateralize:
        return _exactly(subregion)
    sides = ("LEFT", "RIGHT") if lesion.laterality == "BILATERAL" else (lesion.laterality,)
    if not set(sides) <= {"LEFT", "RIGHT"}:
        return _somewhere(lesion)
    return _exactly(*(f"{subregion}:{side}" for side in sides))


def _exactly(*names: str) -> Units:
    return Units(frozenset(names), frozenset(names))


def _somewhere(lesion: Lesion) -> Units:
    """Which unit is not known: perhaps one that is counted already, perhaps one more."""
    return Units(NOTHING, frozenset({f"?{lesion.code}"}))

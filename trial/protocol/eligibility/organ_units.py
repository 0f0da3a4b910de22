"""Organ units of oligometastatic disease (crf_spec 2.8, counting rule; inclusion criterion I03).

The count is a span: at least the units that are certain, at most those that are possible. A lesion
that is equivocal, or not described well enough to say which unit it belongs to, widens the span and
never narrows it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from trial.protocol.eligibility.lymph_nodes import LATERALIZED, Regional
from trial.protocol.kleene import Truth
from trial.protocol.parameters import DEFAULT, LnUnitRule, Parameters
from trial.protocol.sentence import Sentence


class LesionClass(StrEnum):
    """The classes of lesions (crf_spec 2.8)."""

    PRIMARY = "PRIMARY"
    LOCAL_RECURRENCE = "LOCAL_RECURRENCE"
    REGIONAL_LN = "REGIONAL_LN"
    NONREGIONAL_LN = "NONREGIONAL_LN"
    VISCERAL = "VISCERAL"
    SOFT_TISSUE = "SOFT_TISSUE"
    SEROSAL = "SEROSAL"
    BONE = "BONE"
    BRAIN = "BRAIN"


class Organ(StrEnum):
    """The organs that a rule names; a lesion may lie in many others."""

    BRAIN = "BRAIN"
    LIVER = "LIVER"
    LYMPH_NODE = "LYMPH_NODE"
    URINARY_BLADDER = "URINARY_BLADDER"
    OTHER = "OTHER"


NODE_CLASSES = {
    LesionClass.REGIONAL_LN.value: Regional.Y,
    LesionClass.NONREGIONAL_LN.value: Regional.N,
}
SIDES = ("LEFT", "RIGHT")
BILATERAL = "BILATERAL"
DEFINITE = "DEFINITE"
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
        """Return whether the lesion is certainly a lesion, not equivocal."""
        return self.certainty == DEFINITE


class Span(NamedTuple):
    """A count that is at least one number, and at most another."""

    least: int
    most: int

    def __str__(self) -> str:
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"

    @property
    def in_words(self) -> str:
        """Return the count as a sentence prints it."""
        if self.least == self.most:
            return str(self.least)
        return Sentence("{least} to {most}", least=self.least, most=self.most)


class Units(NamedTuple):
    """The units that are certain, and all that are possible."""

    certain: frozenset[str]
    possible: frozenset[str]


NO_UNIT = Units(NOTHING, NOTHING)


def units(lesions: Iterable[Lesion], parameters: Parameters = DEFAULT) -> Units:
    """Return the organ units of lesions by name, such as LUNG, REGIONAL_NODES or SCLAV:LEFT.

    The counting rule is that of crf_spec 2.8.

    >>> lung = Lesion(code="L01", lesion_class="VISCERAL", organ="LUNG", certainty="EQUIVOCAL")
    >>> units([lung])
    Units(certain=frozenset(), possible=frozenset({'LUNG'}))
    """
    certain, possible = NOTHING, NOTHING
    for lesion in lesions:
        units_of_lesion = _units_of_lesion(lesion, parameters)
        possible |= units_of_lesion.possible
        if lesion.is_definite:
            certain |= units_of_lesion.certain
    return Units(certain, possible)


def organ_units(lesions: Iterable[Lesion], parameters: Parameters = DEFAULT) -> Span:
    """Count the organ units: N_MIN and N_MAX of crf_spec 2.8.

    >>> lung = Lesion(code="L01", lesion_class="VISCERAL", organ="LUNG", certainty="EQUIVOCAL")
    >>> organ_units([lung])
    Span(least=0, most=1)
    """
    certain, possible = units(lesions, parameters)
    return Span(len(certain), max(len(certain), len(possible)))


def liver_metastases(lesions: Iterable[Lesion]) -> Span:
    """Count the liver metastases: N_LIVER_MIN and N_LIVER_MAX of crf_spec 2.8.

    Lesions are counted, not organs. A lesion whose organ is not entered may lie in the liver.

    >>> liver = Lesion(code="L01", lesion_class="VISCERAL", organ="LIVER", certainty="DEFINITE")
    >>> liver_metastases([liver])
    Span(least=1, most=1)
    """
    metastases = [lesion for lesion in lesions if lesion.lesion_class != LesionClass.PRIMARY]
    in_liver = [lesion for lesion in metastases if lesion.organ == Organ.LIVER]
    nowhere = [lesion for lesion in metastases if not lesion.organ]
    certain = sum(lesion.is_definite for lesion in in_liver)
    return Span(certain, len(in_liver) + len(nowhere))


def is_oligometastatic(lesions: Iterable[Lesion], parameters: Parameters = DEFAULT) -> Truth:
    """Judge I03: one organ unit at least, MAX_ORGAN_UNITS at most (crf_spec 2.8).

    With no lesion entered nothing is known yet.

    >>> lung = Lesion(code="L01", lesion_class="VISCERAL", organ="LUNG", certainty="DEFINITE")
    >>> is_oligometastatic([lung])
    <Truth.MET: 'MET'>
    """
    entered = [*lesions]
    if not entered:
        return Truth.UNKNOWN
    count = organ_units(entered, parameters)
    if count.least > parameters.max_organ_units or count.most == 0:
        return Truth.NOT_MET
    is_certain = count.least >= 1 and count.most <= parameters.max_organ_units
    return Truth.MET if is_certain else Truth.UNKNOWN


def _units_of_lesion(lesion: Lesion, parameters: Parameters) -> Units:
    match lesion.lesion_class:
        case LesionClass.PRIMARY:
            return _exactly("PRIMARY") if parameters.primary_counts else NO_UNIT
        case LesionClass.LOCAL_RECURRENCE:
            return _units_of_local_recurrence(lesion, parameters)
        case LesionClass.REGIONAL_LN | LesionClass.NONREGIONAL_LN:
            return _units_of_node(lesion, parameters)
        case LesionClass.BONE:
            return _exactly("BONE" if parameters.bone_as_one_organ else f"BONE:{lesion.code}")
        case LesionClass.BRAIN:
            return _exactly("BRAIN")
        case LesionClass.VISCERAL | LesionClass.SOFT_TISSUE | LesionClass.SEROSAL:
            return _units_of_organ(lesion)
        case _:
            return _somewhere(lesion)


def _units_of_organ(lesion: Lesion) -> Units:
    """Return the unit of a lesion in an organ.

    Two other organs in free text may be one organ written twice: one unit for certain, two at most.
    """
    if not lesion.organ or lesion.organ == Organ.LYMPH_NODE:
        return _somewhere(lesion)
    if lesion.organ == Organ.OTHER:
        detail = " ".join((lesion.organ_detail or lesion.code).casefold().split())
        return Units(frozenset({"OTHER"}), frozenset({f"OTHER:{detail}"}))
    return _exactly(lesion.organ)


def _units_of_local_recurrence(lesion: Lesion, parameters: Parameters) -> Units:
    """Return the unit of the local bed.

    A lesion in the bladder may be an intravesical recurrence that does not invade muscle, which is
    no unit.
    """
    if not parameters.local_recurrence_counts:
        return NO_UNIT
    bed = _exactly("LOCAL_BED")
    return Units(NOTHING, bed.possible) if lesion.organ == Organ.URINARY_BLADDER else bed


def _units_of_node(lesion: Lesion, parameters: Parameters) -> Units:
    """Return the units of a lymph node; all regional nodes together are one unit.

    A node of which it is not known whether it is regional adds one unit at most, and at least makes
    the regional one.
    """
    subregions = _subregions(lesion, parameters)
    if lesion.regional != NODE_CLASSES[lesion.lesion_class or ""]:
        return Units(frozenset({"REGIONAL_NODES"}), subregions.possible)
    return _exactly("REGIONAL_NODES") if lesion.regional == Regional.Y else subregions


def _subregions(lesion: Lesion, parameters: Parameters) -> Units:
    if parameters.ln_unit_rule == LnUnitRule.ALL_NONREGIONAL_AS_ONE:
        return _exactly("NONREGIONAL_NODES")
    subregion = lesion.subregion
    if subregion not in LATERALIZED:
        return _somewhere(lesion)
    if not LATERALIZED[subregion] or not parameters.ln_lateralize:
        return _exactly(subregion)
    sides = SIDES if lesion.laterality == BILATERAL else (lesion.laterality,)
    if not set(sides) <= set(SIDES):
        return _somewhere(lesion)
    return _exactly(*(f"{subregion}:{side}" for side in sides))


def _exactly(*names: str) -> Units:
    return Units(frozenset(names), frozenset(names))


def _somewhere(lesion: Lesion) -> Units:
    """Return the unit of a lesion in an unknown place, perhaps one that is counted already."""
    return Units(NOTHING, frozenset({f"?{lesion.code}"}))

"""Lesions: by anatomy, by RECIST 1.1, and as organ units count them (crf_spec 2.8)."""

from datetime import date

from crf.casebook import Casebook
from crf.models import Lesion, PrimaryTumor
from crf.models.lesion import NO_DOUBT, is_node, measurable
from trial.protocol.eligibility import lymph_nodes, organ_units
from trial.protocol.response import recist
from trial.protocol.sentence import in_turn

AT_SCREENING = ("", Lesion.FirstSeen.BL0)


@Lesion.regional_by_anatomy.computed_by
def regional_by_anatomy(lesion: Lesion, casebook: Casebook) -> str:
    """Return Y, N or U by crf_spec Appendix A and the index primary.

    The text is empty for a lesion that is no lymph node.
    """
    if not lesion.subregion:
        return ""
    primaries = [
        tumor.location for tumor in casebook.records(PrimaryTumor) if tumor.is_index == "Y"
    ]
    return str(lymph_nodes.regional_status(lesion.subregion, primaries))


@Lesion.is_measurable.computed_by
def is_measurable(lesion: Lesion, casebook: Casebook) -> bool | None:
    """Return whether the lesion can be a target; None where its size is not known."""
    return measurable(lesion)


@Lesion.doubts.computed_by
def doubts(lesion: Lesion, casebook: Casebook) -> str:
    """Return the doubts about a lymph node that is normal by its size (recist11, section 1).

    NONE stands for no doubt.
    """
    if is_node(lesion) and lesion.size_mm is None:
        return ""
    doubts = recist.lesion_doubts(nodal=is_node(lesion), mm=lesion.size_mm)
    return in_turn(doubt.sentence for doubt in doubts) or NO_DOUBT


def lesions_of_gate(casebook: Casebook, gate: int, *, on: date) -> list[Lesion]:
    """Return the lesions that count at a gate: those of the screening (crf_spec 2.8).

    At the second gate those of BL1 count, too. A lesion seen later counts there if it was imaged up
    to the day of the gate, or on a day that is not known.
    """
    lesions = casebook.records(Lesion)
    if gate == 1:
        return [lesion for lesion in lesions if lesion.first_seen in AT_SCREENING]
    return [lesion for lesion in lesions if not was_seen_after(lesion, on)]


def was_seen_after(lesion: Lesion, on: date) -> bool:
    """Return whether the lesion is new and was imaged after a day."""
    is_new = lesion.first_seen == Lesion.FirstSeen.POST
    return is_new and lesion.imaged_on is not None and lesion.imaged_on > on


def counted(lesion: Lesion, casebook: Casebook) -> organ_units.Lesion:
    """Return the lesion as the protocol counts it.

    A node's regional status is the investigator's, else what anatomy says.
    """
    regional = lesion.regional or regional_by_anatomy(lesion, casebook)
    return organ_units.Lesion(
        code=lesion.code,
        lesion_class=lesion.lesion_class or None,
        organ=lesion.organ or None,
        organ_detail=lesion.organ_detail or None,
        laterality=lesion.laterality or None,
        subregion=lesion.subregion or None,
        regional=regional or None,
        certainty=lesion.certainty or None,
        vertebra=lesion.vertebra or None,
        compression=lesion.compression or None,
        radiotherapy=lesion.radiotherapy or None,
    )


def counted_at_gate(casebook: Casebook, gate: int, *, on: date) -> list[organ_units.Lesion]:
    """Return the lesions of a gate as organ units and liver metastases are counted from them."""
    return [counted(lesion, casebook) for lesion in lesions_of_gate(casebook, gate, on=on)]

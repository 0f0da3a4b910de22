"""Doubts about a prescription of radiotherapy and its delivery (crf_spec 2.15): doses that are unusual for what they are meant for.

The limits go with the seed library of doses (crf_spec 2.15), which a medical physicist confirms before use.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trial.protocol.doubts import Doubt, Level
from trial.protocol.parameters import DEFAULT
from trial.protocol.radiotherapy.biological_dose import bed_gy, dose_per_fraction_gy, eqd2_gy

D = Decimal
EQD2_CURATIVE_GY, BED_HIGH_GY, FRACTION_HIGH_GY = D(48), D(130), D(20)
STEREOTACTIC_FRACTION_GY, STEREOTACTIC_FRACTIONS = D(5), 8
OVER_PERCENT, PTV_D95_PERCENT = 105, 95
SUM_TOLERANCE_GY = D("0.1")
SEEDS = {
    #                     total    fractions
    "SBRT_50_5":          (D(50),     5),
    "SBRT_45_3":          (D(45),     3),
    "SBRT_35_5":          (D(35),     5),
    "SBRT_30_3":          (D(30),     3),    # bone, spine
    "NODES_62_5_25":      (D("62.5"), 25),   # gross nodes
    "ELECTIVE_50_25":     (D(50),     25),
    "ELECTIVE_45_25":     (D(45),     25),
    "MODERATE_60_30":     (D(60),     30),
}  # fmt: skip


class PrescriptionCode(StrEnum):
    EQD2_LOW = "EQD2_LOW"
    BED_HIGH = "BED_HIGH"
    FRACTION_HIGH = "FRACTION_HIGH"
    STEREOTACTIC_FRACTION_LOW = "STEREOTACTIC_FRACTION_LOW"
    STEREOTACTIC_MANY = "STEREOTACTIC_MANY"
    STEREOTACTIC_3D = "STEREOTACTIC_3D"
    STEREOTACTIC_UNGUIDED = "STEREOTACTIC_UNGUIDED"
    NOT_THE_PRODUCT = "NOT_THE_PRODUCT"
    OVER_DELIVERED = "OVER_DELIVERED"
    PTV_D95_LOW = "PTV_D95_LOW"


@dataclass(frozen=True, kw_only=True)
class Prescription:
    """Of one volume, in Gy. `gross` is a volume around a lesion, not an elective one. What is not entered is None."""

    total_gy: Decimal | None = None
    fractions: int | None = None
    curative: bool | None = None
    gross: bool = True
    stereotactic: bool | None = None
    three_dimensional: bool | None = None
    image_guidance: str | None = None
    uniform_fraction_gy: Decimal | None = None
    delivered_gy: Decimal | None = None
    ptv_d95_gy: Decimal | None = None


def prescription_doubts(said: Prescription, *, ab_tumor: Decimal = DEFAULT.ab_tumor) -> tuple[Doubt, ...]:
    """All doubts about a prescription and its delivery, α/β of tumor in Gy (crf_spec 2.15); what is missing raises none.

    >>> [doubt.code.value for doubt in prescription_doubts(Prescription(total_gy=Decimal(20), fractions=5, curative=True))]
    ['EQD2_LOW']
    """
    return (*_biological(said, ab_tumor), *_stereotactic(said), *_delivery(said))


def _fraction_gy(said: Prescription) -> Decimal | None:
    known = said.total_gy is not None and said.total_gy > 0 and said.fractions is not None and said.fractions > 0
    return dose_per_fraction_gy(said.total_gy, said.fractions) if known and said.total_gy and said.fractions else None


def _biological(said: Prescription, ab_tumor: Decimal) -> list[Doubt]:
    each = _fraction_gy(said)
    if each is None or said.fractions is None or ab_tumor <= 0:
        return []
    phases = [(said.fractions, each)]
    bed, eqd2 = bed_gy(phases, alpha_beta_gy=ab_tumor), eqd2_gy(phases, alpha_beta_gy=ab_tumor)
    found = []
    if said.curative and said.gross and eqd2 < EQD2_CURATIVE_GY:
        sentence = f"EQD2 is {eqd2:.2f} Gy, less than {EQD2_CURATIVE_GY} Gy to a gross lesion with curative intent."
        found.append(Doubt(PrescriptionCode.EQD2_LOW, Level.SOFT, sentence))
    if bed > BED_HIGH_GY:
        found.append(Doubt(PrescriptionCode.BED_HIGH, Level.SOFT, f"BED is {bed:.1f} Gy, more than {BED_HIGH_GY} Gy."))
    if each > FRACTION_HIGH_GY:
        sentence = f"{each:.2f} Gy per fraction, more than {FRACTION_HIGH_GY} Gy."
        found.append(Doubt(PrescriptionCode.FRACTION_HIGH, Level.SOFT, sentence))
    return found


def _stereotactic(said: Prescription) -> list[Doubt]:
    """Stereotactic: 8 fractions or fewer, of 5 Gy or more, guided by images, and not planned in 3D."""
    if not said.stereotactic:
        return []
    each, fractions = _fraction_gy(said), said.fractions or 0
    found = {
        PrescriptionCode.STEREOTACTIC_FRACTION_LOW: each is not None and each < STEREOTACTIC_FRACTION_GY,
        PrescriptionCode.STEREOTACTIC_MANY: fractions > STEREOTACTIC_FRACTIONS,
        PrescriptionCode.STEREOTACTIC_3D: said.three_dimensional is True,
        PrescriptionCode.STEREOTACTIC_UNGUIDED: said.image_guidance == "NONE",
    }
    sentences = {
        PrescriptionCode.STEREOTACTIC_FRACTION_LOW: f"Stereotactic, with less than {STEREOTACTIC_FRACTION_GY} Gy per fraction.",
        PrescriptionCode.STEREOTACTIC_MANY: f"Stereotactic, in more than {STEREOTACTIC_FRACTIONS} fractions.",
        PrescriptionCode.STEREOTACTIC_3D: "Stereotactic, with a 3D technique.",
        PrescriptionCode.STEREOTACTIC_UNGUIDED: "Stereotactic, without image guidance.",
    }
    return [Doubt(code, Level.SOFT, sentences[code]) for code, doubted in found.items() if doubted]


def _delivery(said: Prescription) -> list[Doubt]:
    total, each, given, d95 = said.total_gy, said.uniform_fraction_gy, said.delivered_gy, said.ptv_d95_gy
    if total is None or total <= 0:
        return []
    found = []
    if each is not None and said.fractions is not None and abs(said.fractions * each - total) > SUM_TOLERANCE_GY:
        sentence = f"{said.fractions} × {each:f} Gy is not {total:f} Gy."
        found.append(Doubt(PrescriptionCode.NOT_THE_PRODUCT, Level.COMPLETE, sentence))
    if given is not None and 100 * given > OVER_PERCENT * total:
        sentence = f"{given:f} Gy were delivered, more than {OVER_PERCENT} % of {total:f} Gy: urgent, and a deviation."
        found.append(Doubt(PrescriptionCode.OVER_DELIVERED, Level.SOFT, sentence))
    if d95 is not None and 100 * d95 < PTV_D95_PERCENT * total:
        sentence = f"D95 of the PTV, {d95:f} Gy, is below {PTV_D95_PERCENT} % of {total:f} Gy."
        found.append(Doubt(PrescriptionCode.PTV_D95_LOW, Level.SOFT, sentence))
    return found

"""Checks of a prescription of radiotherapy and its delivery (crf_spec 2.15).

A dose is doubted where it is unusual for its intent and technique. The limits go with the seed
library of doses (crf_spec 2.15), which a medical physicist confirms before use.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trial.protocol.doubts import Doubt, Level
from trial.protocol.parameters import DEFAULT, Parameters
from trial.protocol.radiotherapy.biological_dose import bed_gy, dose_per_fraction_gy, eqd2_gy
from trial.protocol.rounding import beside
from trial.protocol.sentence import Sentence

D = Decimal
EQD2_CURATIVE_GY, BED_HIGH_GY, FRACTION_HIGH_GY = D(48), D(130), D(20)
STEREOTACTIC_FRACTION_GY, STEREOTACTIC_FRACTIONS = D(5), 8
OVER_PERCENT, PTV_D95_PERCENT = 105, 95
SUM_TOLERANCE_GY = D("0.1")
NO_GUIDANCE = "NONE"
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
    """The codes of these doubts."""

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
    """The prescription of one volume and its delivery, in Gy; an item not entered is None.

    `gross` is a volume around a lesion, not an elective one.
    """

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


def prescription_doubts(
    prescription: Prescription, *, parameters: Parameters = DEFAULT
) -> tuple[Doubt, ...]:
    """Return all doubts about a prescription and its delivery, α/β by AB_TUMOR (crf_spec 2.15).

    A missing item raises no doubt.

    >>> prescription = Prescription(total_gy=Decimal(20), fractions=5, curative=True)
    >>> [doubt.code.value for doubt in prescription_doubts(prescription)]
    ['EQD2_LOW']
    """
    return (
        *_biological(prescription, parameters.ab_tumor),
        *_stereotactic(prescription),
        *_delivery(prescription),
    )


def _fraction_gy(prescription: Prescription) -> Decimal | None:
    """Return the dose per fraction in Gy; None where total or number is missing or not above 0."""
    total_gy, fractions = prescription.total_gy, prescription.fractions
    if total_gy is None or fractions is None or total_gy <= 0 or fractions <= 0:
        return None
    return dose_per_fraction_gy(total_gy, fractions)


def _biological(prescription: Prescription, ab_tumor: Decimal) -> list[Doubt]:
    fraction_gy, fractions = _fraction_gy(prescription), prescription.fractions
    if fraction_gy is None or fractions is None or ab_tumor <= 0:
        return []
    phases = [(fractions, fraction_gy)]
    bed = bed_gy(phases, alpha_beta_gy=ab_tumor)
    eqd2 = eqd2_gy(phases, alpha_beta_gy=ab_tumor)
    doubts = []
    if prescription.curative and prescription.gross and eqd2 < EQD2_CURATIVE_GY:
        sentence = Sentence(
            "EQD2 is {eqd2} Gy, less than {eqd2_curative_gy} Gy to a gross "
            "lesion with curative intent.",
            eqd2=beside(eqd2, EQD2_CURATIVE_GY, places=2),
            eqd2_curative_gy=EQD2_CURATIVE_GY,
        )
        doubts.append(Doubt(PrescriptionCode.EQD2_LOW, Level.SOFT, sentence))
    if bed > BED_HIGH_GY:
        sentence = Sentence(
            "BED is {bed} Gy, more than {bed_high_gy} Gy.",
            bed=beside(bed, BED_HIGH_GY, places=1),
            bed_high_gy=BED_HIGH_GY,
        )
        doubts.append(Doubt(PrescriptionCode.BED_HIGH, Level.SOFT, sentence))
    if fraction_gy > FRACTION_HIGH_GY:
        sentence = Sentence(
            "{fraction_gy} Gy per fraction, more than {fraction_high_gy} Gy.",
            fraction_gy=beside(fraction_gy, FRACTION_HIGH_GY, places=2),
            fraction_high_gy=FRACTION_HIGH_GY,
        )
        doubts.append(Doubt(PrescriptionCode.FRACTION_HIGH, Level.SOFT, sentence))
    return doubts


def _stereotactic(prescription: Prescription) -> list[Doubt]:
    """Doubt a stereotactic prescription that is not one.

    Stereotactic means 8 fractions or fewer, of 5 Gy or more, guided by images, and not planned in
    3D.
    """
    if not prescription.stereotactic:
        return []
    fraction_gy, fractions = _fraction_gy(prescription), prescription.fractions or 0
    sentences = {}
    if fraction_gy is not None and fraction_gy < STEREOTACTIC_FRACTION_GY:
        sentences[PrescriptionCode.STEREOTACTIC_FRACTION_LOW] = Sentence(
            "Stereotactic, with less than {stereotactic_fraction_gy} Gy per fraction.",
            stereotactic_fraction_gy=STEREOTACTIC_FRACTION_GY,
        )
    if fractions > STEREOTACTIC_FRACTIONS:
        sentences[PrescriptionCode.STEREOTACTIC_MANY] = Sentence(
            "Stereotactic, in more than {stereotactic_fractions} fractions.",
            stereotactic_fractions=STEREOTACTIC_FRACTIONS,
        )
    if prescription.three_dimensional:
        sentences[PrescriptionCode.STEREOTACTIC_3D] = Sentence("Stereotactic, with a 3D technique.")
    if prescription.image_guidance == NO_GUIDANCE:
        sentences[PrescriptionCode.STEREOTACTIC_UNGUIDED] = Sentence(
            "Stereotactic, without image guidance."
        )
    return [Doubt(code, Level.SOFT, sentence) for code, sentence in sentences.items()]


def _delivery(prescription: Prescription) -> list[Doubt]:
    total, fractions = prescription.total_gy, prescription.fractions
    uniform, d95 = prescription.uniform_fraction_gy, prescription.ptv_d95_gy
    delivered = prescription.delivered_gy
    if total is None or total <= 0:
        return []
    doubts = []
    product = None if uniform is None or fractions is None else fractions * uniform
    if product is not None and abs(product - total) > SUM_TOLERANCE_GY:
        sentence = Sentence(
            "{fractions} × {uniform:f} Gy is not {total:f} Gy.",
            fractions=fractions,
            uniform=uniform,
            total=total,
        )
        doubts.append(Doubt(PrescriptionCode.NOT_THE_PRODUCT, Level.COMPLETE, sentence))
    if delivered is not None and 100 * delivered > OVER_PERCENT * total:
        sentence = Sentence(
            "{delivered:f} Gy were delivered, more than {over_percent} % of "
            "{total:f} Gy: urgent, and a deviation.",
            delivered=delivered,
            over_percent=OVER_PERCENT,
            total=total,
        )
        doubts.append(Doubt(PrescriptionCode.OVER_DELIVERED, Level.SOFT, sentence))
    if d95 is not None and 100 * d95 < PTV_D95_PERCENT * total:
        sentence = Sentence(
            "D95 of the PTV, {d95:f} Gy, is below {ptv_d95_percent} % of {total:f} Gy.",
            d95=d95,
            ptv_d95_percent=PTV_D95_PERCENT,
            total=total,
        )
        doubts.append(Doubt(PrescriptionCode.PTV_D95_LOW, Level.SOFT, sentence))
    return doubts

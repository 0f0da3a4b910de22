"""Body surface area and body mass index of a measurement (crf_spec 2.11)."""

from datetime import date
from decimal import Decimal

from crf.casebook import Casebook, once
from crf.models import VitalSigns
from trial.protocol.therapy import dosing


@VitalSigns.bsa_m2.computed_by
def bsa_m2(signs: VitalSigns, casebook: Casebook) -> Decimal | None:
    """Return the body surface area in m², by the formula in force on the day (BSA_FORMULA)."""
    height = signs.height_cm or height_cm(casebook)
    if not signs.weight_kg or not height:
        return None
    parameters = casebook.parameters_on(signs.measured_on or casebook.subject.site.today())
    return dosing.bsa_m2(weight_kg=signs.weight_kg, height_cm=height, parameters=parameters)


@VitalSigns.bmi.computed_by
def bmi(signs: VitalSigns, casebook: Casebook) -> Decimal | None:
    """Return the body mass index in kg/m²."""
    height = signs.height_cm or height_cm(casebook)
    if not signs.weight_kg or not height:
        return None
    return signs.weight_kg * 10_000 / height**2


@once
def height_cm(casebook: Casebook) -> Decimal | None:
    """Return the height measured first; it may stand on the form of an earlier visit.

    None where none is entered.
    """
    measured = [signs for signs in casebook.records(VitalSigns) if signs.height_cm is not None]
    measured.sort(key=lambda signs: signs.measured_on or date.max)
    return measured[0].height_cm if measured else None

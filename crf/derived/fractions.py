"""The fractions that a subject was given, over all courses of radiotherapy (crf_spec 2.15)."""

from datetime import date
from typing import NamedTuple

from crf.casebook import Casebook, once
from crf.models import Fraction, Lesion, RadiotherapyCourse, TargetVolume


class DeliveredFraction(NamedTuple):
    """A delivered fraction, with its volume where that stands."""

    fraction: Fraction
    volume: TargetVolume | None


@once
def fractions_delivered(casebook: Casebook, on: date) -> list[DeliveredFraction]:
    """Return the fractions delivered up to a day, in the order of their days."""
    delivered = []
    for radiotherapy in casebook.records(RadiotherapyCourse):
        volumes = {volume.pk: volume for volume in radiotherapy.rows(TargetVolume)}
        for fraction in radiotherapy.rows(Fraction):
            if fraction.delivered == "Y" and fraction.given_on and fraction.given_on <= on:
                delivered.append(DeliveredFraction(fraction, volumes.get(fraction.volume_id)))
    return sorted(delivered, key=lambda row: (row.fraction.given_on, row.fraction.pk))


def irradiated_lesions(casebook: Casebook, *, on: date) -> dict[str, date]:
    """Return the day of the last fraction to each lesion that was irradiated.

    It is the last one of the study, where the lesion had any: what palliative radiotherapy is given
    for is no beginning of local control.
    """
    codes = {lesion.code for lesion in casebook.records(Lesion)}
    of_study: dict[str, date] = {}
    outside: dict[str, date] = {}
    for fraction, volume in fractions_delivered(casebook, on):
        if volume:
            last = of_study if fraction.course.is_of_study else outside
            last |= {code: fraction.given_on for code in volume.lesions if code in codes}
    return outside | of_study

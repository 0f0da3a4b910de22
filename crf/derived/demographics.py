"""The person, and what was signed (crf_spec 2.3, 2.4)."""

from datetime import date

from crf.casebook import Casebook, once
from crf.models import Consent, Demographics
from trial.protocol.eligibility import age
from trial.protocol.sentence import either


@once
def person(casebook: Casebook) -> Demographics | None:
    """Return the subject's demographics, where they are entered."""
    return next(iter(casebook.records(Demographics)), None)


@once
def signed_on(casebook: Casebook, kind: Consent.Type) -> date | None:
    """Return the first day on which a consent of this type, or its withdrawal, was signed."""
    days = [
        consent.signed_on
        for consent in casebook.records(Consent)
        if consent.type == kind and consent.signed_on
    ]
    return min(days, default=None)


@Demographics.age_at_consent.computed_by
def age_at_consent(person: Demographics, casebook: Casebook) -> str:
    """Return the age at consent in completed years.

    Two ages are given where birth month and source leave it open.
    """
    consented_on = signed_on(casebook, Consent.Type.INITIAL)
    if not person.birth_month or not consented_on:
        return ""
    ages = age.possible_ages(person.birth_month, on=consented_on)
    if person.age_confirmed in ages:
        return str(person.age_confirmed)
    return either(map(str, sorted(ages))) if ages else ""

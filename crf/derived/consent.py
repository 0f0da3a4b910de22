"""Consent as it stood on a day (crf_spec 2.4)."""

from datetime import date

from crf.casebook import Casebook
from crf.models import Consent
from trial.models import ConsentVersion


def consents_by(casebook: Casebook, on: date) -> list[Consent]:
    """Return the consents that count on a day, in the order of their days.

    They are those signed up to that day, the initial one whenever it was signed, and those whose
    day is not known.
    """
    standing = [
        consent
        for consent in casebook.records(Consent)
        if consent.type == Consent.Type.INITIAL or not consent.signed_on or consent.signed_on <= on
    ]
    return sorted(standing, key=lambda consent: consent.signed_on or date.max)


def is_withdrawn(casebook: Casebook) -> bool:
    """Return whether the subject has withdrawn consent."""
    return any(record.type == Consent.Type.WITHDRAWAL for record in casebook.records(Consent))


def consent_is_current(casebook: Casebook, *, on: date) -> bool:
    """Return whether the version last signed still counts.

    It does until a later one is in force that asks those already in the trial to consent again.
    """
    signed = [consent for consent in consents_by(casebook, on) if is_signature(consent)]
    if not signed:
        return False
    # A consent without its day counts as the last.
    last = max(signed, key=lambda consent: (consent.signed_on or date.max, consent.pk))
    newer = ConsentVersion.objects.effective(site_id=casebook.subject.site_id, on=on)
    newer = newer.filter(effective_from__gt=last.form_version.effective_from)
    return not newer.exclude(reconsent=ConsentVersion.Reconsent.NEW_ONLY).exists()


def is_signature(consent: Consent) -> bool:
    """Return whether the form is a consent to the trial, with its version."""
    types = (Consent.Type.INITIAL, Consent.Type.RECONSENT)
    has_version = consent.form_version is not None
    return consent.type in types and consent.declined != "Y" and has_version


def version_holds(consent: Consent) -> bool | None:
    """Return whether the version was in force at the site on the day of signature.

    None stands for a version or day that is not entered.
    """
    version, signed_on = consent.form_version, consent.signed_on
    if version is None or signed_on is None:
        return None
    return version.effective_from <= signed_on <= (version.effective_to or signed_on)

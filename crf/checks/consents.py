"""Consents among each other, and what they say about the subject's other records."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from crf.casebook import Casebook, once
from crf.derived.consent import version_holds
from crf.models import Consent, Demographics
from trial.actions.checking.check import Finding, Level, check
from trial.models import Entered, Record, Visit
from trial.protocol.eligibility import age
from trial.protocol.sentence import either
from trial.refusals.words import translated


@once
def initial(casebook: Casebook) -> Consent | None:
    """Return the earliest initial consent, whose day is RFICDTC; None where there is none."""
    signed = [
        consent
        for consent in casebook.records(Consent)
        if consent.type == Consent.Type.INITIAL and consent.signed_on
    ]
    return min(signed, key=lambda consent: consent.signed_on, default=None)


@check("ICF-INITIAL", level=Level.SOFT, reads=[Consent])
def without_an_initial_consent(casebook: Casebook) -> Iterator[Finding]:
    """Find consents given again, withdrawn or extended without an initial one (crf_spec 2.4)."""
    consents = casebook.records(Consent)
    if any(consent.type == Consent.Type.INITIAL for consent in consents):
        return
    for consent in consents:
        if consent.type:
            yield Finding(consent, _("There is no initial consent yet. Enter it first."), "type")


@check("ICF-ORDER", level=Level.SOFT, reads=[Consent])
def before_the_initial_consent(casebook: Casebook) -> Iterator[Finding]:
    """Find what was signed or withdrawn earlier than the initial consent (crf_spec 2.4)."""
    first = initial(casebook)
    for consent in casebook.records(Consent):
        is_later = consent.type not in ("", Consent.Type.INITIAL) and consent.signed_on
        if first and is_later and consent.signed_on < first.signed_on:
            again = _(
                "Consent was given again on {day}, before the initial consent of {initial_day}. "
                "Check both days."
            )
            earlier = _(
                "“{type}” of {day} lies before the initial consent of {initial_day}. "
                "Check both days."
            )
            sentence = (again if consent.type == Consent.Type.RECONSENT else earlier).format(
                type=consent.get_type_display(),
                day=consent.signed_on,
                initial_day=first.signed_on,
            )
            yield Finding(consent, sentence, "signed_on", first)


@check("XC02", level=Level.SOFT, reads=[Consent])
def version_out_of_force(casebook: Casebook) -> Iterator[Finding]:
    """Find consents on a version that was not in force on the day of signature (crf_spec 6)."""
    for consent in casebook.records(Consent):
        if consent.declined != "Y" and version_holds(consent) is False:
            sentence = _(
                "{version} was not in force on {day}: it is from {first} to {last}. Check version "
                "and day; where it was really signed so, say it in the answer."
            ).format(
                version=consent.form_version,
                day=consent.signed_on,
                first=consent.form_version.effective_from,
                last=consent.form_version.effective_to or _("now"),
            )
            yield Finding(consent, sentence, "form_version")


@check("DM-BIRTH", level=Level.HARD, reads=[Consent, Demographics])
def born_after_consent(casebook: Casebook) -> Iterator[Finding]:
    """Find a month of birth after the initial consent (crf_spec 2.3)."""
    first = initial(casebook)
    for person in casebook.records(Demographics):
        if first and person.birth_month and person.birth_month > first.signed_on.isoformat()[:7]:
            sentence = _("The subject consented on {day}, before this month of birth.")
            sentence = sentence.format(day=first.signed_on)
            yield Finding(person, sentence, "birth_month", first)


@check("XC06", level=Level.SOFT, reads=[Consent, Demographics])
def age_at_consent(casebook: Casebook) -> Iterator[Finding]:
    """Find a confirmed age that the initial consent rules out, or now asks for (crf_spec 6)."""
    first = initial(casebook)
    for person in casebook.records(Demographics):
        if not first or not person.birth_month or person.state != Record.State.COMPLETE:
            continue
        ages = age.possible_ages(person.birth_month, on=first.signed_on)
        is_asked_for = len(ages) > 1 and "age_confirmed" not in person.missing
        if person.age_confirmed in ages or (person.age_confirmed is None and not is_asked_for):
            continue
        sentence = _(
            "At the initial consent of {day} the subject was {possible}; the age from the source "
            "is {age}. Check the consent's day, the month of birth and the age."
        ).format(
            day=first.signed_on,
            possible=translated(either(map(str, sorted(ages)))),
            age=_("not entered") if person.age_confirmed is None else person.age_confirmed,
        )
        # About the whole form: a query about the age would tell the month of birth (crf_spec 7).
        yield Finding(person, sentence, "", first)


DATED = [form for form in Record.forms() if form.entered_by_hand and form is not Consent]
"""The forms of what is collected from the subject: all but consents and acts of the system."""


def withdrawn(casebook: Casebook) -> Consent | None:
    """Return the first withdrawal of consent; None where there is none.

    Every save asks for it: it is looked up by itself where no consent is read yet.
    """
    if casebook.has_read(Consent):
        signed = [
            consent
            for consent in casebook.records(Consent)
            if consent.type == Consent.Type.WITHDRAWAL and consent.signed_on
        ]
        return min(signed, key=lambda consent: consent.signed_on, default=None)
    withdrawals = Consent.objects.of(casebook.subject).filter(type=Consent.Type.WITHDRAWAL)
    dated = withdrawals.exclude(signed_on=None).order_by("signed_on")
    # Asked first: nearly always there is none, and a whole consent takes longer to read.
    first: Consent | None = dated.first() if dated.exists() else None
    return first


@check("XC39", level=Level.HARD, reads=[Consent, Visit, *DATED])
def after_the_withdrawal(casebook: Casebook) -> Iterator[Finding]:
    """Find what is dated after the withdrawal of consent (crf_spec 2.23).

    A new record, or a date moved to after it, is refused. The withdrawal itself is stored: what is
    dated after it then gets a query, and stays correctable.
    """
    withdrawal = withdrawn(casebook)
    if withdrawal is None:
        return
    for visit in casebook.visits:
        yield from _dated_after(visit, [visit], withdrawal)
    for form in DATED:
        for record in casebook.records(form):
            rows = [row for group in form.groups() for row in record.rows(group)]
            yield from _dated_after(record, [record, *rows], withdrawal)


def _dated_after(
    record: Record | Visit, rows: Sequence[Entered], withdrawal: Consent
) -> Iterator[Finding]:
    """Find the dates of a record and its rows that lie after the withdrawal."""
    withdrawn_on = withdrawal.signed_on.isoformat()
    sentence = _("{label}: {day} lies after the withdrawal of consent on {withdrawn}. Check both.")
    for row in rows:
        for item, text in row.dates():
            if text > withdrawn_on[: len(text)]:
                facts = {"label": row.label_of(item), "day": text, "withdrawn": withdrawn_on}
                about = item if row is record else ""
                yield Finding(record, sentence.format(**facts), about, withdrawal)

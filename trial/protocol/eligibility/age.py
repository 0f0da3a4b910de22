"""Age in completed years from year and month of birth (crf_spec 2.3).

The day of birth is not collected. In the month of birth the age is one of two. The source may say
which of them the subject had at consent. That decides later months of birth too, as far as it tells
whether the birthday comes before or after the day of consent.
"""

import re
from datetime import date

from trial.protocol.sentence import Sentence, either

MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


class AgeContradicted(ValueError):
    """The age confirmed by the source contradicts the month of birth."""


def possible_ages(birth_month: str, *, on: date) -> frozenset[int]:
    """Return the ages in completed years that a month of birth ("1944-06") leaves open on a day.

    There is one, or there are two in the month of birth (crf_spec 2.3). There is none before birth,
    and none where the month cannot be read, so that a form half filled in can call this too.

    >>> sorted(possible_ages("1944-06", on=date(2025, 6, 15)))
    [80, 81]
    """
    birth = MONTH.fullmatch(birth_month)
    if not birth or birth_month > on.isoformat()[:7]:
        return frozenset()
    reached, month = on.year - int(birth[1]), int(birth[2])
    if on.month == month:
        return frozenset({max(reached - 1, 0), reached})
    return frozenset({reached if on.month > month else reached - 1})


def ages(
    birth_month: str, *, on: date, confirmed: int | None = None, consent_on: date | None = None
) -> frozenset[int]:
    """Return the ages possible on a day, given the age at consent by the source (AGECONF).

    Ages are in completed years (crf_spec 2.3). Raises AgeContradicted where the confirmed age is
    none of those possible on the day of consent.

    >>> ages("1944-06", on=date(2025, 6, 15), confirmed=80, consent_on=date(2025, 6, 15))
    frozenset({80})
    """
    possible = possible_ages(birth_month, on=on)
    if confirmed is None or consent_on is None:
        return possible
    if sentence := refusal(birth_month, consent_on=consent_on, confirmed=confirmed):
        raise AgeContradicted(sentence)
    if len(possible) == 1 or consent_on.month != on.month:
        return possible
    had_birthday = confirmed == max(possible_ages(birth_month, on=consent_on))
    if had_birthday and on.day >= consent_on.day:
        return frozenset({max(possible)})
    if not had_birthday and on.day <= consent_on.day:
        return frozenset({min(possible)})
    return possible


def refusal(birth_month: str, *, consent_on: date, confirmed: int) -> str | None:
    """Return why an age at consent, in completed years, is impossible (crf_spec 2.3, H).

    None where it is possible, or where nothing is known of the month of birth.

    >>> refusal("1944-06", consent_on=date(2025, 6, 15), confirmed=79)
    'Born in 1944-06, the subject was 80 or 81 at consent on 2025-06-15, not 79.'
    """
    possible = possible_ages(birth_month, on=consent_on)
    if not possible or confirmed in possible:
        return None
    years = either(str(age) for age in sorted(possible))
    return Sentence(
        "Born in {birth_month}, the subject was {years} at consent on "
        "{consent_on}, not {confirmed}.",
        birth_month=birth_month,
        years=years,
        consent_on=consent_on,
        confirmed=confirmed,
    )

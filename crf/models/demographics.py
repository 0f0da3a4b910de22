"""The subject's demographics (crf_spec 2.3)."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property

from django.db import models
from django.utils.translation import gettext as _
from trial import fields
from trial.models import Problem, Record, Section
from trial.protocol.eligibility import age
from trial.protocol.sentence import either
from trial.refusals import Code, impossible
from trial.refusals.words import translated

from .consent import Consent


class Demographics(Record):
    """Demographics of the subject, without direct identifiers (crf_spec 2.3; CDASH DM)."""

    class Sex(models.TextChoices):
        M = "M", "Male"
        F = "F", "Female"

    class Race(models.TextChoices):
        ASIAN = "ASIAN", "Asian"
        WHITE = "WHITE", "White"
        BLACK = "BLACK OR AFRICAN AMERICAN", "Black or African American"
        OTHER = "OTHER", "Other"
        UNKNOWN = "UNKNOWN", "Unknown"

    class Ethnic(models.TextChoices):
        NOT_HISPANIC = "NOT HISPANIC OR LATINO", "Not Hispanic or Latino"
        HISPANIC = "HISPANIC OR LATINO", "Hispanic or Latino"
        UNKNOWN = "UNKNOWN", "Unknown"

    class Childbearing(models.TextChoices):
        Y = "Y", "Yes"
        N = "N", "No"
        NA = "NA", "Not applicable"

    class Smoking(models.TextChoices):
        NEVER = "NEVER", "Never"
        CURRENT = "CURRENT", "Current"
        FORMER = "FORMER", "Former"

    # An age confirmed from the source is identifying, too: it tells that consent was in the month of birth.
    identifying = frozenset({"birth_month", "age_confirmed"})

    birth_month = fields.month("Year and month of birth", sdtm="DM.BRTHDTC")
    age_confirmed = fields.count(
        "Age at consent, from the source", between=(0, 130), unit="completed years", sdtm="SUPPDM.AGECONF",
        when=lambda d: len(d.possible_ages()) > 1,
    )  # fmt: skip
    sex = fields.choice("Sex at birth", Sex, sdtm="DM.SEX")
    race = fields.choice("Race", Race, sdtm="DM.RACE", optional=True)
    ethnic = fields.choice("Ethnic group", Ethnic, sdtm="DM.ETHNIC", optional=True)
    childbearing = fields.choice("Childbearing potential", Childbearing, sdtm="SUPPDM.CHILDPOT", when=lambda d: d.sex == Demographics.Sex.F)
    smoking = fields.choice("Smoking history", Smoking, sdtm="SU.SUNCF", optional=True)

    age_at_consent = fields.derived("Age at consent", unit="completed years")

    sections = (
        Section("Person", ("birth_month", "age_confirmed", "sex", "race", "ethnic", "childbearing")),
        Section("Habits", ("smoking",)),
    )

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = "demographics"

    @cached_property
    def consented_on(self) -> date | None:
        """The day of the initial consent (RFICDTC)."""
        initial = Consent.objects.of(self.subject).filter(type=Consent.Type.INITIAL).order_by("signed_on")
        return initial.values_list("signed_on", flat=True).first()

    def possible_ages(self) -> frozenset[int]:
        """Return the ages at consent that the birth month leaves open, before the source is asked (crf_spec 2.3)."""
        if not self.birth_month or not self.consented_on:
            return frozenset()
        return age.possible_ages(self.birth_month, on=self.consented_on)

    def clean(self) -> None:
        """Refuse an age that the month of birth rules out."""
        super().clean()
        ages = self.possible_ages()
        if self.age_confirmed is not None and ages and self.age_confirmed not in ages:
            possible = translated(either(map(str, sorted(ages))))
            sentence = _("Born in {month}, the subject was {possible} at consent, not {age}.")
            facts = {"month": self.birth_month, "possible": possible, "age": self.age_confirmed}
            raise impossible(Code.IMPOSSIBLE, item="age_confirmed", sentence=sentence.format(**facts))

    def inconsistencies(self) -> Iterator[Problem]:
        """Yield what keeps the form from being complete: childbearing potential of a man."""
        if self.sex == self.Sex.M and self.childbearing in (self.Childbearing.Y, self.Childbearing.N):
            yield "childbearing", _("For a man, childbearing potential is not applicable.")

from collections.abc import Iterator
from datetime import date
from functools import cached_property

from django.db import models

from trial import fields
from trial.models import Problem, Record, Section
from trial.protocol.eligibility import age
from trial.refusals import Code, impossible

from .consent import Consent


class Demographics(Record):
    """Who the subject is, without direct identifiers (crf_spec 2.3; CDASH DM)."""

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

    identifying = frozenset({"birth_month", "age_confirmed"})  # that a source was asked tells that consent was in the month of birth

    birth_month = fields.month("Year and month of birth", sdtm="DM.BRTHDTC")
    age_confirmed = fields.count(
        "Age at consent, from the source", between=(0, 130), unit="completed years", sdtm="SUPPDM.AGECONF",
        when=lambda d: len(d.possible_ages()) > 1,
    )  # fmt: skip
    sex = fields.choice("Sex at birth", Sex, sdtm="DM.SEX")
    race = fields.choice("Race", Race, sdtm="DM.RACE", optional=True)
    ethnic = fields.choice("Ethnic group", Ethnic, sdtm="DM.ETHNIC", optional=True)
    childbearing = fields.choice("Childbearing potential", Childbearing, sdtm="SUPPDM.CHILDPOT", when=lambda d: d.sex == "F")
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
        super().clean()
        consented_on, ages = self.consented_on, self.possible_ages()
        if self.birth_month and consented_on and self.birth_month > consented_on.isoformat()[:7]:
            sentence = f"The subject consented on {consented_on}, before this month of birth."
            raise impossible(Code.IMPOSSIBLE, item="birth_month", sentence=sentence)
        if self.age_confirmed is not None and ages and self.age_confirmed not in ages:
            possible = " or ".join(map(str, sorted(ages)))
            sentence = f"Born in {self.birth_month}, the subject was {possible} at consent, not {self.age_confirmed}."
            raise impossible(Code.IMPOSSIBLE, item="age_confirmed", sentence=sentence)

    def inconsistencies(self) -> Iterator[Problem]:
        if self.sex == self.Sex.M and self.childbearing in ("Y", "N"):
            yield "childbearing", "For a man, childbearing potential is not applicable."

"""Vital signs and performance status (crf_spec 2.11)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from trial import fields
from trial.models import Record, Section
from trial.refusals import Code, impossible

from crf.models.codes.lists import codelist


class VitalSigns(Record):
    """Vital signs and performance status (crf_spec 2.11; CDASH VS, RS)."""

    Ecog = codelist("Ecog", {f"ECOG{grade}": (str(grade), str(grade)) for grade in range(6)})

    measured_on = fields.day("Date", sdtm="VS.VSDTC")
    weight_kg = fields.amount("Weight", digits=4, places=1, between=(25, 250), unit="kg", sdtm="VS.WEIGHT")
    height_cm = fields.amount(
        "Height", digits=4, places=1, between=(120, 220), unit="cm", sdtm="VS.HEIGHT", when=lambda v: v.visit.code == "SCR"
    )
    systolic = fields.count("Systolic blood pressure", between=(40, 300), unit="mmHg", sdtm="VS.SYSBP")
    diastolic = fields.count("Diastolic blood pressure", between=(20, 180), unit="mmHg", sdtm="VS.DIABP")
    pulse = fields.count("Pulse", between=(20, 250), unit="/min", sdtm="VS.PULSE")
    temperature = fields.amount("Temperature", digits=3, places=1, between=(30, 45), unit="°C", sdtm="VS.TEMP")
    oxygen_saturation = fields.count("Oxygen saturation", between=(50, 100), unit="%", sdtm="VS.OXYSAT", optional=True)
    ecog = fields.choice("ECOG performance status", Ecog, sdtm="RS.ECOG101")
    ecog_on = fields.day("ECOG assessed on", sdtm="RS.RSDTC")

    bsa_m2 = fields.derived("Body surface area", unit="m²", places=3)
    bmi = fields.derived("Body mass index", unit="kg/m²", places=1)

    sections = (
        Section("Body", ("measured_on", "weight_kg", "height_cm")),
        Section("Vital signs", ("systolic", "diastolic", "pulse", "temperature", "oxygen_saturation")),
        Section("Performance status", ("ecog", "ecog_on")),
    )

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = "vital signs and ECOG"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(diastolic=None) | Q(systolic=None) | Q(diastolic__lt=F("systolic")),
                name="diastolic_below_systolic",
                violation_error_message=gettext_lazy("The diastolic pressure is not below the systolic one. Have they been exchanged?"),
            ),
        ]

    def clean(self) -> None:
        """Refuse a diastolic pressure that is not below the systolic one."""
        super().clean()
        if self.systolic is None or self.diastolic is None or self.diastolic < self.systolic:
            return
        sentence = _("Diastolic {diastolic} is above systolic {systolic}: have they been exchanged?")
        if self.diastolic == self.systolic:
            sentence = _("Diastolic and systolic pressure are both {systolic}. Check both.")
        sentence = sentence.format(diastolic=self.diastolic, systolic=self.systolic)
        raise impossible(Code.IMPOSSIBLE, item="diastolic", sentence=sentence)

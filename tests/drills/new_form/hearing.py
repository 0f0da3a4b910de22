"""A form that the project does not have: tests/drills/drill_new_form.py adds it to a copy."""

from collections.abc import Iterator

from django.db import models
from django.db.models import F, Q
from trial.models import Problem, Record, Row, Section

from trial import fields


class Hearing(Record):
    """A hearing test, before platinum and after it.

    It has an item of each kind, and rules across items.
    """

    class Sign(models.TextChoices):
        TINNITUS = "TINNITUS", "Tinnitus"
        VERTIGO = "VERTIGO", "Vertigo"

    tested_on = fields.day("Tested on", sdtm="FA.FADTC")
    tested_at_time = fields.clock_time("Time", sdtm="FA.FATIM", optional=True)
    next_on = fields.day("Next test planned for", sdtm="SUPPFA.NEXT", planned=True)
    impaired = fields.yes_no("Hearing impaired", sdtm="FA.FAORRES")
    impaired_since = fields.partial_date("Impaired since", sdtm="FA.FASTDTC", when=lambda h: h.impaired == "Y")
    signs = fields.codes("Signs", Sign, sdtm="SUPPFA.SIGNS")
    noise_hours = fields.count("Hours in noise a day", between=(0, 24), unit="h", sdtm="SUPPFA.NOISE")
    quiet_hours = fields.count("Hours in quiet a day", between=(0, 24), unit="h", sdtm="SUPPFA.QUIET")
    device = fields.text("Hearing aid", sdtm="SUPPFA.DEVICE", optional=True)
    remarks = fields.narrative("Remarks", sdtm="SUPPFA.REMARKS")

    sections = (
        Section("Test", ("tested_on", "tested_at_time", "next_on", "remarks")),
        Section("Hearing", ("impaired", "impaired_since", "signs", "device")),
        Section("Noise", ("noise_hours", "quiet_hours")),
    )

    class Meta(Record.Meta):
        verbose_name = "hearing test"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(noise_hours=None) | Q(quiet_hours=None) | Q(noise_hours__lt=F("quiet_hours")),
                name="less_noise_than_quiet",
                violation_error_message="There is more noise than quiet. Have they been exchanged?",
            ),
        ]

    def inconsistencies(self) -> Iterator[Problem]:
        if self.signs == [self.Sign.TINNITUS]:
            yield "signs", "Tinnitus comes with vertigo here. Tick both."


class Threshold(Row):
    """The threshold of one ear at one frequency."""

    class Ear(models.TextChoices):
        LEFT = "LEFT", "Left"
        RIGHT = "RIGHT", "Right"

    parent = "hearing"
    path_to_site = "hearing__visit__subject__site"
    path_to_subject = "hearing__visit__subject"

    hearing = models.ForeignKey(Hearing, models.PROTECT, related_name="thresholds")

    ear = fields.choice("Ear", Ear, sdtm="FA.FALAT")
    frequency_hz = fields.count("Frequency", between=(125, 8000), unit="Hz", sdtm="SUPPFA.FREQ")
    threshold_db = fields.amount("Threshold", digits=4, places=1, between=(-10, 120), unit="dB", sdtm="SUPPFA.DB")

    sections = (Section("Threshold", ("ear", "frequency_hz", "threshold_db")),)

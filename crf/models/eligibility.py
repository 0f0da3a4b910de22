"""Eligibility, with a row for each criterion (crf_spec 2.12)."""

from django.db import models
from django.utils.translation import gettext as _
from trial import fields
from trial.models import Record, Row, Section, Shown
from trial.protocol import study
from trial.protocol.kleene import Truth

from crf.models.codes.lists import codelist


class Verdict(models.TextChoices):
    """The truth of a criterion's text."""

    MET = Truth.MET.value, "Met"
    NOT_MET = Truth.NOT_MET.value, "Not met"
    UNKNOWN = Truth.UNKNOWN.value, "Unknown"


class Eligibility(Record):
    """The criteria of one gate, as assessed and confirmed by an investigator (crf_spec 2.12; CDASH IE).

    Each confirmation is a record of its own, written by the act `confirm` and never changed; the last one counts.
    """

    class Gate(models.TextChoices):
        G1 = "G1", "Entry"
        G2 = "G2", "Randomization"

    class Result(models.TextChoices):
        ELIGIBLE = "ELIGIBLE", "Eligible"
        INELIGIBLE = "INELIGIBLE", "Not eligible"
        UNDETERMINED = "UNDETERMINED", "Undetermined"

    several = True
    moves_the_schedule = True
    entered_by_hand = False
    signed_with_visit = False
    identifying = frozenset({"evidence_sha256"})  # the month of birth could be found by trying out its digest

    gate = fields.choice("Gate", Gate, sdtm="IE.IESCAT")
    assessed_on = fields.day("Assessed on", sdtm="IE.IEDTC")
    result = fields.choice("Result", Result, sdtm="DS.DSDECOD")
    failed = fields.text("Failed criteria", sdtm="SUPPDS.FAILED", optional=True)
    evidence_sha256 = fields.text("Hash of the evidence", sdtm="SUPPIE.IEEVHASH")

    sections = (Section("Eligibility", ("gate", "assessed_on", "result", "failed", "evidence_sha256")),)

    class Meta(Record.Meta):
        verbose_name = "eligibility"
        verbose_name_plural = "eligibility"
        indexes = [models.Index(fields=["visit", "gate"], name="eligibility_of_a_gate")]

    def __str__(self) -> str:
        return f"{self.get_gate_display()} eligibility of {self.visit}: {self.get_result_display()}"


class Criterion(Row):
    """One criterion: the verdict by the data, the evidence for it, and the investigator's verdict."""

    Code = codelist("Code", {c.code: (c.code, c.code) for c in study.CRITERIA})

    parent = "eligibility"
    path_to_site = "eligibility__visit__subject__site"
    path_to_subject = "eligibility__visit__subject"
    identifying = frozenset({"evidence"})  # the month of birth is among it

    eligibility = models.ForeignKey(Eligibility, models.PROTECT, related_name="criteria")
    evidence = models.JSONField(default=list, editable=False, db_comment="SUPPIE.IEEVID")

    code = fields.choice("Criterion", Code, sdtm="IE.IETESTCD")
    automatic = fields.choice("By the data", Verdict, sdtm="SUPPIE.IEAUTO")
    explanation = fields.text("Why", longest=1000, sdtm="SUPPIE.IEAUTOEX")
    investigator = fields.choice("By the investigator", Verdict, sdtm="SUPPIE.IEINV")
    comment = fields.text("Investigator's reason", longest=1000, sdtm="SUPPIE.IECOMM", when=lambda c: c.automatic != c.investigator)

    sections = (Section("Criterion", ("code", "automatic", "explanation", "investigator", "comment")),)

    class Meta(Row.Meta):
        verbose_name = "criterion"
        verbose_name_plural = "criteria"
        constraints = [
            *Row.Meta.constraints,
            models.UniqueConstraint(fields=["eligibility", "code"], name="criterion_assessed_once"),
        ]

    @classmethod
    def bookkeeping(cls) -> set[str]:
        return super().bookkeeping() | {"evidence"}

    def shown(self) -> dict[str, Shown]:
        """Return the items with the evidence: the signature is bound to it."""
        text = "; ".join(f"{piece['label']}: {piece['value']}" for piece in self.evidence)
        return super().shown() | {"evidence": Shown(_("Evidence"), text, "")}

"""Informed consent (crf_spec 2.4)."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from trial import fields
from trial.models import ConsentVersion, Record, Section, SiteStatus, Visit
from trial.refusals import Code, impossible


def gives(consent: "Consent") -> bool:
    """Return whether the signed form gives consent. A withdrawal has no version and no optional parts."""
    return consent.type not in (Consent.Type.WITHDRAWAL, Consent.Type.WITHDRAWAL_PARTIAL)


def repeats(consent: "Consent") -> bool:
    """Return whether the subject was asked to consent again."""
    return consent.type == Consent.Type.RECONSENT


class Consent(Record):
    """Informed consent, one row for each signature (crf_spec 2.4; CDASH DS)."""

    class Type(models.TextChoices):
        INITIAL = "INITIAL", "Initial consent"
        RECONSENT = "RECONSENT", "Consent again"
        WITHDRAWAL_PARTIAL = "WITHDRAWAL_PARTIAL", "Withdrawal in part"
        WITHDRAWAL = "WITHDRAWAL", "Withdrawal of consent"
        OPTIONAL = "OPTIONAL", "Samples or optional parts"

    class SignedBy(models.TextChoices):
        SUBJECT = "SUBJECT", "Subject"
        LEGAL_REPRESENTATIVE = "LEGAL_REPRESENTATIVE", "Legal representative"
        WITNESS_AND_SUBJECT = "WITNESS_AND_SUBJECT", "Impartial witness and subject"

    class Reason(models.TextChoices):
        NEW_VERSION = "NEW_VERSION", "New version"
        NEW_SAFETY_INFORMATION = "NEW_SAFETY_INFORMATION", "New safety information"
        CAPACITY_REGAINED = "CAPACITY_REGAINED", "Capacity regained"
        ERROR_IN_PREVIOUS_FORM = "ERROR_IN_PREVIOUS_FORM", "Error in previous form"
        PROTOCOL_AMENDMENT = "PROTOCOL_AMENDMENT", "Protocol amendment"
        OTHER = "OTHER", "Other"

    several = True
    moves_the_schedule = True

    type = fields.choice("Type", Type, sdtm="DS.DSSCAT")
    signed_on = fields.day("Signed by the subject on", sdtm="DS.DSSTDTC")
    signed_at_time = fields.clock_time("Time of signature, if a procedure is on the same day", sdtm="DS.DSSTTIM", optional=True)
    form_version = fields.reference("Version of the consent form", ConsentVersion, sdtm="SUPPDS.ICFVER", when=gives)
    signed_by = fields.choice("Signed by", SignedBy, sdtm="SUPPDS.ICFSGNBY", when=gives)
    investigator_signed_on = fields.day("Signed by the investigator on", sdtm="SUPPDS.ICFINVDT", when=gives)
    copy_given = fields.yes_no("Copy given to the subject", sdtm="SUPPDS.ICFCOPY", when=gives)
    future_research = fields.yes_no("Consents to future research", sdtm="SUPPDS.ICFOPT1", when=gives)
    genetic_research = fields.yes_no("Consents to genetic research", sdtm="SUPPDS.ICFOPT2", when=gives)
    data_sharing = fields.yes_no("Consents to data sharing", sdtm="SUPPDS.ICFOPT3", when=gives)
    reconsent_reason = fields.choice("Reason for consenting again", Reason, sdtm="SUPPDS.ICFRSN", when=repeats)
    unscheduled = fields.yes_no("Outside the roll-out of a version", sdtm="SUPPDS.ICFUNSCH", when=repeats)
    declined = fields.yes_no("Subject declined to consent again", sdtm="SUPPDS.ICFDECL", when=repeats)

    sections = (
        Section("Signature", ("type", "signed_on", "signed_at_time", "form_version", "signed_by", "investigator_signed_on", "copy_given")),
        Section("Optional parts", ("future_research", "genetic_research", "data_sharing")),
        Section("Consenting again", ("reconsent_reason", "unscheduled", "declined")),
    )

    class Meta(Record.Meta):
        verbose_name = "informed consent"
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["visit"],
                condition=Q(withdrawn_at=None, type="INITIAL"),
                name="one_initial_consent",
                violation_error_message=gettext_lazy("The initial consent has been entered already. Choose another type."),
            ),
        ]

    @classmethod
    def choices_for(cls, item: str, visit: Visit, record: Record | None) -> models.QuerySet[Any] | None:
        """Return the versions of the subject's site."""
        if item != "form_version":
            return None
        return ConsentVersion.objects.filter(site=visit.subject.site_id).select_related("site")

    @property
    def belongs_to_common(self) -> bool:
        """Return whether the consent belongs to the common visit: all do but the initial one (crf_spec 2.4).

        One that was entered at another visit before this rule stays there.
        """
        if self.type == self.Type.INITIAL or not self.type:
            return self.visit.is_common and self.type != self.Type.INITIAL
        return self.visit.is_common or not self._was_entered_elsewhere()

    def _was_entered_elsewhere(self) -> bool:
        return self.pk is not None and Consent.objects.filter(pk=self.pk).exclude(type__in=["", self.Type.INITIAL]).exists()

    def clean(self) -> None:
        """Refuse a version of another site, and a day on which nobody could sign."""
        super().clean()
        if self.form_version and self.form_version.site_id != self.subject.site_id:
            sentence = _("This consent version belongs to another site. Choose a version of this site.")
            raise impossible(Code.IMPOSSIBLE, item="form_version", sentence=sentence)
        if self.signed_on and (sentence := self._refusal_of_day(self.signed_on)):
            raise impossible(Code.IMPOSSIBLE, item="signed_on", sentence=sentence)

    def _refusal_of_day(self, day: date) -> str:
        """Return why this form cannot have been signed on the day; an empty text where it can."""
        site = self.subject.site
        if self.type == self.Type.INITIAL and site.status_on(day) != SiteStatus.Status.ACTIVE:
            sentence = _("{site} was not active on {day}: nobody could consent there on that day.")
            return sentence.format(site=site, day=day)
        return ""

    @property
    def yields(self) -> bool:
        """False for consent given again and for withdrawals, which are never refused nor set back (crf_spec 0.4)."""
        return gives(self) and not repeats(self)

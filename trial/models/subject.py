"""Subject and visit. With their site they are the path that every permission and query walks."""

from datetime import date

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trial import fields
from trial.protocol.schedule import timetable, visits

from .entered import Entered, Section
from .kept import Kept, KeptQuerySet, both_or_neither, of_subject
from .site import Site


class Subject(Kept):
    """A person in the trial, under a code; the identification log is the site's (crf_spec 2.3)."""

    path_to_site = "site"

    site = models.ForeignKey(Site, models.PROTECT, related_name="subjects")
    code = models.CharField(
        max_length=6, unique=True, editable=False, validators=[RegexValidator(r"^\d{2}-\d{3}$")]
    )
    screened_on = models.DateField(_("screening number given on"), db_comment="SCRDAT")
    rescreen_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rescreened_as",
        verbose_name=_("screened before as"),
    )

    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        verbose_name=_("withdrawn by"),
    )
    """The person who withdrew a subject that was made in error; its code is not given again."""

    class Meta(Kept.Meta):
        ordering = ["code"]
        constraints = [both_or_neither("withdrawn")]

    def __str__(self) -> str:
        return self.code

    def created_on(self) -> date:
        """Return the day on which the subject was entered, on the site's own calendar."""
        entered_at = self.history.values_list("history_date", flat=True).earliest("history_id")
        return self.site.date_of(entered_at)

    @classmethod
    def fixed(cls) -> list[str]:
        return ["site_id", "code"]

    @classmethod
    def place_in_sql(cls) -> dict[str, str]:
        return {"record": "new.id", "visit": "null", "subject": "new.id", "site": "new.site_id"}


class VisitQuerySet(KeptQuerySet):
    """Visits by what is due."""

    def due(self, *, on: date) -> "VisitQuerySet":
        """Return the visits whose window has opened, neither held nor declared missed."""
        return self.filter(held_on=None, status="", opens_on__lte=on)

    def overdue(self, *, on: date) -> "VisitQuerySet":
        """Return the visits whose window has closed, neither held nor declared missed."""
        return self.filter(held_on=None, status="", closes_on__lt=on)


class Visit(Entered):
    """A visit: its window in the schedule, and what became of it (crf_spec 2.20; CDASH SV)."""

    class Status(models.TextChoices):
        DONE = "DONE", _("Done")
        MISSED = "MISSED", _("Missed")
        PARTIAL = "PARTIAL", _("Done in part")

    class Mode(models.TextChoices):
        ON_SITE = "ON_SITE", _("On site")
        PHONE = "PHONE", _("By telephone")
        REMOTE_LOCAL_LAB = "REMOTE_LOCAL_LAB", _("Remote, local laboratory")

    path_to_site = "subject__site"
    path_to_subject = "subject"

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="visits")
    code = models.CharField(max_length=12)
    target_on = models.DateField(_("planned for"), null=True, blank=True, editable=False)
    opens_on = models.DateField(_("window opens"), null=True, blank=True, editable=False)
    closes_on = models.DateField(_("window closes"), null=True, blank=True, editable=False)
    stopped = models.BooleanField(_("no longer planned"), default=False, editable=False)

    held_on = fields.day("Date of visit", sdtm="SV.SVSTDTC", when=lambda v: v.status != "MISSED")
    status = fields.choice("Visit status", Status, sdtm="SV.SVOCCUR")
    mode = fields.choice(
        "How it was held", Mode, sdtm="SV.SVCNTMOD", when=lambda v: v.status != "MISSED"
    )
    missed_reason = fields.text(
        "Why missed", sdtm="SV.SVREASOC", when=lambda v: v.status == "MISSED"
    )
    unscheduled_reason = fields.text(
        "Reason for an unscheduled visit", sdtm="SV.SVUPDES", when=lambda v: v.is_unscheduled
    )

    # django-stubs take the manager of the base for a class variable, and this one not.
    objects = VisitQuerySet.as_manager()  # type: ignore[misc]

    sections = (
        Section("Visit", ("held_on", "status", "mode", "missed_reason", "unscheduled_reason")),
    )

    class Meta(Entered.Meta):
        constraints = [
            models.UniqueConstraint(fields=["subject", "code"], name="one_visit_of_a_code"),
            models.CheckConstraint(
                condition=~Q(status="MISSED") | Q(held_on=None),
                name="missed_visit_has_no_date",
                violation_error_message=_(
                    "A missed visit has no date. Delete the date, or choose another status."
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["closes_on"], condition=Q(held_on=None, status=""), name="visits_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.code}"

    @property
    def title(self) -> str:
        """Return the name of the visit: “Cycle 2, day 1”."""
        return visits.title_of(self.code)

    def state_on(
        self, day: date, *, later_held: bool = False, begun: bool = False
    ) -> timetable.VisitState:
        """Return what has become of the visit by a day (crf_spec 3.2).

        `begun`: forms of it are entered. An unscheduled visit has no window: it is never overdue.
        """
        has_window = not self.is_unscheduled
        return timetable.visit_state(
            self.opens_on if has_window else None,
            self.closes_on if has_window else None,
            on=day,
            held_on=self.held_on,
            status=self.status,
            cancelled=self.stopped,
            grace_days=timetable.visit_type(self.code).grace,
            later_visit_done=later_held,
            begun=begun,
        )

    @property
    def is_unscheduled(self) -> bool:
        return self.code.startswith(visits.UNSCHEDULED)

    @property
    def is_common(self) -> bool:
        return self.code == timetable.COMMON

    @classmethod
    def fixed(cls) -> list[str]:
        return ["subject_id", "code"]

    @classmethod
    def computed(cls) -> list[str]:
        return ["target_on", "opens_on", "closes_on", "stopped"]

    @classmethod
    def place_in_sql(cls) -> dict[str, str]:
        return of_subject("new.subject_id", visit="new.id")

    @classmethod
    def bookkeeping(cls) -> set[str]:
        return super().bookkeeping() | {"subject", "code", *cls.computed()}

    def clean(self) -> None:
        self.refuse_contradictory_missing()
        self.refuse_impossible_dates(today=self.subject.site.today())

"""Entries from paper, made after Casebook could not be reached (EMA 2023, 6.9; D08)."""

from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trial.audit.locking import HonorsLocks
from trial.audit.triggers import AppendOnly

from .act import ActDescription, ActTarget, ReviewAct, enters_ledger
from .kept import of_visit
from .subject import Visit


class FromPaper(ReviewAct):
    """A record, or a visit's own items, filled in on paper at `written_at` and entered later.

    `reason` says why. The last entry about a record stands: an earlier one that was wrong stays
    readable. How late the entry was is derived.
    """

    act = "entered from paper"
    about = ActTarget(form="form", record="record")
    path_to_site = "visit__subject__site"

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="papers")
    form = models.CharField(max_length=60)
    record = models.BigIntegerField()
    written_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    """The time of its first entry, by the ledger."""
    reason = models.CharField(max_length=200)

    class Meta(ReviewAct.Meta):
        verbose_name = _("entry from paper")
        verbose_name_plural = _("entries from paper")
        indexes = [models.Index(fields=["form", "record"], name="papers_of_a_record")]
        constraints = [
            AppendOnly(name="from_paper_append_only"),
            HonorsLocks(name="from_paper_honors_locks"),
            enters_ledger("trial.frompaper", place=of_visit("new.visit_id"), reason="new.reason"),
            models.CheckConstraint(
                condition=models.Q(written_at__lte=models.F("entered_at")),
                name="paper_before_entry",
                violation_error_message=_(
                    "The paper must have been filled in before the form was entered."
                ),
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="from_paper_says_why",
                violation_error_message=_("Say why the form was filled in on paper."),
            ),
        ]

    def __str__(self) -> str:
        return self.describe().text

    @property
    def late(self) -> str:
        """Return how long after the paper the record was entered.

        >>> from datetime import datetime, timedelta
        >>> at = datetime(2026, 11, 2, 9)
        >>> FromPaper(written_at=at, entered_at=at + timedelta(days=2, hours=3, minutes=5)).late
        '2 d 3 h 5 min'
        """
        minutes = int((self.entered_at - self.written_at).total_seconds() // 60)
        days, hours = minutes // 1440, minutes // 60 % 24
        parts = ((days, "d"), (hours, "h"), (minutes % 60, "min"))
        return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"

    def describe(self) -> ActDescription:
        """Return when the paper was filled in, how late it was entered, and why."""
        text = gettext("Filled in on paper on {written}, entered {late} later").format(
            written=f"{localtime(self.written_at):%Y-%m-%d %H:%M %z}", late=self.late
        )
        return ActDescription("FROM_PAPER", text, self.reason)

"""What was written on paper while Casebook could not be reached, and entered afterwards (EMA 2023, 6.9; regulation.md D08)."""

from django.db import models
from django.utils.timezone import localtime

from trial.audit.history import AppendOnly
from trial.audit.locking import HonorsLocks

from .act import About, Said
from .kept import of_visit
from .locks import ReviewAct, enters_ledger
from .subject import Visit


class FromPaper(ReviewAct):
    """A record, or the visit's own items, was filled in on paper at `written_at` and entered later; `reason` says why.

    The last one of a record stands: an earlier one that was wrong stays readable. How late the entry was is derived.
    """

    act = "entered from paper"
    about = About(form="form", record="record")
    path_to_site = "visit__subject__site"

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="papers")
    form = models.CharField(max_length=60)
    record = models.BigIntegerField()
    written_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    """When it was first entered, by the ledger."""
    reason = models.CharField(max_length=200)

    class Meta(ReviewAct.Meta):
        verbose_name = "entry from paper"
        verbose_name_plural = "entries from paper"
        indexes = [models.Index(fields=["form", "record"], name="papers_of_a_record")]
        constraints = [
            AppendOnly(name="from_paper_append_only"),
            HonorsLocks(name="from_paper_honors_locks"),
            enters_ledger("trial.frompaper", place=of_visit("new.visit_id"), reason="new.reason"),
            models.CheckConstraint(
                condition=models.Q(written_at__lte=models.F("entered_at")),
                name="paper_before_entry",
                violation_error_message="The paper was filled in before it was entered, not after.",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="from_paper_says_why",
                violation_error_message="Say why it was on paper first.",
            ),
        ]

    def __str__(self) -> str:
        return self.said().text

    @property
    def late(self) -> str:
        """How long after the paper it was entered.

        >>> from datetime import datetime, timedelta
        >>> at = datetime(2026, 11, 2, 9)
        >>> FromPaper(written_at=at, entered_at=at + timedelta(days=2, hours=3, minutes=5)).late
        '2 d 3 h 5 min'
        """
        minutes = int((self.entered_at - self.written_at).total_seconds() // 60)
        days, hours = minutes // 1440, minutes // 60 % 24
        return (
            " ".join(
                f"{number} {unit}"
                for number, unit in ((days, "d"), (hours, "h"), (minutes % 60, "min"))
                if number
            )
            or "0 min"
        )

    def said(self) -> Said:
        wrote = f"{localtime(self.written_at):%Y-%m-%d %H:%M %z}"
        return Said(
            "FROM_PAPER", f"Filled in on paper on {wrote}, entered {self.late} later", self.reason
        )

"""Sites, with their consent versions and reference ranges (crf_spec 2.1, 2.2).

Consent versions are agreed with a site's ethics committee, reference ranges with its laboratories.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trial import fields
from trial.access import Act
from trial.protocol.laboratory import analytes, quantities
from trial.refusals import Code, impossible

from .kept import Kept, KeptQuerySet, of_site


class Setup(Kept):
    """A row that the study administrator keeps, and those who enter data only read."""

    read_act = Act.READ_SETUP
    write_act = Act.SET_UP
    path_to_site = "site"

    class Meta(Kept.Meta):
        abstract = True

    @classmethod
    def place_in_sql(cls) -> dict[str, str]:
        return of_site()


def time_zone_exists(name: str) -> None:
    """Refuse a name that the IANA time zone database does not have."""
    if name not in available_timezones():
        raise impossible(Code.TIME_ZONE_UNKNOWN, name=name)


class Site(Setup):
    """A hospital that takes part."""

    class Technique(models.TextChoices):
        IMRT = "IMRT", "IMRT"
        VMAT = "VMAT", "VMAT"
        SBRT = "SBRT", "SBRT"
        CBCT = "CBCT", "CBCT"
        MR_LINAC = "MR_LINAC", "MR-LINAC"
        PROTON = "PROTON"

    path_to_site = "pk"

    code = models.CharField(
        _("site number"),
        max_length=2,
        unique=True,
        validators=[RegexValidator(r"^(0[1-9]|[1-9]\d)$", _("01 to 99."))],
    )
    name = models.CharField(_("site name"), max_length=120)
    country = models.CharField(max_length=3, default="CHN", help_text="ISO 3166")
    province = models.CharField(max_length=60, blank=True, default="")
    time_zone = models.CharField(
        max_length=40, default="Asia/Shanghai", validators=[time_zone_exists]
    )
    radiotherapy = fields.codes("Radiotherapy techniques", Technique, sdtm="RTCAP")
    ec_approved_on = models.DateField(_("ethics committee's first approval"), null=True, blank=True)
    activated_on = models.DateField(_("activated on"), null=True, blank=True)

    class Meta(Setup.Meta):
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(activated_on=None)
                | Q(activated_on__gte=F("ec_approved_on"), ec_approved_on__isnull=False),
                name="site_activated_after_approval",
                violation_error_message=_(
                    "The activation lies before the ethics committee's approval, or that date is "
                    "missing. Check both dates."
                ),
            )
        ]

    def __str__(self) -> str:
        return gettext("Site {code}").format(code=self.code)

    @classmethod
    def place_in_sql(cls) -> dict[str, str]:
        return of_site("new.id")

    def today(self) -> date:
        """Return the date on the site's own calendar."""
        return timezone.localdate(timezone=ZoneInfo(self.time_zone))

    def date_of(self, moment: datetime) -> date:
        """Return the date of a moment on the site's own calendar."""
        return timezone.localdate(moment, ZoneInfo(self.time_zone))

    def status_on(self, day: date) -> str:
        """Return the site's status on a day, so that past subjects can be entered later."""
        last = self.statuses.filter(since__lte=day).order_by("-since", "-pk").first()
        return last.status if last else SiteStatus.Status.PLANNED.value


class SiteStatus(Setup):
    """The status of a site from a day on."""

    class Status(models.TextChoices):
        PLANNED = "PLANNED", _("Planned")
        ACTIVE = "ACTIVE", _("Active")
        ON_HOLD = "ON_HOLD", _("On hold")
        CLOSED_ENROL = "CLOSED_ENROL", _("Closed to enrollment")
        CLOSED = "CLOSED", _("Closed")

    site = models.ForeignKey(Site, models.PROTECT, related_name="statuses")
    status = models.CharField(max_length=12, choices=Status)
    since = models.DateField()

    class Meta(Setup.Meta):
        verbose_name_plural = _("site statuses")
        constraints = [
            models.UniqueConstraint(fields=["site", "since"], name="one_status_of_a_day")
        ]

    def __str__(self) -> str:
        return gettext("{site} {status} since {day}").format(
            site=self.site, status=self.get_status_display(), day=self.since
        )

    def clean(self) -> None:
        site = Site.objects.filter(pk=self.site_id).first()
        if self.status == self.Status.ACTIVE and self.since and site:
            if not site.activated_on or not site.ec_approved_on:
                raise impossible(Code.SITE_DATES_MISSING)
            if self.since < site.activated_on:
                raise impossible(
                    Code.ACTIVE_BEFORE_ACTIVATION, item="since", site=site, day=site.activated_on
                )


class ConsentVersionQuerySet(KeptQuerySet):
    """Consent versions by when they hold."""

    def effective(self, *, site_id: int, on: date) -> "ConsentVersionQuerySet":
        """Return the site's versions that hold on a day."""
        not_ended = Q(effective_to=None) | Q(effective_to__gte=on)
        return self.filter(not_ended, site=site_id, effective_from__lte=on)


class ConsentVersion(Setup):
    """A version of the informed consent form, as a site's ethics committee approved it."""

    class Reconsent(models.TextChoices):
        ALL_ACTIVE = "ALL_ACTIVE", _("All active subjects consent again")
        ON_TREATMENT = "ON_TREATMENT", _("Subjects on treatment consent again")
        NEW_ONLY = "NEW_ONLY", _("New subjects only")

    site = models.ForeignKey(Site, models.PROTECT, related_name="consent_versions")
    number = models.CharField(_("version"), max_length=20)
    language = models.CharField(max_length=20, default="zh")
    ec_approved_on = models.DateField(_("approved by the ethics committee on"))
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    reconsent = models.CharField(max_length=20, choices=Reconsent, default=Reconsent.NEW_ONLY)
    reconsent_days = models.PositiveSmallIntegerField(_("days to consent again"), default=30)
    overlaps = models.BooleanField(_("may overlap with another version"), default=False)

    # django-stubs take the manager of the base for a class variable, and this one not.
    objects = ConsentVersionQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Setup.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["site", "number", "language"], name="one_consent_version_of_a_number"
            ),
            models.CheckConstraint(
                condition=Q(effective_from__gte=F("ec_approved_on")),
                name="consent_version_effective_after_approval",
                violation_error_message=_(
                    "The version is effective before it was approved. Check both dates."
                ),
            ),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")),
                name="consent_version_ends_after_start",
                violation_error_message=_("The end lies before the start. Check both dates."),
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number.lstrip('v')} ({self.language}), {self.site}"

    def clean(self) -> None:
        if self.overlaps or not self.effective_from:
            return
        rivals = ConsentVersion.objects.filter(
            site=self.site_id, language=self.language, overlaps=False
        ).exclude(pk=self.pk)
        if overlapping(rivals, "effective", self.effective_from, self.effective_to):
            raise impossible(Code.CONSENT_VERSIONS_OVERLAP)


class ReferenceRange(Setup):
    """A laboratory's limits of the normal, for one test, sex, age and period."""

    class Sex(models.TextChoices):
        M = "M", _("Male")
        F = "F", _("Female")
        BOTH = "BOTH", _("Both")

    # django-stubs do not know Django's functional API for enumerations.
    Test = models.TextChoices(  # type: ignore[call-overload]
        "Test", {code: (code, test.name) for code, test in analytes.TESTS.items()}
    )
    Unit = models.TextChoices(  # type: ignore[call-overload]
        "Unit", {unit: (unit, quantities.unit_name(unit)) for unit in quantities.units()}
    )

    site = models.ForeignKey(Site, models.PROTECT, related_name="reference_ranges")
    laboratory = models.CharField(max_length=40)
    test = models.CharField(max_length=10, choices=Test)
    sex = models.CharField(max_length=4, choices=Sex, default=Sex.BOTH)
    age_from = models.PositiveSmallIntegerField(default=0, help_text=_("years"))
    age_to = models.PositiveSmallIntegerField(default=120, help_text=_("years"))
    low = models.DecimalField(
        _("lower limit"), max_digits=10, decimal_places=4, null=True, blank=True
    )
    high = models.DecimalField(
        _("upper limit"), max_digits=10, decimal_places=4, null=True, blank=True
    )
    unit = models.CharField(max_length=12, choices=Unit)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    certified_to = models.DateField(_("certificate valid to"), null=True, blank=True)

    class Meta(Setup.Meta):
        indexes = [models.Index(fields=["site", "laboratory", "test"], name="ranges_of_a_test")]
        constraints = [
            models.CheckConstraint(
                condition=Q(low__isnull=False) | Q(high__isnull=False),
                name="reference_range_has_a_limit",
                violation_error_message=_("Enter the lower or the upper limit, or both."),
            ),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lt=F("high")),
                name="reference_range_low_below_high",
                violation_error_message=_(
                    "The lower limit is not below the upper limit. Have they been exchanged?"
                ),
            ),
            models.CheckConstraint(
                condition=Q(age_from__lte=F("age_to")),
                name="reference_range_ages_in_order",
                violation_error_message=_(
                    "The range begins at a higher age than it ends. Have they been exchanged?"
                ),
            ),
        ]

    def __str__(self) -> str:
        limits = f"{self.low or ''}–{self.high or ''} {self.get_unit_display()}"
        return gettext("{test} at {laboratory}, {sex}: {limits}").format(
            test=self.test, laboratory=self.laboratory, sex=self.get_sex_display(), limits=limits
        )

    def clean(self) -> None:
        test = analytes.TESTS.get(self.test)
        if test and self.unit and self.unit not in test.factors:
            raise impossible(Code.UNIT_OF_ANOTHER_TEST, item="unit")
        same = ReferenceRange.objects.filter(
            site=self.site_id,
            laboratory=self.laboratory,
            test=self.test,
            age_from__lte=self.age_to,
            age_to__gte=self.age_from,
        ).exclude(pk=self.pk)
        if self.sex != self.Sex.BOTH:
            same = same.filter(sex__in=[self.sex, self.Sex.BOTH])
        if not self.effective_from:
            return
        if overlapping(same, "effective", self.effective_from, self.effective_to):
            raise impossible(Code.RANGES_OVERLAP)


def overlapping(rows: models.QuerySet[Any], stem: str, start: date, end: date | None) -> bool:
    """Return whether a period shares a day with that of a row. Without an `end` it is open."""
    rows = rows.filter(Q(**{f"{stem}_to": None}) | Q(**{f"{stem}_to__gte": start}))
    if end:
        rows = rows.filter(**{f"{stem}_from__lte": end})
    return rows.exists()

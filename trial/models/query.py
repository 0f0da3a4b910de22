"""Queries about records, and their verification against the source (crf_spec §7).

Acts are stored, states derived.
"""

from typing import Any, cast

from django.apps import apps
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trial.access import Act
from trial.audit.ledger_triggers import EntersLedgerOnInsert
from trial.audit.locking import AboutWhatStands, Begun, Follows, HonorsLocks
from trial.audit.triggers import AppendOnly
from trial.states import QUERY_NEXT, QueryState, pairs

from .act import ActDescription, ActTarget, ReviewAct, enters_ledger
from .entered import Entered
from .kept import of_visit
from .membership import scope
from .subject import Visit


class QueryQuerySet(models.QuerySet["Query"]):
    """Queries, narrowed to what a person may see, or by their state."""

    def visible_to(self, user: AbstractUser) -> "QueryQuerySet":
        """Return the queries at the sites whose records the person reads."""
        return self.filter(scope(user, Act.READ, "visit__subject__site"))

    def with_state(self) -> "QueryQuerySet":
        """Return each with its `state`, that of its last act."""
        last = QueryAct.objects.filter(query=OuterRef("pk")).order_by("-pk").values("state")[:1]
        return self.annotate(state=Subquery(last))

    def open(self) -> "QueryQuerySet":
        """Return the queries that are not closed."""
        with_state: Any = self.with_state()  # its annotation is unknown to django-stubs here
        queries: QueryQuerySet = with_state.exclude(state=QueryState.CLOSED)
        return queries


class Query(models.Model):
    """A question about a record, or about one item of it."""

    path_to_site = "visit__subject__site"

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="queries")
    form = models.CharField(max_length=60)
    record = models.BigIntegerField()
    item = models.CharField(
        max_length=60, blank=True, default="", help_text=_("empty: the whole form")
    )

    check_code = models.CharField(max_length=40, null=True, blank=True)  # noqa: DJ001
    """The code of the check that raised it (trial/actions/checking/check.py).

    None where a person did: a column without a value disturbs no earlier entry of the ledger.
    """

    objects = QueryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = _("queries")
        indexes = [models.Index(fields=["form", "record"], name="queries_of_a_record")]
        constraints = [
            models.UniqueConstraint(
                fields=["check_code", "form", "record", "item"],
                condition=models.Q(check_code__isnull=False),
                name="one_query_of_a_check",
            ),
            AppendOnly(name="query_append_only"),
            HonorsLocks(name="query_honors_locks"),
            AboutWhatStands(name="query_about_what_stands"),
            Begun(name="query_begun", acts="trial_queryact", key="query_id"),
            EntersLedgerOnInsert(
                name="query_enters_ledger",
                form="trial.query",
                place=of_visit("new.visit_id"),
                by="(select by_id from trial_queryact where query_id = new.id order by id limit 1)",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Query {number} at {visit}").format(number=self.pk, visit=self.visit)

    @property
    def is_automatic(self) -> bool:
        """Return whether a check raised it."""
        return bool(self.check_code)

    @property
    def asks_about(self) -> str:
        """Return the form, and the item if there is one: “Vital signs and ECOG: Weight”."""
        form = cast(type[Entered], apps.get_model(self.form))
        if not self.item:
            return form.form_title()
        return f"{form.form_title()}: {form.label_of(self.item)}"

    @property
    def item_address(self) -> str:
        """Return the address of the form's page, at the item if there is one."""
        address = reverse(f"admin:{self.form.replace('.', '_')}_change", args=[self.record])
        return f"{address}#item-{self.item}" if self.item else address


class QueryAct(ReviewAct):
    """One message of a query: raised, answered, closed or reopened."""

    act = "query"
    about = ActTarget(form="query__form", record="query__record", item="query__item")
    path_to_site = "query__visit__subject__site"

    query = models.ForeignKey(Query, models.PROTECT, related_name="acts")
    state = models.CharField(max_length=8, choices=QueryState)
    text = models.CharField(max_length=500)

    class Meta(ReviewAct.Meta):
        constraints = [
            AppendOnly(name="query_act_append_only"),
            Follows(name="query_act_follows", steps=pairs(QUERY_NEXT), key="query_id"),
            HonorsLocks(name="query_act_honors_locks"),
            enters_ledger(
                "trial.queryact",
                place=of_visit("(select visit_id from trial_query where id = new.query_id)"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.text}"

    def describe(self) -> ActDescription:
        """Return the state that the message led to, and its text."""
        return ActDescription(self.state, self.get_state_display(), self.text)


class Verification(ReviewAct):
    """A monitor's comparison of a record with its source, at the versions of its rows.

    It lapses when one of them changes.
    """

    act = "verification"
    about = ActTarget(form="form", record="record")
    path_to_site = "visit__subject__site"

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="verifications")
    form = models.CharField(max_length=60)
    record = models.BigIntegerField()
    versions = models.JSONField()

    class Meta(ReviewAct.Meta):
        indexes = [models.Index(fields=["form", "record"], name="verifications_of_a_record")]
        constraints = [
            AppendOnly(name="verification_append_only"),
            HonorsLocks(name="verification_honors_locks"),
            AboutWhatStands(name="verification_about_what_stands"),
            enters_ledger("trial.verification", place=of_visit("new.visit_id")),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.record} verified by {self.by}"

    def describe(self) -> ActDescription:
        """Return that the record was compared with its source."""
        return ActDescription("VERIFIED", gettext("Compared with the source"))

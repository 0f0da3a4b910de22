"""Records, each a form filled in for one visit."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trial.audit.once import OneOfAVisit
from trial.audit.triggers import add_constraint
from trial.protocol.schedule.visits import belongs_to_common
from trial.refusals import Code, impossible
from trial.refusals import Problem as Obstacle

from .entered import Entered, Shown
from .kept import of_visit
from .row import Row, Withdrawable
from .subject import Subject, Visit

Problem = tuple[str, str]
"""An item ("" for the whole form), and the sentence about it."""


RowSource = Sequence[Row] | Callable[[], Sequence[Row]]
"""The rows of a group, or a function that reads them."""

_casebooks: list[Callable[[Any], Any]] = []


def casebooks_are_opened_by(opener: Callable[[Any], Any]) -> None:
    """Say at app start how the casebook of a record is opened.

    A casebook reads the forms of a subject, which lie above this app.
    """
    _casebooks[:] = [opener]


def open_casebook(row: Entered | Subject) -> Any:
    """Return the casebook of a subject, around a record or visit of theirs (Record.casebook)."""
    (opener,) = _casebooks
    return opener(row)


class Record(Withdrawable):
    """A form, filled in for one visit."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        COMPLETE = "COMPLETE", _("Complete")

    path_to_site = "visit__subject__site"
    path_to_subject = "visit__subject"
    several: ClassVar[bool] = False
    """True where a visit may have more than one of this form."""
    moves_the_schedule: ClassVar[bool] = False
    """True where visits are planned from its dates."""
    entered_by_hand: ClassVar[bool] = True
    """True where people fill it in. Otherwise an act of the system writes it."""
    signed_with_visit: ClassVar[bool] = True
    """True where the visit's signature covers it. IE has one of its own (crf_spec 4.2)."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+")
    state = models.CharField(
        _("form status"), max_length=8, choices=State, default=State.DRAFT, editable=False
    )

    class Meta(Withdrawable.Meta):
        abstract = True

    def __str__(self) -> str:
        return gettext("{form} of {visit}").format(form=self.form_title(), visit=self.visit)

    @staticmethod
    def forms() -> "list[type[Record]]":
        """Return every form of the trial, whichever app defines it."""
        return [model for model in apps.get_models() if issubclass(model, Record)]

    @classmethod
    def entered_once(cls) -> str:
        """Return the sentence that refuses a second form."""
        return Code.FORM_ENTERED.source.format(form=cls._meta.verbose_name)

    @classmethod
    def groups(cls) -> list[type[Row]]:
        """Return the form's repeating groups."""
        return [
            model for model in apps.get_models() if issubclass(model, Row) and model.form() is cls
        ]

    @classmethod
    def group_named(cls, name: str) -> type[Row]:
        """Return the group of rows that a record knows by this name, as `fractions`."""
        return next(group for group in cls.groups() if group.name_in_record() == name)

    @classmethod
    def bookkeeping(cls) -> set[str]:
        return super().bookkeeping() | {"visit", "state"}

    @classmethod
    def fixed(cls) -> list[str]:
        return ["visit_id"]

    @classmethod
    def place_in_sql(cls) -> dict[str, str]:
        return of_visit("new.visit_id")

    @classmethod
    def prefilled(cls, visit: Visit) -> dict[str, Any]:
        """Return the values that an empty form already has, because they are known."""
        return {}

    @classmethod
    def prefilled_rows(cls, visit: Visit) -> dict[type[Row], list[dict[str, Any]]]:
        """Return the rows that an empty form already asks for."""
        return {}

    @classmethod
    def choices_for(
        cls, item: str, visit: Visit, record: "Record | None"
    ) -> models.QuerySet[Any] | None:
        """Return the rows that an item of this form or of its groups may refer to.

        None stands for all.
        """
        return None

    @classmethod
    def choices_at_hand(
        cls, item: str, visit: Visit, record: "Record | None"
    ) -> Sequence[Any] | None:
        """Return the rows of `choices_for`, read.

        A form whose casebook is read anyway takes them from it.
        """
        choices = cls.choices_for(item, visit, record)
        return None if choices is None else list(choices)

    @classmethod
    def codes_at_hand(
        cls, item: str, visit: Visit, record: "Record | None"
    ) -> Sequence[tuple[str, str]] | None:
        """Return the codes, each with its label, that an item without a code list may hold.

        None stands for any.
        """
        return None

    @property
    def subject(self) -> Subject:
        return self.visit.subject

    @property
    def belongs_to_common(self) -> bool:
        """Return whether the record belongs to the common visit, the whole trial's."""
        return belongs_to_common(self._meta.label_lower)

    @property
    def yields(self) -> bool:
        """False for what is never refused nor set back for another record's sake (crf_spec 0.4).

        An act of the system is so, such as eligibility and allocation.
        """
        return self.entered_by_hand

    def rows(self, group: type[Row]) -> Sequence[Any]:
        """Return the rows of a group, read once.

        These are the rows that the record was handed (`with_rows`), otherwise its standing ones.
        Each row that is read knows this record as its own, so that nothing is read again through
        it.
        """
        cached = self.__dict__.setdefault("_rows", {})
        if group not in cached or callable(cached[group]):
            source = cached.get(group) or (lambda: self._standing_rows(group))
            cached[group] = list(source())
            for row in cached[group]:
                setattr(row, group.parent, self)
        return cached[group]

    def with_rows(self, rows: Mapping[type[Row], RowSource]) -> Self:
        """Hand the record its rows, by group, and return it: `rows` returns these from now on.

        A record that is being saved is judged with the rows that it will have. Whoever reads many
        records hands each its own rows. A function that reads the rows may be handed instead; it
        is called once, when the group is first asked for.
        """
        cached = self.__dict__.setdefault("_rows", {})
        for group, source in rows.items():
            cached[group] = source if callable(source) else list(source)
        return self

    def _standing_rows(self, group: type[Row]) -> Sequence[Row]:
        if not self.pk:
            return []
        return list(group.objects.standing().filter(**{group.parent: self}).order_by("pk"))

    @cached_property
    def casebook(self) -> Any:
        """The casebook that the record's derived values are computed from.

        A record that was read with its casebook knows it. For any other, a casebook is opened when
        it is first asked for. This record counts in it as it is in memory, the others as they are
        stored.
        """
        return open_casebook(self)

    def versions(self) -> list[list[int | str]]:
        """Return [form, id, version] of the record and of its standing rows, in order."""
        rows = [self, *(row for group in self.groups() for row in self.rows(group))]
        return sorted([row._meta.label_lower, row.pk, row.version] for row in rows)

    def versions_sha256(self) -> str:
        """Return the SHA-256 of the versions, which tells what state of the form a person has read.

        It changes as soon as a row is changed, added or withdrawn.
        """
        return hashlib.sha256(json.dumps(self.versions()).encode()).hexdigest()

    def clean(self) -> None:
        """Refuse what cannot be (H), dates first. A form that checks more calls this, too."""
        if self.belongs_to_common != self.visit.is_common:
            code = Code.FORM_OF_VISIT if self.visit.is_common else Code.FORM_OF_WHOLE_TRIAL
            raise impossible(code, form=self.form_title())
        self.refuse_contradictory_missing()
        self.refuse_impossible_dates(today=self.subject.site.today())

    def inconsistencies(self) -> Iterator[Problem]:
        """Yield what keeps the form from being complete (HC), beyond items that are needed."""
        yield from ()

    def obstacles(self) -> list[Obstacle]:
        """Return all of the form's own that keeps it from being complete."""
        inconsistent = [
            Obstacle(Code.INCOMPLETE, item, {"sentence": sentence})
            for item, sentence in self.inconsistencies()
        ]
        return [*self.unanswered(), *self._obstacles_of_rows(), *inconsistent]

    def _obstacles_of_rows(self) -> Iterator[Obstacle]:
        for group in self.groups():
            for number, row in enumerate(self.rows(group), 1):
                for problem in row.unanswered():
                    facts = {"row": group.form_title(), "number": number}
                    facts["sentence"] = problem.sentence
                    yield Obstacle(Code.INCOMPLETE_ROW, "", facts)

    def shown(self) -> dict[str, Shown]:
        """Return the record's own items, then those of its rows: `administration.2.dose_mg`."""
        shown = super().shown()
        for group in self.groups():
            for row in self.rows(group):
                prefix = f"{group._meta.model_name}.{row.pk}"
                shown |= {f"{prefix}.{name}": item for name, item in row.shown().items()}
        return shown


def refuse_second(sender: type[models.Model], **kwargs: Any) -> None:
    """Make each form that a visit has once unique in the database, too."""
    if issubclass(sender, Record) and not sender._meta.abstract and not sender.several:
        once = OneOfAVisit(
            fields=["visit"],
            condition=Q(withdrawn_at=None),
            name=f"{sender._meta.db_table}_one_of_a_visit",
            violation_error_message=sender.entered_once(),
        )
        add_constraint(sender, once)


models.signals.class_prepared.connect(refuse_second)

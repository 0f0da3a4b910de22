"""A record: one form, filled in for one visit of one subject; and the rows of its repeating groups."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self, Union

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q

from trial.audit.history import Triggers
from trial.protocol.schedule import timetable
from trial.refusals import Code, impossible
from trial.refusals import Problem as Obstacle

from .entered import Entered, Shown, add_constraint
from .kept import KeptQuerySet, of_visit
from .subject import Subject, Visit

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Problem = tuple[str, str]
"""The item that a sentence is about ("" for the whole form), and the sentence."""


RowSource = Union["Sequence[Row]", Callable[[], "Sequence[Row]"]]
"""The rows of a group, or a function that reads them."""

_casebooks: "list[Callable[[Record], Any]]" = []


def casebooks_are_opened_by(opener: "Callable[[Record], Any]") -> None:
    """Say at app start how the casebook of a record is opened: the forms of a subject lie above this app."""
    _casebooks[:] = [opener]


def open_casebook(record: "Record") -> Any:
    """Return a casebook around a record (Record.casebook)."""
    (opener,) = _casebooks
    return opener(record)


def both_or_neither(stem: str) -> models.CheckConstraint:
    """Who and when are known together or not at all."""
    at, by = f"{stem}_at__isnull", f"{stem}_by__isnull"
    return models.CheckConstraint(
        condition=Q(**{at: True, by: True}) | Q(**{at: False, by: False}),
        name=f"%(app_label)s_%(class)s_{stem}_at_and_by",
    )


class OneOfAVisit(models.UniqueConstraint):
    """A visit has this form once, however many people open it at the same time."""


class OnceAmongRows(ExclusionConstraint):
    """The standing rows of a record have these items once among them, as they are when all are stored.

    A unique index is asked row by row, so that two rows could never be exchanged. This is asked at the end
    of a save (trial/actions/submission.py), at the latest at commit. Null values are never equal.
    """

    def __init__(self, *, fields: Sequence[str], name: str, condition: Q, violation_error_message: "str | _StrPromise") -> None:
        self.fields = tuple(fields)
        super().__init__(
            name=name,
            expressions=[(field, "=") for field in fields],
            condition=condition,
            deferrable=models.Deferrable.DEFERRED,
            violation_error_message=violation_error_message,
        )
        self.index_type = "BTREE"  # PostgreSQL takes it; Django asks for an extension that is not needed here

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        for derived in ("expressions", "index_type", "deferrable"):
            del kwargs[derived]
        return path, args, kwargs | {"fields": self.fields}


class OnceOfASubject(Triggers):
    """A subject has the form's `item` once, at whichever visit; of one visit, OneOfAVisit says it. PostgreSQL tells the `sentence`."""

    file = "once.sql"
    functions = ("once",)

    def __init__(self, *, name: str, item: str, sentence: str, digest: str = "") -> None:
        super().__init__(name=name, digest=digest, item=item, sentence=sentence)


class WithdrawableQuerySet(KeptQuerySet):
    def standing(self) -> "WithdrawableQuerySet":
        """Without what was made by mistake."""
        return self.filter(withdrawn_at=None)

    def of(self, subject: Subject) -> "WithdrawableQuerySet":
        return self.standing().filter(**{self.model.path_to_subject: subject})


class Withdrawable(Entered):
    """Never deleted; what was made by mistake is withdrawn, with a reason, and stays readable."""

    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )  # nobody asks by it, and each index costs every save

    objects = WithdrawableQuerySet.as_manager()

    class Meta(Entered.Meta):
        abstract = True
        constraints = [both_or_neither("withdrawn")]

    @classmethod
    def bookkeeping(cls) -> set[str]:
        return super().bookkeeping() | {"withdrawn_at", "withdrawn_by"}


class Record(Withdrawable):
    """One form of one visit."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        COMPLETE = "COMPLETE", "Complete"

    path_to_site = "visit__subject__site"
    path_to_subject = "visit__subject"
    several: ClassVar[bool] = False  # whether a visit may have more than one of this form
    moves_the_schedule: ClassVar[bool] = False  # whether visits are planned from its dates
    entered_by_hand: ClassVar[bool] = True  # whether people fill it in, or an act of the system writes it
    signed_with_visit: ClassVar[bool] = True  # IE has a signature of its own (crf_spec 4.2)

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+")
    state = models.CharField("form status", max_length=8, choices=State, default=State.DRAFT, editable=False)

    class Meta(Withdrawable.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.form_title()} of {self.visit}"

    @staticmethod
    def forms() -> "list[type[Record]]":
        """Every form of the trial, whichever app defines it."""
        return [model for model in apps.get_models() if issubclass(model, Record)]

    @classmethod
    def entered_once(cls) -> str:
        return Code.FORM_ENTERED.source.format(form=cls._meta.verbose_name)

    @classmethod
    def groups(cls) -> "list[type[Row]]":
        """The form's repeating groups."""
        return [model for model in apps.get_models() if issubclass(model, Row) and model.form() is cls]

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
        """What an empty form already says, because it is known."""
        return {}

    @classmethod
    def prefilled_rows(cls, visit: Visit) -> "dict[type[Row], list[dict[str, Any]]]":
        """The rows that an empty form already asks for."""
        return {}

    @classmethod
    def choices_for(cls, item: str, visit: Visit, record: "Record | None") -> models.QuerySet[Any] | None:
        """The rows that an item of this form or of its groups may refer to."""
        return None

    @classmethod
    def choices_at_hand(cls, item: str, visit: Visit, record: "Record | None") -> Sequence[Any] | None:
        """Return the rows of `choices_for`, read; a form whose casebook is read anyway takes them from it."""
        choices = cls.choices_for(item, visit, record)
        return None if choices is None else list(choices)

    @property
    def subject(self) -> Subject:
        return self.visit.subject

    def rows(self, group: "type[Row]") -> "Sequence[Any]":
        """Return the rows of a group: those that the record was handed (`with_rows`), else its standing ones, read once.

        Each row knows this record as its own, so that nothing is read again through it.
        """
        cached = self.__dict__.setdefault("_rows", {})
        if group not in cached or callable(cached[group]):
            source = cached.get(group) or (lambda: self._standing_rows(group))
            cached[group] = list(source())
            for row in cached[group]:
                setattr(row, group.parent, self)
        return cached[group]

    def with_rows(self, rows: "Mapping[type[Row], RowSource]") -> Self:
        """Hand the record its rows, by group, and return it: `rows` answers with these from now on.

        A record that is being saved is judged with the rows that it will have; whoever reads many records hands each its own.
        Instead of the rows, a function may be handed that reads them: it is called once, when the group is first asked for.
        """
        cached = self.__dict__.setdefault("_rows", {})
        for group, source in rows.items():
            cached[group] = source if callable(source) else list(source)
        return self

    def hold_rows(self, group: "type[Row]", rows: "Sequence[Row]") -> None:
        """Do what `with_rows` does, for one group."""
        self.with_rows({group: rows})

    def _standing_rows(self, group: "type[Row]") -> "Sequence[Row]":
        return group.objects.standing().filter(**{group.parent: self}).order_by("pk") if self.pk else []

    @cached_property
    def casebook(self) -> Any:
        """The casebook that the record's derived values are computed from.

        A record that was read with its casebook knows it. For any other, one is opened when it is first asked for: around
        this record, which counts in it as it stands here, among the others as they are stored.
        """
        return open_casebook(self)

    def versions(self) -> list[list[int | str]]:
        """[form, id, version] of the record and of its standing rows."""
        rows = [self, *(row for group in self.groups() for row in self.rows(group))]
        return sorted([row._meta.label_lower, row.pk, row.version] for row in rows)

    def versions_sha256(self) -> str:
        """What a person has read: it is another one as soon as a row was changed, added or withdrawn."""
        return hashlib.sha256(json.dumps(self.versions()).encode()).hexdigest()

    def clean(self) -> None:
        """What cannot be (H): dates first. A form that checks more calls this too."""
        if (self._meta.label_lower in timetable.visit_type(timetable.COMMON).offered) != self.visit.is_common:
            code = Code.FORM_OF_VISIT if self.visit.is_common else Code.FORM_OF_WHOLE_TRIAL
            raise impossible(code, form=self.form_title())
        self.refuse_contradictory_missing()
        self.refuse_impossible_dates(today=self.subject.site.today())

    def inconsistencies(self) -> Iterator[Problem]:
        """What a completed form may not say (HC), beyond needed items."""
        yield from ()

    def obstacles(self) -> list[Obstacle]:
        """Return all that keeps the form from being complete."""
        inconsistent = [Obstacle(Code.INCOMPLETE, item, {"sentence": sentence}) for item, sentence in self.inconsistencies()]
        return [*self.unanswered(), *self._obstacles_of_rows(), *inconsistent]

    def _obstacles_of_rows(self) -> Iterator[Obstacle]:
        for group in self.groups():
            for number, row in enumerate(self.rows(group), 1):
                for problem in row.unanswered():
                    facts = {"row": group.form_title(), "number": number, "sentence": problem.sentence}
                    yield Obstacle(Code.INCOMPLETE_ROW, "", facts)

    def shown(self) -> dict[str, Shown]:
        """The record's own items, then those of its rows: `administration.2.dose_mg`."""
        shown = super().shown()
        for group in self.groups():
            for row in self.rows(group):
                shown |= {f"{group._meta.model_name}.{row.pk}.{name}": item for name, item in row.shown().items()}
        return shown


class Row(Withdrawable):
    """One row of a form's repeating group; `parent` names the foreign key to its record."""

    parent: ClassVar[str]
    may_be_missing: ClassVar[tuple[str, ...]] = ()  # items for which the page asks why they are missing

    class Meta(Withdrawable.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk or ''}".rstrip()

    @classmethod
    def bookkeeping(cls) -> set[str]:
        return super().bookkeeping() | {cls.parent}

    @classmethod
    def fixed(cls) -> list[str]:
        return [cls._meta.get_field(cls.parent).column]

    @classmethod
    def form(cls) -> type[Record]:
        return cls._meta.get_field(cls.parent).remote_field.model

    @classmethod
    def part_of(cls) -> tuple[str, str, str]:
        return cls.form()._meta.label_lower, cls.form()._meta.db_table, cls._meta.get_field(cls.parent).column

    @classmethod
    def place_in_sql(cls) -> dict[str, str]:
        record = f"new.{cls._meta.get_field(cls.parent).column}"
        return of_visit(f"(select visit_id from {cls.form()._meta.db_table} where id = {record})", record=record)

    @property
    def record(self) -> Record:
        return getattr(self, self.parent)

    @property
    def casebook(self) -> Any:
        """The casebook of the row's record (Record.casebook)."""
        return self.record.casebook

    def clean(self) -> None:
        self.refuse_contradictory_missing()
        self.refuse_impossible_dates(today=self.record.subject.site.today())


def refuse_second(sender: type[models.Model], **kwargs: Any) -> None:
    """Each form that a visit has once is unique in the database, too."""
    if issubclass(sender, Record) and not sender._meta.abstract and not sender.several:
        once = {"fields": ["visit"], "condition": Q(withdrawn_at=None), "name": f"{sender._meta.db_table}_one_of_a_visit"}
        add_constraint(sender, OneOfAVisit(**once, violation_error_message=sender.entered_once()))


models.signals.class_prepared.connect(refuse_second)

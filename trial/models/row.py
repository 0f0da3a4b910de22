"""Rows that are withdrawn instead of deleted, and the rows of a form's repeating groups."""

from collections.abc import Collection, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models

from .entered import Entered, field_of
from .kept import KeptQuerySet, both_or_neither, of_visit
from .subject import Subject

if TYPE_CHECKING:
    from .record import Record  # which is built on this module


class WithdrawableQuerySet(KeptQuerySet):
    """Rows that stand, or were withdrawn."""

    def standing(self) -> "WithdrawableQuerySet":
        """Return the rows that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def of(self, subject: Subject) -> "WithdrawableQuerySet":
        """Return the standing rows of a subject."""
        model: Any = self.model
        return self.standing().filter(**{model.path_to_subject: subject})


class Withdrawable(Entered):
    """A row that is never deleted.

    One that was made by mistake is withdrawn, with a reason, and stays readable.
    """

    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,  # nobody searches by it, and each index costs every save
    )

    # django-stubs take the manager of the base for a class variable, and this one not.
    objects = WithdrawableQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Entered.Meta):
        abstract = True
        constraints = [both_or_neither("withdrawn")]

    @classmethod
    def bookkeeping(cls) -> set[str]:
        return super().bookkeeping() | {"withdrawn_at", "withdrawn_by"}


class Row(Withdrawable):
    """One row of a form's repeating group; `parent` names the foreign key to its record."""

    parent: ClassVar[str]
    may_be_missing: ClassVar[tuple[str, ...]] = ()
    """The items for which the page asks why they are missing."""
    name_letter: ClassVar[str] = ""
    """The letter before the number in a row's name (V1, V2 …), its `code`; empty for no names."""

    class Meta(Withdrawable.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk or ''}".rstrip()

    @classmethod
    def bookkeeping(cls) -> set[str]:
        return super().bookkeeping() | {cls.parent}

    @classmethod
    def fixed(cls) -> list[str]:
        return [cls.parent_column()]

    @classmethod
    def parent_column(cls) -> str:
        """Return the column that names the row's record."""
        return field_of(cls, cls.parent).attname

    @classmethod
    def name_in_record(cls) -> str:
        """Return the name that the record has for the group, as `fractions`."""
        return str(field_of(cls, cls.parent).remote_field.name)

    @classmethod
    def form(cls) -> "type[Record]":
        """Return the form whose group this is."""
        form: type[Record] = field_of(cls, cls.parent).remote_field.model
        return form

    @classmethod
    def part_of(cls) -> tuple[str, str, str]:
        meta = cls.form()._meta
        return meta.label_lower, meta.db_table, cls.parent_column()

    @classmethod
    def place_in_sql(cls) -> dict[str, str]:
        record = f"new.{cls.parent_column()}"
        visit = f"(select visit_id from {cls.form()._meta.db_table} where id = {record})"
        return of_visit(visit, record=record)

    @classmethod
    def free_names(cls, record: "Record", besides: Collection[str] = ()) -> Iterator[str]:
        """Yield names for new rows of the record, after all that it had and those in `besides`."""
        numbers = [
            int(name[1:]) for name in {*cls.names_in(record), *besides} if name[1:].isdigit()
        ]
        return (f"{cls.name_letter}{number}" for number in count(max(numbers, default=0) + 1))

    @classmethod
    def names_in(cls, record: "Record") -> set[str]:
        """Return the names of the record's rows, also of withdrawn ones: no name is used again."""
        if not record.pk:
            return set()
        rows: Any = cls.objects  # `code` is a column of the groups that have a letter
        return set(rows.filter(**{cls.parent: record}).values_list("code", flat=True))

    @property
    def record(self) -> "Record":
        """Return the record that the row belongs to."""
        record: Record = getattr(self, self.parent)
        return record

    @property
    def casebook(self) -> Any:
        """The casebook of the row's record (Record.casebook)."""
        return self.record.casebook

    def clean(self) -> None:
        self.refuse_contradictory_missing()
        self.refuse_impossible_dates(today=self.record.subject.site.today())

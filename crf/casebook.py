"""The casebook of a subject: its records with their rows, each table read once.

Schedule, check after cycle 2, eligibility, strata, responses, course, API and pages derive from the
casebook that they are given. A casebook serves one purpose, such as checking all preconditions of
an allocation: it does not see what is written meanwhile.

Records and rows have the type of their form, which only the caller knows: hence `Any`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property, partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from crf.models import Consent
from trial.models import Record, ReferenceRange, Row, Signature, Standing, Subject, Visit, standing
from trial.models.parameter import Decision, decisions, in_force
from trial.protocol.parameters import Parameters

P = ParamSpec("P")
T = TypeVar("T")

REFERS_TO: dict[type[Record], tuple[str, ...]] = {Consent: ("form_version__site",)}
"""The tables that are read together with a form's records, because each reader needs them."""


class Tables:
    """The forms of one or more subjects, in the order of their entry.

    Each table is read once, when it is first needed.
    """

    def __init__(self, subjects: Iterable[Subject]) -> None:
        self.subjects = {subject.pk: subject for subject in subjects}
        self._records: dict[type[Record], dict[int, list[Any]]] = {}
        self._rows: dict[type[Row], dict[int, list[Any]]] = {}

    def records(self, form: type[Record]) -> dict[int, list[Any]]:
        """Return the standing records of a form by the key of their subject. One query.

        Each has its visit and subject.
        """
        if form not in self._records:
            by_subject: dict[int, list[Any]] = defaultdict(list)
            standing = form.objects.standing().filter(visit__subject__in=self.subjects)
            for record in standing.select_related("visit", *REFERS_TO.get(form, ())).order_by("pk"):
                record.visit.subject = self.subjects[record.visit.subject_id]
                by_subject[record.visit.subject_id].append(record)
            self._records[form] = by_subject
        return self._records[form]

    def rows(self, group: type[Row]) -> dict[int, list[Any]]:
        """Return the standing rows of a group by the key of their record. One query."""
        if group not in self._rows:
            by_record: dict[int, list[Any]] = defaultdict(list)
            column = f"{group.parent}_id"
            for row in (
                group.objects.standing()
                .filter(**{f"{group.path_to_subject}__in": self.subjects})
                .order_by("pk")
            ):
                by_record[getattr(row, column)].append(row)
            self._rows[group] = by_record
        return self._rows[group]

    @cached_property
    def ranges(self) -> dict[int, list[ReferenceRange]]:
        """The reference ranges of the subjects' sites, by the key of the site."""
        by_site: dict[int, list[ReferenceRange]] = defaultdict(list)
        for row in ReferenceRange.objects.filter(
            site__in={subject.site_id for subject in self.subjects.values()}
        ):
            by_site[row.site_id].append(row)
        return by_site


class Casebook:
    """One subject's records as they stand, in the order of their entry.

    `around` is a record that counts as it is in memory, with items and rows that are not stored
    yet; all others count as they are stored. `tables` are those of several subjects, which are read
    together.
    """

    def __init__(
        self, subject: Subject, *, around: Record | None = None, tables: Tables | None = None
    ) -> None:
        self.subject, self._around = subject, around
        self._tables = tables or Tables([subject])
        self._records: dict[type[Record], list[Any]] = {}
        self._derived: dict[Any, Any] = {}

    @classmethod
    def of_several(cls, subjects: Iterable[Subject]) -> "dict[int, Casebook]":
        """Return the casebook of each subject by its key. Each table is read once for all."""
        tables = Tables(subjects)
        return {subject.pk: cls(subject, tables=tables) for subject in tables.subjects.values()}

    def with_record(self, record: Record) -> "Casebook":
        """Return the casebook with a record that was stored since; no table is read anew."""
        return Casebook(self.subject, around=record, tables=self._tables)

    def records(self, form: type[Record]) -> list[Any]:
        """Return the standing records of a form, in the order of their entry.

        Each has its rows and this casebook.
        """
        if form not in self._records:
            self._records[form] = self._records_of(form)
        return self._records[form]

    def _records_of(self, form: type[Record]) -> list[Any]:
        stored = self._tables.records(form)[self.subject.pk]
        around = self._around if isinstance(self._around, form) else None
        records = [record for record in stored if around is None or record.pk != around.pk]
        groups = form.groups()
        for record in records:
            record.casebook = self
            readers = {group: partial(self._rows_of, group, record.pk) for group in groups}
            record.with_rows(readers)
        if around is not None:
            records.append(around)
            records.sort(key=lambda record: (record.pk is None, record.pk or 0))
        return records

    def has_read(self, form: type[Record]) -> bool:
        """Return whether the records of a form are read already, so that to ask costs nothing."""
        return form in self._records

    def rows(self, group: type[Row]) -> list[Any]:
        """Return the standing rows of a group, record by record. Each has its record."""
        return [row for record in self.records(group.form()) for row in record.rows(group)]

    def find(self, form: type[Record], key: int | None) -> Any:
        """Return the record of that key among those that stand; None where there is none."""
        return self.derived_once(by_key, form).get(key)

    def _rows_of(self, group: type[Row], key: int) -> list[Any]:
        return self._tables.rows(group)[key]

    def derived_once(
        self, compute: "Callable[Concatenate[Casebook, P], T]", *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return the result of a function of this casebook.

        It is computed at the first call with these arguments, then returned again.
        """
        kept_as = (compute, args, *sorted(kwargs.items()))
        if kept_as not in self._derived:
            self._derived[kept_as] = compute(self, *args, **kwargs)
        return self._derived[kept_as]

    def parameters_on(self, day: date) -> Parameters:
        """Return the parameters in force on a day; the decisions are read once."""
        return in_force(self._decisions, on=day)

    @cached_property
    def _decisions(self) -> list[Decision]:
        return decisions()

    @property
    def ranges(self) -> list[ReferenceRange]:
        """The reference ranges of the subject's site."""
        return self._tables.ranges[self.subject.site_id]

    @property
    def in_hand(self) -> Record | None:
        """The record that counts as it is in memory: the one that is saved or looked at."""
        return self._around

    @cached_property
    def visits(self) -> list[Visit]:
        """All visits of the subject, in the order of their making."""
        visits = list(Visit.objects.filter(subject=self.subject).order_by("pk"))
        for visit in visits:
            visit.subject = self.subject
        return visits

    @cached_property
    def standing(self) -> list[Standing]:
        """Every standing record and row with its version, and every query.

        Signatures are compared with them.
        """
        return standing(self.subject)

    def signatures_under(self, label: str, keys: Iterable[int]) -> dict[int, Signature]:
        """Return the last signature under each of these visits or records, by key. One query.

        `label` is that of their form.
        """
        records = sorted(keys)
        kept_as = (label, *records)
        if kept_as not in self._derived:
            signatures = Signature.objects.filter(form=label, record__in=records).order_by(
                "signed_at", "pk"
            )
            self._derived[kept_as] = {signature.record: signature for signature in signatures}
        return self._derived[kept_as]


def by_key(casebook: Casebook, form: type[Record]) -> dict[int | None, Any]:
    """Return the standing records of a form by their keys."""
    return {record.pk: record for record in casebook.records(form)}


def once(compute: Callable[Concatenate[Casebook, P], T]) -> Callable[Concatenate[Casebook, P], T]:
    """Compute a function of a casebook once for each casebook and arguments; a decorator."""

    @wraps(compute)
    def kept(casebook: Casebook, *args: P.args, **kwargs: P.kwargs) -> T:
        return casebook.derived_once(compute, *args, **kwargs)

    return kept


def opened(row: Record | Visit | Subject) -> Casebook:
    """Open the casebook of a row's subject, with a record as it is in memory.

    One that is withdrawn counts no more. See `Record.casebook` (trial/models/record.py).
    """
    subject = row if isinstance(row, Subject) else row.subject
    stands = isinstance(row, Record) and not row.withdrawn_at
    return Casebook(subject, around=row if isinstance(row, Record) and stands else None)

"""A subject's casebook: its records with their rows, each table read once, handed to whoever
derives or checks.

Schedule, check after cycle 2, eligibility, strata, responses, course, API and pages derive from the
one casebook that they are given. It is for one look, such as that at all preconditions of an
allocation: what is written meanwhile, it does not see.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property, partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from crf.models import Consent
from trial.models import Record, ReferenceRange, Row, Signature, Standing, Subject, Visit, standing
from trial.models.parameter import Decided, decisions, in_force
from trial.protocol.parameters import Parameters

P = ParamSpec("P")
T = TypeVar("T")

REFERS_TO: dict[type[Record], tuple[str, ...]] = {Consent: ("form_version__site",)}
"""What else is read with a form's records, because whoever reads them asks for it."""


class Tables:
    """The forms of one or more subjects, in the order of their entry; each table is read when it is
    first asked for, and once.
    """

    def __init__(self, subjects: Iterable[Subject]) -> None:
        self.subjects = {subject.pk: subject for subject in subjects}
        self._records: dict[type[Record], dict[int, list[Any]]] = {}
        self._rows: dict[type[Row], dict[int, list[Any]]] = {}

    def records(self, form: type[Record]) -> dict[int, list[Any]]:
        """Return the standing records of a form by the key of their subject; each knows its visit
        and subject.

        One query.
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
            column = group._meta.get_field(group.parent).attname
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

    `around` is a record that counts as it is at hand, also with items that are not stored yet, and
    with the rows that it was given; the others count as they are stored. `tables` are those of
    several subjects, which are read together.
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
        """Return the casebook of each subject, by the subject's key; each table is read once for
        all of them.
        """
        tables = Tables(subjects)
        return {subject.pk: cls(subject, tables=tables) for subject in tables.subjects.values()}

    def records(self, form: type[Record]) -> list[Any]:
        """Return the standing records of a form, in the order of their entry; each has its rows and
        knows this casebook.
        """
        if form not in self._records:
            around = self._around if isinstance(self._around, form) else None
            records = [
                record
                for record in self._tables.records(form)[self.subject.pk]
                if around is None or record.pk != around.pk
            ]
            groups = form.groups()
            for record in records:
                record.casebook = self
                record.with_rows(
                    {group: partial(self._rows_of, group, record.pk) for group in groups}
                )
            if around is not None:
                records = sorted(
                    [*records, around], key=lambda record: (record.pk is None, record.pk or 0)
                )
            self._records[form] = records
        return self._records[form]

    def rows(self, group: type[Row]) -> list[Any]:
        """Return the standing rows of a group, record by record; each knows its record."""
        return [row for record in self.records(group.form()) for row in record.rows(group)]

    def find(self, form: type[Record], key: int | None) -> Any:
        """Return the record of that key among those that stand; None where there is none."""
        return self.derived_once(by_key, form).get(key)

    def _rows_of(self, group: type[Row], key: int) -> list[Any]:
        return self._tables.rows(group)[key]

    def derived_once(
        self, compute: "Callable[Concatenate[Casebook, P], T]", *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return what the function makes of this casebook; computed when first asked for with these
        arguments, then kept.
        """
        kept_as = (compute, args, *sorted(kwargs.items()))
        if kept_as not in self._derived:
            self._derived[kept_as] = compute(self, *args, **kwargs)
        return self._derived[kept_as]

    def parameters_on(self, day: date) -> Parameters:
        """Return the parameters in force on a day; the decisions are read once."""
        return in_force(self._decisions, on=day)

    @cached_property
    def _decisions(self) -> list[Decided]:
        return decisions()

    @property
    def ranges(self) -> list[ReferenceRange]:
        """The reference ranges of the subject's site."""
        return self._tables.ranges[self.subject.site_id]

    @cached_property
    def visits(self) -> list[Visit]:
        """All visits of the subject, in the order of their making."""
        visits = list(Visit.objects.filter(subject=self.subject).order_by("pk"))
        for visit in visits:
            visit.subject = self.subject
        return visits

    @cached_property
    def standing(self) -> list[Standing]:
        """Every standing record and row with its version, and every query: what signatures are
        compared with.
        """
        return standing(self.subject)

    def signatures_under(self, label: str, keys: Iterable[int]) -> dict[int, Signature]:
        """Return the last signature under each of these visits or records (`label` is its form's),
        by key.

        One query.
        """
        kept_as = (label, *sorted(keys))
        if kept_as not in self._derived:
            signatures = Signature.objects.filter(form=label, record__in=kept_as[1:]).order_by(
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


def around(record: Record) -> Casebook:
    """Open the casebook that a record stands in, with this record as it is at hand
    (trial/models/record.py, Record.casebook).
    """
    return Casebook(record.subject, around=record)

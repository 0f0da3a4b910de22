"""The base of every table whose rows change: version, history and scope.

The version guards against lost updates, PostgreSQL writes the history, and the scope by site
holds on every path.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import connections, models
from django.db.models.sql import UpdateQuery

from trial.access import Act
from trial.audit.history import History
from trial.audit.locking import HonorsLocks
from trial.audit.triggers import add_constraint
from trial.fields import of_xml_characters

from .membership import scope


def both_or_neither(stem: str) -> models.CheckConstraint:
    """Return the constraint that who did it and when are known together or not at all."""
    at, by = f"{stem}_at__isnull", f"{stem}_by__isnull"
    return models.CheckConstraint(
        condition=models.Q(**{at: True, by: True}) | models.Q(**{at: False, by: False}),
        name=f"%(app_label)s_%(class)s_{stem}_at_and_by",
    )


class KeptQuerySet(models.QuerySet[Any]):
    """Rows of one table, narrowed to what a person may see or do."""

    def visible_to(self, user: AbstractUser) -> Self:
        """Return the rows that the person's roles let them read, by site."""
        model: Any = self.model
        return self.allowed_to(user, model.read_act)

    def allowed_to(self, user: AbstractUser, act: Act) -> Self:
        """Return the rows that the person's roles let them do this with, by site."""
        model: Any = self.model
        return self.filter(scope(user, act, model.path_to_site))


class Kept(models.Model):
    """A row with a version and a history, at the end of a path that leads to its site."""

    path_to_site: ClassVar[str]
    read_act: ClassVar[Act] = Act.READ
    write_act: ClassVar[Act] = Act.ENTER

    version = models.PositiveIntegerField(default=1, editable=False)

    history = History()
    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = []

    # django-stubs know this method as Django 6 declares it; here runs Django 5.2.
    def _do_update(  # type: ignore[override]
        self,
        base_qs: models.QuerySet[Any],
        using: str,
        pk_val: Any,
        values: Collection[Any],
        update_fields: Iterable[str] | None,
        forced_update: bool,
    ) -> bool:
        """Update the row, and take over the version that PostgreSQL counted up.

        The UPDATE itself returns it, so that the same object can be saved again. Django 6 does so
        for generated fields. A query of its own would cost more than history and ledger together.
        """
        if not values:
            django: Any = super()
            return bool(
                django._do_update(base_qs, using, pk_val, values, update_fields, forced_update)
            )
        update: Any = base_qs.filter(pk=pk_val).query.chain(UpdateQuery)
        update.add_update_fields(values)
        sql, parameters = update.get_compiler(using).as_sql()
        with connections[using].cursor() as cursor:
            cursor.execute(f"{sql} returning version", parameters)
            version = cursor.fetchone()
        if version:
            (self.version,) = version
        return version is not None

    def clean_fields(self, exclude: Any = None) -> None:
        """Check the values by their fields, and the characters of each text.

        References are left to PostgreSQL, which checks them anyway, without a query for each.
        """
        references = {field.name for field in self._meta.concrete_fields if field.remote_field}
        excluded = {*(exclude or ()), *references}
        errors: dict[str, list[ValidationError]] = {}
        for name, text in self._texts(excluded):
            try:
                of_xml_characters(text)
            except ValidationError as error:
                errors.setdefault(name, []).append(error)
        try:
            super().clean_fields(exclude=excluded)
        except ValidationError as error:
            error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def _texts(self, excluded: Collection[str]) -> Iterator[tuple[str, str]]:
        """Yield each text of the row with the name of its column."""
        for field in self._meta.concrete_fields:
            value = getattr(self, field.attname)
            texts = value if isinstance(value, list) else [value]
            if field.name not in excluded:
                yield from ((field.name, text) for text in texts if isinstance(text, str))

    def validate_constraints(self, exclude: Any = None) -> None:
        """Leave the constraints to PostgreSQL, which checks them in the write itself.

        The constraint's own sentence is shown (trial/actions/entry.py). Django's way would query
        the database once for each constraint before each save.
        """

    @property
    def of_site_id(self) -> int:
        """Return the key of the site that the row belongs to, along its path."""
        row: Any = self
        for step in self.path_to_site.split("__")[:-1]:
            row = getattr(row, step)
        return int(row.pk if self.path_to_site == "pk" else row.site_id)

    @classmethod
    def fixed(cls) -> list[str]:
        """Return the columns that stay what they were when the row was entered."""
        return []

    @classmethod
    def computed(cls) -> list[str]:
        """Return the columns that the system computes from what people enter.

        They change without a reason of their own.
        """
        return []

    @classmethod
    def part_of(cls) -> tuple[str, str, str] | None:
        """Return the form, the table and the column of the record that the row belongs to.

        Once that record is complete, changes of the row need a reason. None for all but rows.
        """
        return None

    @classmethod
    def place_in_sql(cls) -> dict[str, str]:
        """Return SQL for the record, visit, subject and site that a history row belongs to.

        The ledger's trigger is made of it; `new` is the row.
        """
        raise NotImplementedError


def of_site(site: str = "new.site_id") -> dict[str, str]:
    """Return the place of a row that belongs to a site and to no subject."""
    return {"record": "new.id", "visit": "null", "subject": "null", "site": site}


def of_subject(subject: str, *, record: str = "new.id", visit: str = "null") -> dict[str, str]:
    """Return the place of a row that belongs to a subject; its site is looked up."""
    return {
        "record": record,
        "visit": visit,
        "subject": subject,
        "site": f"(select site_id from trial_subject where id = {subject})",
    }


def of_visit(visit: str, *, record: str = "new.id") -> dict[str, str]:
    """Return the place of a row that belongs to a visit; subject and site are looked up."""
    subject = f"(select subject_id from trial_visit where id = {visit})"
    return of_subject(subject, record=record, visit=visit)


def honor_locks(sender: type[models.Model], **kwargs: Any) -> None:
    """Let every table under a subject honor freeze and lock, whichever app defines it.

    So does a form that is not written yet.
    """
    if sender._meta.abstract or not issubclass(sender, Kept):
        return
    place = sender.place_in_sql()
    if place["subject"] == "null":
        return
    name = f"{sender._meta.db_table}_honors_locks"
    entered = entered_columns(sender) if sender.computed() else []
    add_constraint(sender, HonorsLocks(name=name, visit=place["visit"], entered=entered))


def entered_columns(model: type[Kept]) -> list[str]:
    """Return the columns that neither the system nor PostgreSQL computes."""
    computed = {"version", *model.computed()}
    columns = [str(field.column) for field in model._meta.local_concrete_fields]
    return [column for column in columns if column not in computed]


models.signals.class_prepared.connect(honor_locks)

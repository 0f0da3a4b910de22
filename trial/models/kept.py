"""What is kept: a version against lost updates, a history that PostgreSQL writes, and a scope that holds on every path."""

from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser
from django.db import connections, models
from django.db.models.sql import UpdateQuery

from trial.access import Act
from trial.audit.history import History
from trial.audit.locking import HonorsLocks

from .membership import scope


class KeptQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: AbstractUser) -> Self:
        """Only what this person's roles let them read: the one place where site scope is decided."""
        return self.allowed_to(user, self.model.read_act)

    def allowed_to(self, user: AbstractUser, act: Act) -> Self:
        return self.filter(scope(user, act, self.model.path_to_site))


class Kept(models.Model):
    path_to_site: ClassVar[str]
    read_act: ClassVar[Act] = Act.READ
    write_act: ClassVar[Act] = Act.ENTER

    version = models.PositiveIntegerField(default=1, editable=False)

    history = History()
    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = []

    def _do_update(
        self,
        base_qs: models.QuerySet[Any],
        using: str,
        pk_val: Any,
        values: list[Any],
        update_fields: Any,
        forced_update: bool,
    ) -> bool:
        """PostgreSQL counts the version up; take it over from the UPDATE itself, so that the same object can be saved again.

        What Django 6 does for generated fields; a question of its own would cost more than history and ledger together.
        """
        if not values:
            return super()._do_update(base_qs, using, pk_val, values, update_fields, forced_update)
        update = base_qs.filter(pk=pk_val).query.chain(UpdateQuery)
        update.add_update_fields(values)
        sql, parameters = update.get_compiler(using).as_sql()
        with connections[using].cursor() as cursor:
            cursor.execute(f"{sql} returning version", parameters)
            version = cursor.fetchone()
        if version:
            (self.version,) = version
        return version is not None

    def clean_fields(self, exclude: Any = None) -> None:
        """Values by their fields; references by PostgreSQL, which checks them anyway, without a query for each."""
        references = {field.name for field in self._meta.concrete_fields if field.remote_field}
        super().clean_fields(exclude={*(exclude or ()), *references})

    def validate_constraints(self, exclude: Any = None) -> None:
        """PostgreSQL does, in the write itself, and the constraint's own sentence is shown (trial/actions/entry.py).

        Django's way asks the database once for each constraint before each save.
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
        """Columns that stay what they were when the row was entered."""
        return []

    @classmethod
    def computed(cls) -> list[str]:
        """Columns that the system computes from what people enter: they change without a reason of their own."""
        return []

    @classmethod
    def part_of(cls) -> tuple[str, str, str] | None:
        """Of a row of a record: the record's form, table, and the column that names it. Once it is complete, changes need a reason."""
        return None

    @classmethod
    def place_in_sql(cls) -> dict[str, str]:
        """Where a history row belongs, for the ledger's trigger: its record, visit, subject and site."""
        raise NotImplementedError


def of_site(site: str = "new.site_id") -> dict[str, str]:
    return {"record": "new.id", "visit": "null", "subject": "null", "site": site}


def of_subject(subject: str, *, record: str = "new.id", visit: str = "null") -> dict[str, str]:
    return {
        "record": record,
        "visit": visit,
        "subject": subject,
        "site": f"(select site_id from trial_subject where id = {subject})",
    }


def of_visit(visit: str, *, record: str = "new.id") -> dict[str, str]:
    return of_subject(
        f"(select subject_id from trial_visit where id = {visit})", record=record, visit=visit
    )


def honor_locks(sender: type[models.Model], **kwargs: Any) -> None:
    """Everything under a subject honors freeze and lock, whichever app defines it, also a form not yet written."""
    if (
        sender._meta.abstract
        or not issubclass(sender, Kept)
        or sender.place_in_sql()["subject"] == "null"
    ):
        return
    apart = {"version", *sender.computed()}
    others = (
        [field.column for field in sender._meta.local_concrete_fields if field.column not in apart]
        if sender.computed()
        else []
    )
    honors = HonorsLocks(
        name=f"{sender._meta.db_table}_honors_locks",
        visit=sender.place_in_sql()["visit"],
        others=others,
    )
    sender._meta.constraints.append(honors)
    sender._meta.original_attrs["constraints"] = sender._meta.constraints


models.signals.class_prepared.connect(honor_locks)

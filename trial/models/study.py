"""The study's one row: what is published before the first subject.

Allocations are made under its lock.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from trial.access import Act

from .kept import Kept


class Study(Kept):
    """The study: its registration number and the commitment to its randomization key."""

    read_act = Act.READ_SETUP
    write_act = Act.SET_UP
    path_to_site = "pk"  # no site: whoever holds a role for the whole study

    registration = models.CharField(max_length=20, unique=True)
    randomization_commitment = models.CharField(
        _("SHA-256 of the randomization key"), max_length=64, blank=True, default=""
    )
    committed_at = models.DateTimeField(null=True, blank=True)

    class Meta(Kept.Meta):
        verbose_name_plural = _("studies")

    def __str__(self) -> str:
        return self.registration

    @classmethod
    def place_in_sql(cls) -> dict[str, str]:
        return {"record": "new.id", "visit": "null", "subject": "null", "site": "null"}

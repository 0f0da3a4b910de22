"""The pieces of evidence of eligibility, as a person reads them.

Their texts are hashed under a signature (`Assessed.evidence_sha256`). They are therefore in English
in every language.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Self

from crf.casebook import Casebook
from crf.derived.laboratory.results import standard_value, times_uln
from crf.models import Administration, LaboratoryResult, Lesion
from trial.models import Entered, Record
from trial.protocol.laboratory import analytes
from trial.protocol.laboratory import quantities as lab

ULN = " × ULN"


class Piece(NamedTuple):
    """A piece of evidence as a person reads it, with the place where it is entered.

    `version` is that of the record and, after a point, of its row (crf_spec 2.12, IEEVID).
    """

    label: str
    value: str
    on: date | None
    form: str
    record: int
    version: str

    def as_json(self) -> dict[str, Any]:  # Any: it becomes JSON
        """Return the piece as it is stored beside its criterion."""
        return {**self._asdict(), "on": self.on and self.on.isoformat()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:  # Any: it was JSON
        """Return the piece that is stored beside a criterion."""
        on = kept["on"] and date.fromisoformat(kept["on"])
        return cls(**{**kept, "on": on})

    def signed_part(self) -> list[Any]:  # Any: texts and a number, to be sorted and hashed
        """Return what a signature covers: all but the multiple of the upper limit of the normal."""
        return [self.form, self.record, self.version, self.label, self._bare_value(), str(self.on)]

    def _bare_value(self) -> str:
        if ULN not in self.value:
            return self.value
        return self.value.partition(ULN)[0].rpartition(", ")[0]


def placed(record: Record, row: Entered | None = None) -> tuple[str, int, str]:
    """Return form, key and version of the record that a piece is entered in.

    Of a row, the version follows that of its record, after a point.
    """
    version = str(record.version)
    if row is not None and row is not record:
        version += f".{row.version}"
    return record._meta.label_lower, record.pk, version


def lesion_in_words(lesion: Lesion) -> str:
    """Return the items by which organs, liver lesions and coverage are counted (`counted`)."""
    words = [
        lesion.get_lesion_class_display(),
        lesion.get_organ_display(),
        f"{lesion.size_mm} mm" if lesion.size_mm else "",
        lesion.get_certainty_display().lower(),
    ]
    return ", ".join(word for word in words if word)


def result_in_words(row: LaboratoryResult, casebook: Casebook) -> str:
    """Return the result as reported and in the standard unit.

    Its multiple of the upper limit follows where that is known.
    """
    multiple = times_uln(row, casebook)
    limit = f", {multiple:.2f}{ULN}" if multiple is not None else ""
    standard = f"{standard_value(row, casebook):.2f} {lab.unit_name(analytes.TESTS[row.test].unit)}"
    return f"{row.result} {row.get_unit_display()} ({standard}{limit})"


def administration_in_words(row: Administration, percent: Decimal | None) -> str:
    """Return the adjustment of a dose with its reason, and its percentage of the planned dose."""
    text = f"{row.get_adjustment_display()} {row.get_adjustment_reason_display()}".strip()
    if percent is None:
        return text
    return f"{text}, {percent:.1f} % of planned"

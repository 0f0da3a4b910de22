"""The history as a file that is taken along, noted as an export."""

from collections.abc import Mapping
from contextlib import closing
from itertools import islice

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from trial.actions import exports
from trial.actions.exports import Destination
from trial.models import Ledger
from trial.output.history_csv import csv_of
from trial.output.history_lines import changes_in
from trial.output.history_pdf import MOST, pdf_of
from trial.protocol import study

FORMATS = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}


@transaction.atomic
def file_answer(
    entries: QuerySet[Ledger],
    *,
    by: AbstractUser,
    filters: Mapping[str, str],
    to: Destination,
    kind: str,
) -> HttpResponse:
    """Return all entries in one file, noted with its filters; page and API give the same."""
    exports.refuse_unless_destined(to, by=by)
    changes = changes_in(entries.order_by("pk"), by=by, item=filters.get("item", ""))
    if kind == "pdf":
        with closing(changes):  # the database's cursor, where more fit than are read
            listed = list(islice(changes, MOST + 1))
        content, rows = pdf_of(listed, heading=_heading(by, filters, to)), len(listed)
    else:
        content, rows = csv_of(changes)
    what = f"history as {kind.upper()}"
    export = exports.note_export(content, what=what, by=by, to=to, rows=rows, filters=dict(filters))
    disposition = f'attachment; filename="history-{export.pk}.{kind}"'
    headers = {"Content-Disposition": disposition}
    return HttpResponse(content, content_type=FORMATS[kind], headers=headers)


def _heading(by: AbstractUser, filters: Mapping[str, str], to: Destination) -> dict[str, str]:
    """Return the lines above the table: study, person, filters, recipient."""
    person = f"{by.get_full_name()} ({by.get_username()})"
    return {
        _("Study"): study.REGISTRATION,
        _("Taken along by"): f"{person}, {timezone.localtime():%Y-%m-%d %H:%M:%S %z}",
        _("Filters"): "; ".join(f"{name} = {value}" for name, value in filters.items()),
        _("Recipient"): to.recipient,
        _("Country"): to.country,
        _("Legal basis"): to.legal_basis,
    }

"""The history as a file that is taken along, noted as an export."""

from contextlib import closing
from itertools import islice

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone

from trial.actions import exports
from trial.actions.exports import Destination
from trial.models import Ledger
from trial.output.history_csv import csv_of
from trial.output.history_lines import changes_in
from trial.output.history_pdf import MOST, pdf_of
from trial.protocol import study

FORMATS = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}


@transaction.atomic
def file_answer(entries: QuerySet[Ledger], *, by: AbstractUser, asked: dict[str, str], to: Destination, kind: str) -> HttpResponse:
    """The file, which is noted with the filters that were `asked`; page and API give the same."""
    exports.refuse_unless_destined(to, by=by)
    changes = changes_in(entries.order_by("pk"), by=by, item=asked.get("item", ""))
    if kind == "pdf":
        with closing(changes):  # the database's cursor, where more fit than are read
            listed = list(islice(changes, MOST + 1))
        content, rows = pdf_of(listed, told=_head(by, asked, to)), len(listed)
    else:
        content, rows = csv_of(changes)
    noted = exports.note_export(content, what=f"history as {kind.upper()}", by=by, to=to, rows=rows, filters=asked)
    named = f'attachment; filename="history-{noted.pk}.{kind}"'
    return HttpResponse(content, content_type=FORMATS[kind], headers={"Content-Disposition": named})


def _head(by: AbstractUser, asked: dict[str, str], to: Destination) -> dict[str, str]:
    """What stands above the changes on paper."""
    who = f"{by.get_full_name()} ({by.get_username()}), {timezone.localtime():%Y-%m-%d %H:%M:%S %z}"
    told = {"Study": study.REGISTRATION, "Taken along by": who, "Filters": "; ".join(f"{name} = {said}" for name, said in asked.items())}
    return told | {name.replace("_", " ").capitalize(): said for name, said in to._asdict().items()}

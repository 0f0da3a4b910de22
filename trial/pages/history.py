"""The study's history on a page: filtered, read, and taken along as CSV or PDF."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from trial.access import Act
from trial.actions.exports import Destination
from trial.models import Ledger, Record, Subject, Visit, may
from trial.output.history_file import FORMATS, file_answer
from trial.output.history_filters import HistoryFilters
from trial.output.history_lines import changes_in
from trial.output.trail import Kind, trail
from trial.pages.base import page
from trial.refusals import Refused

NEWEST = 100


def titles() -> list[tuple[str, str]]:
    return [("", "all"), *((model._meta.model_name, str(model._meta.verbose_name)) for model in (Subject, Visit, *Record.forms()))]


FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)  # beyond them, some clock of the world cannot name the moment


class Wanted(forms.Form):
    """What is looked for: kind of entry, subject, form, item, person, days."""

    kind = forms.ChoiceField(label="Show", choices=Kind.choices, required=False)
    site = forms.CharField(label="Site", max_length=10, required=False)
    subject = forms.CharField(label="Subject", max_length=20, required=False)
    form = forms.ChoiceField(label="Form", choices=titles, required=False)
    item = forms.CharField(label="Item, by its name", max_length=60, required=False)
    by = forms.CharField(label="Who, by username", max_length=150, required=False)
    first_day = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    last_day = forms.DateField(label="To, that day included", widget=forms.DateInput(attrs={"type": "date"}), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("first_day", "last_day"):
            if (day := cleaned.get(name)) and not FIRST_DAY <= day <= LAST_DAY:
                self.add_error(name, f"Name a day from {FIRST_DAY} to {LAST_DAY}.")
        return cleaned

    def filters(self) -> dict[str, str]:
        """As the API names them. A day lasts from midnight to midnight of the study's clock."""
        told = dict(self.cleaned_data)
        first, last = told.pop("first_day"), told.pop("last_day")
        ends = {"since": first, "until": last and last + timedelta(1)}
        moments = {name: timezone.make_aware(datetime.combine(day, time())).isoformat() for name, day in ends.items() if day}
        return {name: value for name, value in told.items() if value} | moments


@login_required
@require_http_methods(["GET", "POST"])
def history_page(request: HttpRequest) -> HttpResponse:
    """The newest changes that fit; with POST, all of them as a file."""
    if not may(request.user, Act.READ):
        raise PermissionDenied
    sent = request.POST if request.method == "POST" else request.GET
    wanted, refused = Wanted(sent), None
    filters = wanted.filters() if wanted.is_valid() else None
    entries = Ledger.objects.none() if filters is None else HistoryFilters(filters, trail(request.user, filters.get("kind", ""))).qs
    if request.method == "POST" and filters is not None:
        to = Destination(*(request.POST.get(name, "").strip() for name in Destination._fields))
        try:
            kind = request.POST.get("format", "csv")
            return file_answer(entries, by=request.user, asked=filters, to=to, kind=kind if kind in FORMATS else "csv")
        except Refused as error:
            refused = error
    return page(
        request,
        "casebook/history.html",
        status=refused.status if refused else 200 if wanted.is_valid() else 422,
        title="History of the study",
        wanted=wanted,
        changes=changes_in(entries.order_by("-pk")[:NEWEST], by=request.user, item=(filters or {}).get("item", "")),
        most=NEWEST,
        to={name: request.POST.get(name, "") for name in Destination._fields},
        refused=refused,
    )

"""The study's history on a page: filtered, read, and taken along as CSV or PDF."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from trial.access import Act
from trial.actions.exports import Destination
from trial.fields import day_typed
from trial.models import Kept, Ledger, Record, Subject, Visit, may
from trial.output.history_file import FORMATS, file_answer
from trial.output.history_filters import HistoryFilters, labels_of
from trial.output.history_lines import changes_in
from trial.output.item_names import kept_models
from trial.output.reading import hidden_from
from trial.output.trail import Kind, trail
from trial.pages.base import PersonalRequest, page
from trial.pages.days import date_attributes
from trial.protocol.typed.dates import Grain
from trial.refusals import Refused

ON_A_PAGE = 100
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
"""Beyond these days, some clock of the world cannot name the moment."""


def titles() -> list[tuple[str, str]]:
    """Return the choices of the filter by form."""
    models: list[type[Kept]] = [Subject, Visit, *Record.forms()]
    named = [(str(model._meta.model_name), str(model._meta.verbose_name)) for model in models]
    return [("", gettext("all")), *named]


class DayField(forms.DateField):
    """A day, typed as the dates of the forms are."""

    widget = forms.TextInput(attrs=date_attributes(Grain.DAY))

    def to_python(self, value: Any) -> date | None:
        """Return the day. Raises ValidationError for what is no day."""
        return day_typed(value) if isinstance(value, str) and value.strip() else None


class Wanted(forms.Form):
    """The filters of the page: kind of entry, site, subject, form, item, person, days."""

    kind = forms.ChoiceField(label=gettext_lazy("Show"), choices=Kind.choices, required=False)
    site = forms.CharField(label=gettext_lazy("Site"), max_length=10, required=False)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=20, required=False)
    form = forms.ChoiceField(label=gettext_lazy("Form"), choices=titles, required=False)
    item = forms.CharField(
        label=gettext_lazy("Item, as “Weight”"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": "labels-of-items"}),
    )
    by = forms.CharField(label=gettext_lazy("Person, by username"), max_length=150, required=False)
    first_day = DayField(label=gettext_lazy("From"), required=False)
    last_day = DayField(label=gettext_lazy("To, that day included"), required=False)

    # The values of a form are of any type, hence `Any`.
    def clean(self) -> dict[str, Any]:
        """Refuse days that no clock can name."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("first_day", "last_day"):
            day = cleaned.get(name)
            if day and not FIRST_DAY <= day <= LAST_DAY:
                sentence = gettext("Enter a day from {first} to {last}.")
                self.add_error(name, sentence.format(first=FIRST_DAY, last=LAST_DAY))
        return cleaned

    def filters(self) -> dict[str, str]:
        """Return the filters as the API names them.

        A day lasts from midnight to midnight of the study's clock.
        """
        values = dict(self.cleaned_data)
        first, last = values.pop("first_day"), values.pop("last_day")
        filters = {name: value for name, value in values.items() if value}
        if first:
            filters["since"] = _midnight(first)
        if last:
            filters["until"] = _midnight(last + timedelta(1))
        return filters


def _midnight(day: date) -> str:
    return timezone.make_aware(datetime.combine(day, time())).isoformat()


@login_required
@require_http_methods(["GET", "POST"])
def history_page(request: PersonalRequest) -> HttpResponse:
    """Show the changes that fit the filters, page by page; with POST, return all as a file."""
    if not may(request.user, Act.READ):
        raise PermissionDenied
    wanted = Wanted(request.POST if request.method == "POST" else request.GET)
    is_readable = wanted.is_valid()
    filters = wanted.filters() if is_readable else {}
    entries = _entries(request, filters) if is_readable else Ledger.objects.none()
    refused: Refused | None = None
    if request.method == "POST" and is_readable:
        try:
            return _file(request, entries, filters)
        except Refused as error:
            refused = error
    newest_first = entries.order_by("-pk")
    shown = Paginator(newest_first, ON_A_PAGE).get_page(request.GET.get("page"))
    first = (shown.number - 1) * ON_A_PAGE
    on_page = newest_first[first : first + ON_A_PAGE]
    status = 200 if is_readable else 422
    return page(
        request,
        "casebook/history.html",
        status=refused.status if refused else status,
        title=gettext("History of the study"),
        wanted=wanted,
        changes=list(changes_in(on_page, by=request.user, item=filters.get("item", ""))),
        shown=shown,
        query=_query(request),
        labels=labels_of_items(filters.get("form", ""), by=request.user),
        to={name: request.POST.get(name, "") for name in Destination._fields},
        refused=refused,
    )


def _query(request: PersonalRequest) -> str:
    """Return the filters as the address has them, for the links to other pages."""
    sent = request.GET.copy()
    sent.pop("page", None)
    return sent.urlencode()


def labels_of_items(form: str, *, by: User) -> list[str]:
    """Return the labels of the items that the person may see, for the filter to offer.

    They are those of the form that is chosen and of its rows; of all forms, where none is.
    """
    labels: set[str] = set()
    chosen = labels_of(form)
    for model in kept_models():
        if form and model._meta.label_lower not in chosen:
            continue
        hidden = hidden_from(model, by, None)
        labels |= {model.label_of(item) for item in model.item_names() if item not in hidden}
    return sorted(labels)


def _entries(request: PersonalRequest, filters: dict[str, str]) -> QuerySet[Ledger]:
    visible = trail(request.user, filters.get("kind", ""))
    entries: QuerySet[Ledger] = HistoryFilters(filters, visible).qs
    return entries


def _file(
    request: PersonalRequest, entries: QuerySet[Ledger], filters: dict[str, str]
) -> HttpResponse:
    """Return all that fits as the file that the button names, for the recipient that is named."""
    to = Destination(*(request.POST.get(name, "").strip() for name in Destination._fields))
    button = request.POST.get("format", "csv")
    kind = button if button in FORMATS else "csv"
    return file_answer(entries, by=request.user, filters=filters, to=to, kind=kind)

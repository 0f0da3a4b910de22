"""The page that withdraws a record made by mistake: it shows the record, and asks why."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from trial.accounts.person import person_of
from trial.actions import entry, review
from trial.models import Record
from trial.output.reading import read_part
from trial.pages.base import WhyForm, reason_from
from trial.refusals import Refused


def withdrawal_page(request: HttpRequest, record: Record, *, shows_items: bool) -> HttpResponse:
    """Show a record that the person may change, and withdraw it when the page is sent.

    A refusal is shown with the record as it stands by then.
    """
    refused: Refused | None = None
    if request.method == "POST":
        try:
            _withdraw(request, record)
        except Refused as error:
            refused = error
            record = _as_stored(record)
        else:
            sentence = _("{form} of {visit} is withdrawn.")
            messages.success(request, sentence.format(form=record.form_title(), visit=record.visit))
            return HttpResponseRedirect(reverse("casebook", args=[record.visit.subject.code]))
    context = admin.site.each_context(request) | {
        "title": _("Withdraw {record}").format(record=record),
        "opts": record._meta,
        "record": record,
        "part": read_part(review.signed_part(record)) if shows_items else None,
        "refused": refused,
        "form": WhyForm(request.POST or None),
    }
    status = refused.status if refused else 200
    return TemplateResponse(request, "admin/entered/withdraw.html", context, status=status)


def _withdraw(request: HttpRequest, record: Record) -> None:
    entry.withdraw(
        record,
        by=person_of(request),
        reason=reason_from(request.POST),
        versions_sha256=request.POST.get("versions_sha256", ""),
    )


def _as_stored(record: Record) -> Any:
    """Return the record as it is stored now."""
    return type(record).objects.select_related("visit__subject__site").get(pk=record.pk)

"""Take back a record made by mistake: the page shows what is taken back, and asks why."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from trial.actions import entry, review
from trial.models import Record
from trial.output.reading import read_part
from trial.pages.base import WhyForm, reason_from
from trial.refusals import Refused


def withdrawal_page(request: HttpRequest, record: Record, *, shows_items: bool) -> HttpResponse:
    """Of a record that the person may change; what is refused comes back with the record as it stands by then."""
    refused: Refused | None = None
    if request.method == "POST":
        try:
            read = request.POST.get("versions_sha256", "")
            entry.withdraw(record, by=request.user, reason=reason_from(request.POST), versions_sha256=read)
        except Refused as error:
            refused = error
            record = _as_it_stands(record)
        else:
            messages.success(request, f"{record.form_title()} of {record.visit} is withdrawn.")
            return HttpResponseRedirect(reverse("casebook", args=[record.visit.subject.code]))
    context = admin.site.each_context(request) | {
        "title": f"Withdraw {record}",
        "opts": record._meta,
        "record": record,
        "part": read_part(review.signed_part(record)) if shows_items else None,
        "refused": refused,
        "form": WhyForm(request.POST or None),
    }
    return TemplateResponse(request, "admin/entered/withdraw.html", context, status=refused.status if refused else 200)


def _as_it_stands(record: Any) -> Any:
    return type(record).objects.select_related("visit__subject__site").get(pk=record.pk)

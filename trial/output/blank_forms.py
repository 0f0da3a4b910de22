"""Casebook on paper, for an outage: blank forms read off the form definitions, one by one and for a whole visit (EMA 2023, 6.9)."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from reportlab.lib.pagesizes import A4
from reportlab.platypus import CondPageBreak, Flowable, PageBreak, SimpleDocTemplate, Spacer

from trial.models import Entered, Missing, Record, Row, Visit
from trial.output.paper import HEAD, WIDTH, number_page, table, text
from trial.protocol import study
from trial.protocol.schedule import timetable

BLANK = "_" * 22
BOX = "[\u00a0\u00a0]"
ROWS = 12
"""Empty lines of a repeating group; who needs more prints the form twice."""
MOST_COLUMNS = 6
"""Of a repeating group, in one table; the rest goes on in another, its lines numbered alike."""
MISSING = "Missing: " + " ".join(f"{BOX}\u00a0{code}" for code in Missing.values)
LEGEND = f"Where a value is missing, tick why: {', '.join(f'{code} {name.lower()}' for code, name in Missing.choices)}."
LINES = (
    ("Site", "Subject"),
    ("Visit", "Date of the visit"),
    ("Filled in by (printed name)", "Filled in on (day, time)"),
    ("Why on paper", "Signature"),
)
AFTERWARDS = ((f"Entered in Casebook by: {BLANK}", f"on (day, time): {BLANK}"), ("Marked there as entered from paper", f"{BOX} yes"))


def blank_form(form: type[Record]) -> bytes:
    return _written(f"{form.form_title()} (paper form)", _form(form))


def blank_visit(code: str) -> bytes:
    """The visit's own items, then each form that is due or may be added; KeyError for a code that names no visit."""
    kind = timetable.visit_type(code)
    due, offered = forms_of(kind)
    title = f"{kind.title.format('')}, {code}".replace(" ,", ",") if not code.startswith("Cn") else kind.title
    story: list[Flowable] = [text(f"{title}: paper forms", HEAD), *_head(), *_items(Visit)] if code != timetable.COMMON else []
    written, acts = [form for form in (*due, *offered) if form.entered_by_hand], [form for form in due if not form.entered_by_hand]
    listed = [[form.form_title(), "due" if form in due else "where it applies"] for form in written]
    listed += [[form.form_title(), "an act in Casebook: see the manual procedure in docs/operations.md"] for form in acts]
    story += [text("Forms of this visit", HEAD), *table(listed)]
    for form in written:
        story += [PageBreak(), *_form(form)]
    return _written(f"{title} (paper forms)", story)


def forms_of(kind: timetable.VisitType) -> tuple[list[type[Record]], list[type[Record]]]:
    """Those due, and those that may be added, in the schedule's order."""
    known = {form._meta.label_lower: form for form in Record.forms()}
    due, offered = ([known[label] for label in labels if label in known] for labels in (kind.forms, kind.offered))
    return due, offered


def _written(title: str, story: list[Flowable]) -> bytes:
    written = BytesIO()
    document = SimpleDocTemplate(written, pagesize=A4, title=title, invariant=1)
    document.build(story, onFirstPage=number_page, onLaterPages=number_page)
    return written.getvalue()


def _form(form: type[Record]) -> list[Flowable]:
    said = f"{study.REGISTRATION} · {form._meta.model_name} · definition {form.definition_digest()}"
    story = [text(form.form_title(), HEAD), text(said), *_head(), *_items(form)]
    for group in form.groups():
        story += [CondPageBreak(200), *_group(group)]
    return [*story, Spacer(1, 8), *table(AFTERWARDS)]


def _head() -> list[Flowable]:
    return [Spacer(1, 4), *table([[f"{one}: {BLANK}" for one in line] for line in LINES]), Spacer(1, 4), text(LEGEND)]


def _items(form: type[Entered]) -> Iterator[Flowable]:
    for section in form.sections:
        yield from (CondPageBreak(80), text(section.title, HEAD))
        rows = [[_question(form._meta.get_field(item)), answer(form._meta.get_field(item))] for item in section.items]
        yield from table(rows, widths=(WIDTH * 0.4, WIDTH * 0.6))


def _question(field: models.Field) -> str:
    """Its label; whether a complete form needs it; where it may be missing, why."""
    if field.optional:
        return f"{field.verbose_name} (optional)"
    return f"{field.verbose_name}{' (where it applies)' if field.when else ''}\n{MISSING}"


def answer(field: models.Field) -> str:
    """The place to write: boxes for codes, digits for numbers with unit and limits, lines for text."""
    if codes := _codes(field):
        several = "Tick all that apply:\n" if isinstance(field, ArrayField) else ""
        return several + "\n".join(f"{BOX} {name} ({code})" if str(name) != str(code) else f"{BOX} {code}" for code, name in codes)
    if limits := _limits(field):
        digits = "|__" * _digits(field, limits) + "|"
        places = getattr(field, "decimal_places", 0) or 0
        return f"{digits}{'.' + '|__' * places + '|' if places else ''} {field.help_text} ({limits[0]} to {limits[1]})".replace("  ", " ")
    if isinstance(field, models.DateField):
        return "|__|__|__|__|-|__|__|-|__|__| (year-month-day)"
    if isinstance(field, models.TimeField):
        return "|__|__|:|__|__| (24 hours)"
    if getattr(field, "partial", False):
        return "|__|__|__|__|-|__|__|-|__|__| (as far as it is known)" if field.max_length == 10 else "|__|__|__|__|-|__|__| (year-month)"
    if field.remote_field:
        return f"{BLANK} (which one: its name or number in Casebook)"
    if isinstance(field, models.TextField):
        return "\n".join([BLANK * 2] * 4)
    return f"{BLANK * 2} {field.help_text}".strip()


def _codes(field: models.Field) -> list[tuple[Any, Any]]:
    return list((field.base_field if isinstance(field, ArrayField) else field).flatchoices)


def _limits(field: models.Field) -> tuple[Any, ...]:
    found = {type(one): one.limit_value for one in field.validators if isinstance(one, (MinValueValidator, MaxValueValidator))}
    numeric = isinstance(field, (models.DecimalField, models.IntegerField))
    return (found[MinValueValidator], found[MaxValueValidator]) if numeric and len(found) == 2 else ()


def _digits(field: models.Field, limits: Sequence[Any]) -> int:
    return max(len(str(abs(int(limit)))) for limit in limits)


def _group(group: type[Row]) -> Iterator[Flowable]:
    """A table of empty lines, and beneath it what each column takes."""
    fields = [group._meta.get_field(item) for item in group.item_names()]
    yield text(f"{group.form_title()}: one line for each", HEAD)
    yield from table([[f"{field.verbose_name}{' (optional)' if field.optional else ''}", answer(field)] for field in fields])
    for start in range(0, len(fields), MOST_COLUMNS):
        part = fields[start : start + MOST_COLUMNS]
        yield Spacer(1, 6)
        width = (WIDTH - 24) / len(part)
        lines = [[str(number), *(["\u00a0"] * len(part))] for number in range(1, ROWS + 1)]
        yield from table([["", *(str(field.verbose_name) for field in part)], *lines], widths=(24, *[width] * len(part)), ruled=True)

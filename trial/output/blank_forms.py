"""Casebook on paper, for an outage: blank forms, one by one and for a whole visit.

They are read off the form definitions (EMA 2023, section 6.9).
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext as _
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
"""Columns of a repeating group in one table. The others follow in a second one, numbered alike."""

Field = Any
"""A field of a form carries what trial/fields.py gives it (`optional`, `when`, `partial`).

The type of Django's fields does not know that, hence `Any`.
"""


def blank_form(form: type[Record]) -> bytes:
    """Return one form as a PDF."""
    title = _("{form} (paper form)").format(form=form.form_title())
    return _written(title, _form(form))


def blank_visit(code: str) -> bytes:
    """Return the visit's own items, then each form that is due or may be added.

    Raises KeyError for a code that names no visit.
    """
    kind = timetable.visit_type(code)
    title = _title(kind, code)
    story: list[Flowable] = []
    if code != timetable.COMMON:
        heading = _("{visit}: paper forms").format(visit=title)
        story += [text(heading, HEAD), *_head(), *_items(Visit)]
    story += _contents(kind)
    due, offered = forms_of(kind)
    for form in (*due, *offered):
        if form.entered_by_hand:
            story += [PageBreak(), *_form(form)]
    return _written(_("{visit} (paper forms)").format(visit=title), story)


def _title(kind: timetable.VisitType, code: str) -> str:
    """Return the visit's title with its code, which tells the visits of one kind apart."""
    if code.startswith("Cn"):
        return str(kind.title)
    return f"{kind.title.format('', '')}, {code}".replace(" ,", ",")


def _contents(kind: timetable.VisitType) -> list[Flowable]:
    """Return the list of the visit's forms: those to fill in, then what is done in Casebook."""
    due, offered = forms_of(kind)
    by_hand = [(form, form in due) for form in (*due, *offered) if form.entered_by_hand]
    lines = [
        [form.form_title(), _("due") if is_due else _("where it applies")]
        for form, is_due in by_hand
    ]
    act = _("done in Casebook itself; meanwhile by the manual procedure in docs/operations.md")
    lines += [[form.form_title(), act] for form in due if not form.entered_by_hand]
    return [text(_("Forms of this visit"), HEAD), *table(lines)]


def forms_of(kind: timetable.VisitType) -> tuple[list[type[Record]], list[type[Record]]]:
    """Return the forms that are due, and those that may be added, in the schedule's order."""
    by_label = {form._meta.label_lower: form for form in Record.forms()}
    due = [by_label[label] for label in kind.forms if label in by_label]
    offered = [by_label[label] for label in kind.offered if label in by_label]
    return due, offered


def _written(title: str, story: list[Flowable]) -> bytes:
    written = BytesIO()
    document = SimpleDocTemplate(written, pagesize=A4, title=title, invariant=1)
    document.build(story, onFirstPage=number_page, onLaterPages=number_page)
    return written.getvalue()


def _form(form: type[Record]) -> list[Flowable]:
    definition = _("definition {digest}").format(digest=form.definition_digest())
    reference = f"{study.REGISTRATION} · {form._meta.model_name} · {definition}"
    story = [text(form.form_title(), HEAD), text(reference), *_head(), *_items(form)]
    for group in form.groups():
        story += [CondPageBreak(200), *_group(group)]
    afterwards = [
        [f"{_('Entered in Casebook by')}: {BLANK}", f"{_('on (day, time)')}: {BLANK}"],
        [_("Marked there as entered from paper"), f"{BOX} {_('yes')}"],
    ]
    return [*story, Spacer(1, 8), *table(afterwards)]


def _head() -> list[Flowable]:
    """Return the lines to fill in at the top of a form, and the legend of missing values."""
    lines = (
        (_("Site"), _("Subject")),
        (_("Visit"), _("Date of the visit")),
        (_("Filled in by (printed name)"), _("Filled in on (day, time)")),
        (_("Why on paper"), _("Signature")),
    )
    rows = [[f"{label}: {BLANK}" for label in line] for line in lines]
    codes = ", ".join(f"{code} {name.lower()}" for code, name in Missing.choices)
    legend = _("Where a value is missing, tick why: {codes}.").format(codes=codes)
    return [Spacer(1, 4), *table(rows), Spacer(1, 4), text(legend)]


def _items(form: type[Entered]) -> Iterator[Flowable]:
    for section in form.sections:
        yield from (CondPageBreak(80), text(section.title, HEAD))
        fields = _fields(form, section.items)
        rows = [[_question(field), answer(field)] for field in fields]
        yield from table(rows, widths=(WIDTH * 0.4, WIDTH * 0.6))


def _fields(form: type[Entered], items: tuple[str, ...] | list[str]) -> list[Field]:
    return [form._meta.get_field(item) for item in items]


def _question(field: Field) -> str:
    """Return the label; whether a complete form needs the item; and boxes for why it is missing."""
    if field.optional:
        return _("{label} (optional)").format(label=field.verbose_name)
    label = str(field.verbose_name)
    if field.when:
        label = _("{label} (where it applies)").format(label=label)
    boxes = " ".join(f"{BOX}\u00a0{code}" for code in Missing.values)
    return "\n".join([label, _("Missing: {boxes}").format(boxes=boxes)])


def answer(field: Field) -> str:
    """Return the place to write: boxes, digits with unit and limits, or lines for text."""
    if codes := _codes(field):
        return _boxes(codes, several=isinstance(field, ArrayField))
    if limits := _limits(field):
        return _digits(field, *limits)
    if isinstance(field, models.DateField):
        return f"|__|__|__|__|-|__|__|-|__|__| {_('(year-month-day)')}"
    if isinstance(field, models.TimeField):
        return f"|__|__|:|__|__| {_('(24 hours)')}"
    if getattr(field, "partial", False):
        if field.max_length == len("2024-05-17"):
            return f"|__|__|__|__|-|__|__|-|__|__| {_('(as far as it is known)')}"
        return f"|__|__|__|__|-|__|__| {_('(year-month)')}"
    if field.remote_field:
        return f"{BLANK} {_('(which one: its name or number in Casebook)')}"
    if isinstance(field, models.TextField):
        return "\n".join([BLANK * 2] * 4)
    return f"{BLANK * 2} {field.help_text}".strip()


# Codes and limits are values of the item, of any type, hence `Any`.
def _codes(field: Field) -> list[tuple[Any, Any]]:
    base = field.base_field if isinstance(field, ArrayField) else field
    return list(base.flatchoices)


def _boxes(codes: list[tuple[Any, Any]], *, several: bool) -> str:
    """Return a box for each code, with its name where that differs."""
    lines = [_("Tick all that apply:")] if several else []
    for code, name in codes:
        is_its_own_name = str(name) == str(code)
        lines.append(f"{BOX} {code}" if is_its_own_name else f"{BOX} {name} ({code})")
    return "\n".join(lines)


def _limits(field: Field) -> tuple[Any, Any] | None:
    """Return the lowest and the highest number that the item takes; None where it is no number."""
    if not isinstance(field, models.DecimalField | models.IntegerField):
        return None
    lowest = [v.limit_value for v in field.validators if isinstance(v, MinValueValidator)]
    highest = [v.limit_value for v in field.validators if isinstance(v, MaxValueValidator)]
    return (lowest[-1], highest[-1]) if lowest and highest else None


def _digits(field: Field, lowest: Any, highest: Any) -> str:
    """Return a place for each digit, then unit and limits."""
    before_point = max(len(str(abs(int(limit)))) for limit in (lowest, highest))
    places = getattr(field, "decimal_places", 0) or 0
    after_point = "." + "|__" * places + "|" if places else ""
    limits = _("({lowest} to {highest})").format(lowest=lowest, highest=highest)
    digits = "|__" * before_point + "|" + after_point
    return f"{digits} {field.help_text} {limits}".replace("  ", " ")


def _group(group: type[Row]) -> Iterator[Flowable]:
    """Yield what each column of a repeating group takes, and beneath it a table of empty lines."""
    fields = _fields(group, group.item_names())
    yield text(_("{group}: one line for each").format(group=group.form_title()), HEAD)
    yield from table([[_column(field), answer(field)] for field in fields])
    for start in range(0, len(fields), MOST_COLUMNS):
        part = fields[start : start + MOST_COLUMNS]
        heads = ["", *(str(field.verbose_name) for field in part)]
        lines = [[str(number), *["\u00a0"] * len(part)] for number in range(1, ROWS + 1)]
        width = (WIDTH - 24) / len(part)
        yield Spacer(1, 6)
        yield from table([heads, *lines], widths=(24, *[width] * len(part)), ruled=True)


def _column(field: Field) -> str:
    if field.optional:
        return _("{label} (optional)").format(label=field.verbose_name)
    return str(field.verbose_name)

"""The history on paper: a table with codes beside their labels (E6(R3) 4.2.2(c))."""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from reportlab.lib.pagesizes import A4, landscape
from reportlab.platypus import LongTable, SimpleDocTemplate, Spacer

from trial.output.history_csv import Line, plain
from trial.output.history_lines import CHANGE
from trial.output.paper import (
    CHINESE,
    HEAD,
    LATIN,
    LINES,
    font_of,
    in_pieces,
    number_page,
    text,
    wrapped,
)
from trial.refusals import Code, Refused

MOST = 20_000
"""Changed items in one PDF.

20,000 take 9 to 16 s (docs/measurements.md), while the person waits.
"""
COLUMNS = {
    gettext_noop("No."): 34,
    gettext_noop("When"): 72,
    gettext_noop("Who"): 70,
    gettext_noop("Why"): 110,
    gettext_noop("Where"): 62,
    gettext_noop("Form"): 104,
    gettext_noop("Item"): 104,
    gettext_noop("Was"): 118,
    gettext_noop("Is"): 118,
}
"""The columns with their widths in points."""
SIZE, LEADING, MARGIN = 7, 8.5, 24
TALLEST = 50
"""Lines of one cell that fit a page beneath the head."""
AT_ONCE = 500
"""Rows of one table: ReportLab divides a table into pages in time that grows with the square of its
length."""
STYLE = [
    *LINES,
    ("FONT", (0, 0), (-1, -1), LATIN, SIZE, LEADING),
    ("BACKGROUND", (0, 0), (-1, 0), "#eeeeee"),
]


def pdf_of(changes: Sequence[Line], *, heading: Mapping[str, str]) -> bytes:
    """Return the file. `heading` stands above the table: who took it along, with which filters."""
    if len(changes) > MOST:
        raise Refused(Code.TOO_LONG_FOR_PDF, most=f"{MOST:,}")
    written = BytesIO()
    title = _("History of the study")
    document = SimpleDocTemplate(
        written,
        pagesize=landscape(A4),
        title=title,
        invariant=1,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 10,
    )
    lines = [f"{label}: {value}" for label, value in heading.items() if value]
    lines.append(_("Lines: {number}").format(number=len(changes)))
    story = [text(title, HEAD), *map(text, lines), Spacer(1, 6), *_tables(changes)]
    document.build(story, onFirstPage=number_page, onLaterPages=number_page)
    return written.getvalue()


def _tables(changes: Sequence[Line]) -> Iterator[LongTable]:
    rows: list[list[str]] = []
    for change in changes:
        wrapped_cells = list(map(_lines, cells(change), COLUMNS.values()))
        rows += in_pieces(wrapped_cells, TALLEST)
    heads = [_(column) for column in COLUMNS]
    for start in range(0, len(rows), AT_ONCE):
        part = [heads, *rows[start : start + AT_ONCE]]
        style = [*STYLE, *_chinese_fonts(part)]
        yield LongTable(part, colWidths=list(COLUMNS.values()), repeatRows=1, style=style)


def _chinese_fonts(rows: Sequence[Sequence[str]]) -> list[tuple[Any, ...]]:
    """Return the style, as ReportLab takes it, of the cells that Helvetica cannot write."""
    style: list[tuple[Any, ...]] = []
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if font_of(cell) != LATIN:
                style.append(("FONTNAME", (x, y), (x, y), CHINESE))
    return style


def _lines(cell: str, column_width: float) -> tuple[str, ...]:
    return wrapped(cell, column_width - 12, SIZE)


def cells(change: Line) -> list[str]:
    """Return the cells as people read them, with the code behind a word that differs from it."""
    is_change = change["act"] == CHANGE
    act = "" if is_change else f"{_(change['act']).capitalize()}: "
    row = f", {change['group']} {change['row']}" if change["group"] else ""
    form = _with_code(change["form_title"], change["form"])
    places = change["site"], change["subject"], change["visit"]
    return [
        str(change["seq"]),
        f"{timezone.localtime(change['at']):%Y-%m-%d %H:%M:%S %z}",
        _with_code(change["name"], change["by"]),
        change["reason"] or (_("Entry") if is_change else "–"),
        " ".join(place for place in places if place),
        f"{act}{form} {plain(change['record'])}{row}".strip(),
        _with_code(change["label"], change["item"]),
        _with_code(change["old_text"], change["old"]),
        _with_code(change["new_text"], change["new"]),
    ]


# What is stored in an item is of any type, hence `Any`.
def _with_code(words: str, stored: Any) -> str:
    """Return the words with the code that is stored for them.

    >>> _with_code("On site", "ON_SITE"), _with_code("1.10", "1.10"), _with_code("", None)
    ('On site (ON_SITE)', '1.10', '–')
    """
    code = plain(stored)
    if not words:
        return code or "–"
    return words if code in ("", words) or isinstance(stored, dict) else f"{words} ({code})"

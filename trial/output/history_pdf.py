"""The history on paper: a table of all that was asked for, codes with their labels beside them (E6(R3) 4.2.2(c))."""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

from django.utils import timezone
from reportlab.lib.pagesizes import A4, landscape
from reportlab.platypus import LongTable, SimpleDocTemplate, Spacer

from trial.output.history_csv import plain
from trial.output.paper import CHINESE, HEAD, LATIN, LINES, font_of, in_pieces, number_page, text, wrapped
from trial.refusals import Code, Refused

MOST = 20_000
"""Changed items in one PDF: 20,000 take 9 to 16 s (docs/measurements.md), while the person waits."""

COLUMNS = {"No.": 34, "When": 72, "Who": 70, "Why": 110, "Where": 62, "Form": 104, "Item": 104, "Was": 118, "Is": 118}
"""Their widths in points."""
SIZE, LEADING, MARGIN = 7, 8.5, 24
TALLEST = 50
"""Lines of one cell that fit a page beneath the head."""
AT_ONCE = 500
"""Rows of one table: ReportLab divides a table into pages in time that grows with the square of its length."""


def pdf_of(changes: Sequence[Mapping[str, Any]], *, told: Mapping[str, str]) -> bytes:
    """The file; `told` stands above the table: who took it along, with which filters, for whom."""
    if len(changes) > MOST:
        raise Refused(Code.TOO_LONG_FOR_PDF, most=f"{MOST:,}")
    written = BytesIO()
    title = "History of the study"
    document = SimpleDocTemplate(
        written, pagesize=landscape(A4), title=title, invariant=1,
        leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN + 10,
    )  # fmt: skip
    head = [text(title, HEAD), *(text(f"{name}: {said}") for name, said in told.items() if said), text(f"Lines: {len(changes)}")]
    document.build([*head, Spacer(1, 6), *_tables(changes)], onFirstPage=number_page, onLaterPages=number_page)
    return written.getvalue()


def _tables(changes: Sequence[Mapping[str, Any]]) -> Iterator[LongTable]:
    rows = [piece for change in changes for piece in in_pieces([_lines(*one) for one in zip(cells(change), COLUMNS, strict=True)], TALLEST)]
    style = [*LINES, ("FONT", (0, 0), (-1, -1), LATIN, SIZE, LEADING), ("BACKGROUND", (0, 0), (-1, 0), "#eeeeee")]
    for start in range(0, len(rows), AT_ONCE):
        part = [list(COLUMNS), *rows[start : start + AT_ONCE]]
        chinese = [(x, y) for y, row in enumerate(part) for x, cell in enumerate(row) if font_of(cell) != LATIN]
        fonts = [("FONTNAME", at, at, CHINESE) for at in chinese]
        yield LongTable(part, colWidths=list(COLUMNS.values()), repeatRows=1, style=[*style, *fonts])


def _lines(cell: str, column: str) -> tuple[str, ...]:
    return wrapped(cell, COLUMNS[column] - 12, SIZE)


def cells(change: Mapping[str, Any]) -> list[str]:
    """As people read them, with the code behind the word where it is another one."""
    act = "" if change["act"] == "change" else f"{change['act'].capitalize()}: "
    row = f", {change['group']} {change['row']}" if change["group"] else ""
    return [
        str(change["seq"]),
        f"{timezone.localtime(change['at']):%Y-%m-%d %H:%M:%S %z}",
        _with_code(change["name"], change["by"]),
        change["reason"] or ("Entry" if change["act"] == "change" else "–"),
        " ".join(filter(None, [change["site"], change["subject"], change["visit"]])),
        f"{act}{_with_code(change['form_title'], change['form'])} {plain(change['record'])}{row}".strip(),
        _with_code(change["label"], change["item"]),
        _with_code(change["old_text"], change["old"]),
        _with_code(change["new_text"], change["new"]),
    ]


def _with_code(said: str, stored: Any) -> str:
    """
    >>> _with_code("On site", "ON_SITE"), _with_code("1.10", "1.10"), _with_code("", None)
    ('On site (ON_SITE)', '1.10', '–')
    """
    code = plain(stored)
    if not said:
        return code or "–"
    return said if code in ("", said) or isinstance(stored, dict) else f"{said} ({code})"

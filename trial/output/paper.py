"""What every PDF of Casebook shares: the font, the width, texts and tables."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table

LATIN, CHINESE = "Helvetica", "STSong-Light"
"""Fonts that every PDF reader has: nothing is embedded. The second is Adobe's own name; its figures are narrow where a reader replaces it,
so what can be written in the first is."""
pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
TEXT = ParagraphStyle("text", fontName=LATIN, fontSize=9, leading=12, wordWrap="CJK")
HEAD = ParagraphStyle("head", parent=TEXT, fontSize=12, leading=16, spaceBefore=8)
WIDTH = 480  # points, inside the margins of A4
LINES = [("LINEBELOW", (0, 0), (-1, -1), 0.25, "#bbbbbb"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
RULED = [("GRID", (0, 0), (-1, -1), 0.25, "#888888")]


def font_of(said: str) -> str:
    """
    >>> font_of("2.50 × 10⁹"), font_of("120 µg – ½")
    ('STSong-Light', 'Helvetica')
    """
    try:
        said.encode("cp1252")
    except UnicodeEncodeError:
        return CHINESE
    return LATIN


def text(said: str, style: ParagraphStyle = TEXT) -> Paragraph:
    return Paragraph(f'<font name="{font_of(said)}">{escape(said).replace(chr(10), "<br/>")}</font>', style)


def table(rows: Sequence[Sequence[str]], *, widths: Sequence[float] = (), ruled: bool = False) -> list[Table]:
    """One table, or none where there is no row; columns of equal width, or of `widths` (points); `ruled` to be written in."""
    if not rows:
        return []
    each = list(widths) or [WIDTH / len(rows[0])] * len(rows[0])
    return [Table([[text(cell) for cell in row] for row in rows], colWidths=each, style=[*LINES, *(RULED if ruled else [])])]


def _fitting(line: str, width: float, font: str, size: float) -> int:
    """Return how many of its first characters are at most `width` points wide, at least one. Bisects:
    thousands of characters without a space cost seconds when each shorter piece is measured in turn."""
    return max(1, bisect_right(range(1, len(line) + 1), width, key=lambda n: pdfmetrics.stringWidth(line[:n], font, size)))


@lru_cache(maxsize=10_000)
def wrapped(said: str, width: float, size: float) -> tuple[str, ...]:
    """The lines of a text, each at most `width` points: broken between words, and inside what has no spaces, as Chinese.

    A tenth of the time that a Paragraph takes, for tables of thousands of cells.
    """
    found: list[str] = []
    font = font_of(said)
    for line in simpleSplit(said, font, size, width):
        while pdfmetrics.stringWidth(line, font, size) > width:
            fits = _fitting(line, width, font, size)
            found.append(line[:fits])
            line = line[fits:]
        found.append(line)
    return tuple(found) or ("",)


def in_pieces(cells: Sequence[Sequence[str]], most: int) -> Iterator[list[str]]:
    """Rows of at most `most` lines: what is taller than a page goes on in a row of its own."""
    for start in range(0, max(1, *map(len, cells)), most):
        yield ["\n".join(lines[start : start + most]) for lines in cells]


def number_page(canvas: Canvas, document: object) -> None:
    """At the foot of the page; for `onFirstPage` and `onLaterPages`."""
    canvas.setFont(LATIN, 8)
    canvas.drawRightString(canvas._pagesize[0] - 30, 18, f"Page {canvas.getPageNumber()}")

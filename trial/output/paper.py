"""The shared parts of every PDF of Casebook: fonts, width, texts, tables, page numbers."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table

LATIN, CHINESE = "Helvetica", "STSong-Light"
"""Fonts that every PDF reader has, so that nothing is embedded.

The second is Adobe's own name. Its figures are narrow where a reader replaces it: whatever the
first can write is written in the first.
"""
pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
TEXT = ParagraphStyle("text", fontName=LATIN, fontSize=9, leading=12, wordWrap="CJK")
HEAD = ParagraphStyle("head", parent=TEXT, fontSize=12, leading=16, spaceBefore=8)
WIDTH = 480  # points, inside the margins of A4
LINES = [("LINEBELOW", (0, 0), (-1, -1), 0.25, "#bbbbbb"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
RULED = [("GRID", (0, 0), (-1, -1), 0.25, "#888888")]


def font_of(words: str) -> str:
    """Return the font that can write the words.

    >>> font_of("2.50 × 10⁹"), font_of("120 µg – ½")
    ('STSong-Light', 'Helvetica')
    """
    try:
        words.encode("cp1252")
    except UnicodeEncodeError:
        return CHINESE
    return LATIN


def text(words: str, style: ParagraphStyle = TEXT) -> Paragraph:
    """Return a paragraph, in which a line break stays one."""
    lines = escape(words).replace("\n", "<br/>")
    return Paragraph(f'<font name="{font_of(words)}">{lines}</font>', style)


def table(
    rows: Sequence[Sequence[str]], *, widths: Sequence[float] = (), ruled: bool = False
) -> list[Table]:
    """Return one table, or none where there is no row.

    Its columns have equal width, or `widths` (points). `ruled`, it has lines to be written in.
    """
    if not rows:
        return []
    columns = list(widths) or [WIDTH / len(rows[0])] * len(rows[0])
    style = [*LINES, *RULED] if ruled else LINES
    return [Table([[text(cell) for cell in row] for row in rows], colWidths=columns, style=style)]


@lru_cache(maxsize=10_000)
def wrapped(words: str, width: float, size: float) -> tuple[str, ...]:
    """Return the lines of a text, each at most `width` points wide.

    It is broken between words, and inside of what has no spaces, as Chinese. That takes a tenth of
    the time of a Paragraph, for tables of thousands of cells.
    """
    lines: list[str] = []
    font = font_of(words)
    for line in simpleSplit(words, font, size, width):
        while stringWidth(line, font, size) > width:
            end = _fitting(line, width, font, size)
            lines.append(line[:end])
            line = line[end:]
        lines.append(line)
    return tuple(lines) or ("",)


def _fitting(line: str, width: float, font: str, size: float) -> int:
    """Return how many characters of a line are at most `width` points wide; one at least.

    It bisects: thousands of characters without a space cost seconds when each shorter piece is
    measured in turn.
    """
    lengths = range(1, len(line) + 1)
    return max(1, bisect_right(lengths, width, key=lambda n: stringWidth(line[:n], font, size)))


def in_pieces(cells: Sequence[Sequence[str]], most: int) -> Iterator[list[str]]:
    """Yield rows of at most `most` lines: a taller one goes on in a row of its own."""
    for start in range(0, max(1, *map(len, cells)), most):
        yield ["\n".join(lines[start : start + most]) for lines in cells]


def number_page(canvas: Canvas, document: object) -> None:
    """Write the number at the foot of the page; for `onFirstPage` and `onLaterPages`."""
    canvas.setFont(LATIN, 8)
    number = _("Page {number}").format(number=canvas.getPageNumber())
    canvas.drawRightString(canvas._pagesize[0] - 30, 18, number)

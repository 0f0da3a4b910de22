"""A signature on paper: what was signed, with the signer's name, the time and the meaning (21 CFR 11.50(b))."""

from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from trial.actions.review import is_unaltered
from trial.models import Signature
from trial.pages import read_part

FONT = "STSong-Light"  # Adobe's own name of a font for Chinese that every PDF reader has: nothing is embedded
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
TEXT = ParagraphStyle("text", fontName=FONT, fontSize=9, leading=12, wordWrap="CJK")
HEAD = ParagraphStyle("head", parent=TEXT, fontSize=12, leading=16, spaceBefore=8)
WIDTH = 480  # points, inside the margins of A4


def pdf_of(signature: Signature) -> bytes:
    """The content that was kept at signing, not what stands now."""
    written = BytesIO()
    document = SimpleDocTemplate(written, pagesize=A4, title=f"Signature {signature.pk}", author=signature.printed_name, invariant=1)
    story = [_text(f"{signature.visit}: {signature.visit.title}", HEAD), *_manifestation(signature), Spacer(1, 6)]
    for part in signature.content.values():
        read = read_part(part)
        story.append(_text(read.title, HEAD))
        story += _table([[label, f"{value} {unit}"] for label, value, unit, *_ in read.items])
        for columns, rows in read.tables:
            story += _table([columns, *rows])
        story += _table([[f"Query about {about}", state.lower()] for about, state in part.get("queries", [])])
    document.build(story)
    return written.getvalue()


def _manifestation(signature: Signature) -> list[Paragraph]:
    kept = "unaltered" if is_unaltered(signature) else "DOES NOT AGREE WITH ITS HASH"
    return [
        _text(f"Signed by: {signature.printed_name}"),
        _text(f"Signed at: {signature.signed_at:%Y-%m-%d %H:%M:%S %Z}"),
        _text(f"Meaning: {signature.get_meaning_display()}"),
        *([_text(signature.warning)] if signature.warning else []),
        _text(f"SHA-256 of the content: {signature.content_sha256} ({kept})"),
    ]


def _text(said: str, style: ParagraphStyle = TEXT) -> Paragraph:
    return Paragraph(escape(said), style)


def _table(rows: list[list[str]]) -> list[Table]:
    if not rows:
        return []
    width = WIDTH / len(rows[0])
    grid = [("LINEBELOW", (0, 0), (-1, -1), 0.25, "#bbbbbb"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return [Table([[_text(cell) for cell in row] for row in rows], colWidths=[width] * len(rows[0]), style=grid)]

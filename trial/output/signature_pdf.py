"""A signature on paper: what was signed, with the signer's name, the time and the meaning (21 CFR 11.50(b))."""

from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

from trial.models import Signature
from trial.output.paper import HEAD, table, text
from trial.output.reading import read_part


def pdf_of(signature: Signature) -> bytes:
    """The content that was kept at signing, not what stands now."""
    written = BytesIO()
    document = SimpleDocTemplate(written, pagesize=A4, title=f"Signature {signature.pk}", author=signature.printed_name, invariant=1)
    story = [text(f"{signature.visit}: {signature.visit.title}", HEAD), *_manifestation(signature), Spacer(1, 6)]
    for part in signature.content.values():
        read = read_part(part)
        story.append(text(read.title, HEAD))
        story.append(text(f"Form version: {read.form_version}"))
        story += table(read.items)
        for columns, rows in read.tables:
            story += table([columns, *rows])
        story += table([[f"Query about {about}", state.lower()] for about, state in part.get("queries", [])])
    document.build(story)
    return written.getvalue()


def _manifestation(signature: Signature) -> list[Paragraph]:
    kept = "unaltered" if signature.is_unaltered() else "DOES NOT AGREE WITH ITS HASH"
    if signature.is_redacted:
        kept = f"values were erased by a redaction; else {kept}"
    return [
        text(f"Signed by: {signature.printed_name}"),
        text(f"Signed at: {signature.signed_at:%Y-%m-%d %H:%M:%S %Z}"),
        text(f"Meaning: {signature.get_meaning_display()}"),
        *([text(signature.warning)] if signature.warning else []),
        text(f"SHA-256 of the content: {signature.content_sha256} ({kept})"),
    ]

"""A signature on paper: what was signed, with name, time and meaning (21 CFR 11.50(b))."""

from io import BytesIO

from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

from trial.models import Signature
from trial.output.paper import HEAD, table, text
from trial.output.reading import read_part


def pdf_of(signature: Signature) -> bytes:
    """Return the content that was kept at signing, not what stands now."""
    written = BytesIO()
    document = SimpleDocTemplate(
        written,
        pagesize=A4,
        title=_("Signature {number}").format(number=signature.pk),
        author=signature.printed_name,
        invariant=1,
    )
    title = f"{signature.visit}: {signature.visit.title}"
    story = [text(title, HEAD), *_manifestation(signature), Spacer(1, 6)]
    for content in signature.content.values():
        part = read_part(content)
        story.append(text(part.title, HEAD))
        story.append(text(_("Form version: {version}").format(version=part.form_version)))
        story += table(part.items)
        for columns, rows in part.tables:
            story += table([columns, *rows])
        about = _("Query about {label}")
        story += table(
            [[about.format(label=label), state.lower()] for label, state in part.queries]
        )
    document.build(story)
    return written.getvalue()


def _manifestation(signature: Signature) -> list[Paragraph]:
    """Return who signed, when, with which meaning, and whether the content is unaltered."""
    lines = [
        _("Signed by: {name}").format(name=signature.printed_name),
        _("Signed at: {moment}").format(moment=f"{signature.signed_at:%Y-%m-%d %H:%M:%S %Z}"),
        _("Meaning: {meaning}").format(meaning=signature.get_meaning_display()),
        signature.warning,
        _("SHA-256 of the content: {sha256} ({state})").format(
            sha256=signature.content_sha256, state=_state(signature)
        ),
    ]
    return [text(line) for line in lines if line]


def _state(signature: Signature) -> str:
    kept = _("unaltered") if signature.is_unaltered() else _("DOES NOT AGREE WITH ITS HASH")
    if signature.is_redacted:
        return _("values were erased by a redaction, otherwise {kept}").format(kept=kept)
    return kept

"""Text with a character that no document can carry is refused (crf_spec 0.3)."""

from trial.protocol.typed.characters import unfit
from trial.refusals import Code, impossible


def of_xml_characters(text: str) -> None:
    """Refuse text with a character that XML 1.0 cannot carry, such as U+0001 or U+FFFE."""
    if character := unfit(text):
        raise impossible(Code.CHARACTER_IN_TEXT, character=character)

"""Every sentence that a user can see, in one list for a reader who did not write them.

`manage.py sentences` prints it, and writes the template that a translation begins with.
"""

from collections.abc import Iterable

from trial.management.sentences import definitions, literals, templates
from trial.management.sentences.sentence import Sentence


def sentences() -> list[Sentence]:
    """Return what a reader reads: each text once for its kind, with the places that show it.

    A refusal is listed as the reader sees it: what is wrong and what to do, in one.
    """
    return merged(
        [
            *literals.refusals(),
            *literals.in_code(),
            *literals.of_the_protocol(),
            *templates.in_templates(),
            *definitions.of_models(),
            *definitions.of_the_protocol(),
            *definitions.of_reasons(),
        ]
    )


def messages() -> list[Sentence]:
    """Return what a translator translates: each text as gettext looks it up."""
    return merged(
        [
            *literals.parts_of_refusals(),
            *literals.in_code(),
            *literals.of_the_protocol(),
            *templates.in_templates(),
            *definitions.of_models(),
            *definitions.of_the_protocol(),
            *definitions.of_reasons(),
        ]
    )


def merged(listed: Iterable[Sentence]) -> list[Sentence]:
    """Return each text once for its kind, by kind and first place, with all its places."""
    by_text: dict[tuple[str, str], Sentence] = {}
    for sentence in listed:
        key = sentence.kind, sentence.text
        earlier = by_text.get(key)
        by_text[key] = earlier.joined(sentence) if earlier else sentence
    return sorted(by_text.values(), key=lambda sentence: (sentence.kind, sentence.places))

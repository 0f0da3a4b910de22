"""The texts in templates: those in `translate` and `blocktranslate`, and those outside."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.conf import settings
from django.template import Template, engines
from django.template.backends.django import DjangoTemplates
from django.template.base import Lexer, Node, Token, TokenType
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.text import smart_split
from django.utils.translation import trim_whitespace

from trial.management.sentences.sentence import PAGE, Sentence

FOLDER: Path = settings.BASE_DIR / "templates"
SHOWN = {"alt", "aria-label", "label", "placeholder", "title"}
"""Attributes whose value a person sees or hears; `value` is one of them on a button alone."""
BUTTONS = {"submit", "button", "reset"}
OWN_NAMES = {"NCT06652022", "POST", "api", "token", "v"}
"""Names that no language translates: the trial's registration, an address."""


def files() -> list[Path]:
    """Return the templates."""
    return sorted(FOLDER.rglob("*.html"))


def in_templates() -> Iterator[Sentence]:
    """Yield the texts of all templates."""
    for path in files():
        name = path.relative_to(FOLDER).as_posix()
        for node in _compiled(name).nodelist.get_nodes_by_type(Node):
            yield from _texts_of(node, name)


def _compiled(name: str) -> Template:
    backend = engines["django"]
    assert isinstance(backend, DjangoTemplates)
    return backend.engine.get_template(name)


def _texts_of(node: Node, name: str) -> Iterator[Sentence]:
    line = node.token.lineno if node.token else 0
    place = (f"templates/{name}:{line}",)
    if isinstance(node, TranslateNode):
        variable = node.filter_expression.var
        text = getattr(variable, "literal", None)
        if isinstance(text, str):
            yield Sentence(PAGE, place, text)
    elif isinstance(node, BlockTranslateNode):
        text = _with_placeholders(node, node.singular)
        plural = _with_placeholders(node, node.plural) if node.plural else ""
        yield Sentence(PAGE, place, text, plural)


def _with_placeholders(node: BlockTranslateNode, tokens: list[Token]) -> str:
    """Return the text as Django looks it up: `%(name)s` where the template has `{{ name }}`."""
    text, _names = node.render_token_list(tokens)
    return str(trim_whitespace(text) if node.trimmed else text)


class _Outside(HTMLParser):
    """Reads what a person sees or hears of a page, where every tag of the template is blank."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        """Read text between tags."""
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read the attributes that a person sees or hears."""
        values = dict(attrs)
        shown = SHOWN | {"value"} if values.get("type") in BUTTONS and tag == "input" else SHOWN
        self.texts += [value or "" for name, value in values.items() if name in shown]


def outside_gettext(source: str) -> list[str]:
    """Return the words of a template that no translation reaches.

    >>> outside_gettext('<p title="Why">{% translate "Sign" %} it, {{ person }}</p>')
    ['Why', 'it,']
    """
    parser = _Outside()
    parser.feed(_without_tags(source))
    parser.close()
    words = " ".join(parser.texts).split()
    return [word for word in words if not set(re.findall(r"[^\W\d_]+\d*", word)) <= OWN_NAMES]


def _without_tags(source: str) -> str:
    """Return the HTML of a template: its tags, variables and translated blocks are left out."""
    html: list[str] = []
    is_translated = False
    for token in Lexer(source).tokenize():
        name = next(smart_split(token.contents), "") if token.token_type == TokenType.BLOCK else ""
        if name in {"blocktranslate", "endblocktranslate", "comment", "endcomment"}:
            is_translated = not name.startswith("end")
        if token.token_type == TokenType.TEXT and not is_translated:
            html.append(token.contents)
    return "".join(html)

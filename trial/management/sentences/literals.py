"""The texts in code: what stands in a call of gettext, and the table of refusals."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

from trial.management.sentences.sentence import CODE, LABEL, NOTICE, REFUSAL, Sentence
from trial.refusals import Code

APPS = ("trial", "crf", "followup")
GETTEXT = {"gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
PLURAL = {"ngettext", "ngettext_lazy"}
TABLE = "trial.refusals.table"
MAKE_SENTENCES = {"Sentence": 0, "finding": 1}
"""The calls that make sentences of the protocol, with the position of the template."""
REFUSING = {
    "BadRequest",
    "CommandError",
    "Http404",
    "Impossible",
    "PermissionDenied",
    "Refused",
    "Unproven",
    "Unreadable",
    "Unusable",
    "ValidationError",
}
"""Names of the exceptions that carry a refusal."""


def refusals() -> Iterator[Sentence]:
    """Yield the table of refusals as the reader sees it, by code."""
    for code in Code:
        yield Sentence(REFUSAL, (f"refusals.{code.value}",), code.source)


def parts_of_refusals() -> Iterator[Sentence]:
    """Yield the table of refusals as gettext looks it up: what is wrong, and what to do."""
    for code in Code:
        for part in (code.wrong, code.remedy):
            if part:
                yield Sentence(REFUSAL, (f"refusals.{code.value}",), part)


@cache
def in_code() -> tuple[Sentence, ...]:
    """Return the texts that stand in a call of gettext, in all three apps."""
    listed: list[Sentence] = []
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            module = _module(path)
            if "migrations" not in path.parts and module != TABLE:
                listed += texts_of(path.read_text(encoding="utf-8"), module)
    return tuple(listed)


def _module(path: Path) -> str:
    parts = path.relative_to(settings.BASE_DIR).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def of_the_protocol() -> Iterator[Sentence]:
    """Yield the sentences of the protocol: reasons of verdicts, criteria, meanings of parameters.

    The protocol knows nothing of Django, and so of gettext.
    """
    for path in sorted((settings.BASE_DIR / "trial" / "protocol").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for text, line in _sentences_of(tree):
            yield Sentence(NOTICE, (f"{_module(path)}:{line}",), text)


def _sentences_of(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield the templates of sentences, and literals with words enough to be one."""
    aside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in MAKE_SENTENCES:
            template = node.args[MAKE_SENTENCES[_name(node.func)]]
            aside.add(id(template))
            if text := _literal(template):
                yield text, node.lineno
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            aside.update(id(part) for part in node.values)
        if id(node) in aside:  # a docstring, or a part of what was read as a whole
            continue
        text = _literal(node)
        if text[:1].isupper() and len(re.findall(r"[a-z]{3,}", text)) > 2:
            yield text, getattr(node, "lineno", 0)


def _literal(node: ast.AST) -> str:
    """Return the text of a literal, with what is filled in in braces; none for anything else."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_literal(part) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return f"{{{ast.unparse(node.value)}}}"
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ""


def texts_of(source: str, module: str) -> list[Sentence]:
    """Return the texts of a module.

    >>> texts_of("from django.utils.translation import gettext as _\\nx = _('A visit')", "m")
    [Sentence(kind='notice', places=('m:2',), text='A visit', plural='')]
    """
    tree = ast.parse(source)
    reader = _Reader(module, _names_of_gettext(tree))
    reader.visit(tree)
    return reader.sentences


def _names_of_gettext(tree: ast.Module) -> dict[str, str]:
    """Return the functions of gettext by the names that the module has for them."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for alias in node.names:
                if alias.name in GETTEXT:
                    names[alias.asname or alias.name] = alias.name
    return names


class _Reader(ast.NodeVisitor):
    """Reads the texts of a module, and tells their kind by what stands around them."""

    def __init__(self, module: str, names: dict[str, str]) -> None:
        self.module = module
        self.names = names
        self.kind = NOTICE
        self.sentences: list[Sentence] = []

    def _visit_as(self, kind: str, node: ast.AST) -> None:
        before, self.kind = self.kind, kind
        self.generic_visit(node)
        self.kind = before

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Read the names of codes in a class of choices."""
        bases = {
            name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")
            for name in node.bases
        }
        self._visit_as(CODE if bases & {"TextChoices", "IntegerChoices"} else self.kind, node)

    def visit_keyword(self, node: ast.keyword) -> None:
        """Read the label of a field."""
        self._visit_as(LABEL if node.arg in {"label", "verbose_name"} else self.kind, node)

    def visit_Call(self, node: ast.Call) -> None:
        """Read a call of gettext, or what an exception carries."""
        name = _name(node.func)
        function = self.names.get(name, "")
        texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
        if function and texts and isinstance(texts[0], str):
            plural = str(texts[1]) if function in PLURAL else ""
            place = f"{self.module}:{node.lineno}"
            self.sentences.append(Sentence(self.kind, (place,), texts[0], plural))
        self._visit_as(REFUSAL if name in REFUSING else self.kind, node)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")

"""Every refusal has one code, one status and one sentence, whoever refuses: Python, PostgreSQL or a constraint (trial/refusals)."""

import ast
import re
from collections import Counter, defaultdict
from pathlib import Path
from string import Formatter

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import translation
from tests.refusals_before import BEFORE
from trial.actions.saving import writing
from trial.audit.refusing import EXPRESSIONS, NAMED, raising
from trial.refusals import Code, Conflict, NotAllowed, Problem, Refused, impossible, problems_of

from trial import refusals

HOUSE = Path(__file__).parents[2]
SQL = sorted((HOUSE / "trial/audit/sql").glob("*.sql"))
SOURCES = [path for app in ("trial", "crf", "followup") for path in (HOUSE / app).rglob("*.py") if "migrations" not in path.parts]
RAISED_IN_SQL = sorted({name for path in SQL for name in NAMED.findall(path.read_text())})
ANY = "*"


def placeholders(code):
    return [name for _, name, _, _ in Formatter().parse(code.source) if name]


def test_the_page_of_refusals_is_current():
    assert (HOUSE / "docs/refusals.md").read_text() == refusals.page()


@pytest.mark.parametrize("code", Code)
def test_a_code_is_named_as_it_reads_and_its_sentence_is_whole(code):
    assert code == code.name.lower()
    assert 400 <= code.status <= 500
    facts = {name: "X." if name in ("sentence", "undone") else "X" for name in placeholders(code)}
    sentence = code.sentence(**facts)
    assert sentence[0].isupper() or sentence[0] in "“"
    assert sentence.endswith((".", "_"))
    assert "  " not in sentence
    assert "{" not in sentence


def test_every_code_is_raised_somewhere():
    named = {name for path in SOURCES if path.name != "table.py" for name in re.findall(r"Code\.([A-Z_0-9]+)", path.read_text())}
    assert {code.name for code in Code} - named - {name.upper() for name in RAISED_IN_SQL} == set()


def test_a_code_says_how_it_is_raised():
    assert isinstance(Refused(Code.NOT_ALLOWED), NotAllowed)
    assert isinstance(Refused(Code.STALE_VERSION), Conflict)
    assert type(Refused(Code.REASON_MISSING)) is Refused
    several = Refused(Problem(Code.UNANSWERED, "pulse", {"label": "Pulse"}), Problem(Code.FUTURE_DATE, "on", {"value": 2, "today": 1}))
    assert (several.code, several.status) == (Code.UNANSWERED, 422)
    assert str(several) == "“Pulse” is not answered. Enter it, or say why it is missing. 2 lies in the future; today is 1."
    assert [item for item, _ in several.problems] == ["pulse", "on"]


def test_what_a_model_says_is_impossible_keeps_code_item_and_facts():
    with pytest.raises(ValidationError) as error:
        raise impossible(Code.FUTURE_DATE, item="given_on", value="2999-01-01", today="2025-01-01")
    assert problems_of(error.value) == [Problem(Code.FUTURE_DATE, "given_on", {"value": "2999-01-01", "today": "2025-01-01"})]


@pytest.mark.parametrize("path", SQL, ids=lambda path: path.name)
def test_sql_refuses_by_codes_of_the_table_alone(path):
    text = path.read_text()
    assert "raise exception" not in text
    assert set(NAMED.findall(text)) <= set(Code)


@pytest.mark.parametrize("name", RAISED_IN_SQL)
def test_sql_says_the_sentence_of_the_table(name):
    """The message is made of it, the code is the constraint's name, the facts are the detail; each fact is there to be told."""
    code, statement = Code(name), raising(Code(name))
    message = re.search(r"raise exception '((?:[^']|'')*)'", statement)[1].replace("''", "'")
    assert message == re.sub(r"\{\w+\}", "%", code.source)
    assert f"constraint = '{name}'" in statement
    for path in SQL:
        if f"{{refuse.{name}}}" in path.read_text():
            for fact in placeholders(code):
                assert fact in EXPRESSIONS or re.search(rf"\b{fact}\b.*(text|;)", path.read_text())


def test_no_constraint_has_the_name_of_a_code():
    names = {constraint.name for model in apps.get_models() for constraint in model._meta.constraints}
    assert names & set(Code) == set()


class Raised(Exception):
    """As psycopg tells what PostgreSQL refused."""

    def __init__(self, constraint_name, message_detail=None):
        self.diag = type("Diag", (), {"constraint_name": constraint_name, "message_detail": message_detail, "message_primary": "?"})()


def told(*facts):
    error = IntegrityError("?")
    error.__cause__ = Raised(*facts)
    return writing.refusal_of(error)


@pytest.mark.parametrize("name", RAISED_IN_SQL)
def test_what_postgresql_refuses_has_the_status_of_its_code_whatever_its_words(name, monkeypatch):
    code = Code(name)
    monkeypatch.setattr(code, "wrong", "Put in other words.")
    monkeypatch.setattr(code, "remedy", "")
    assert (told(name).status, str(told(name))) == (code.status, "Put in other words.")


def test_the_facts_that_postgresql_tells_are_said_in_the_readers_language(monkeypatch):
    monkeypatch.setattr("trial.refusals.table.gettext", lambda text: {"Visit {visit} is frozen.": "访视 {visit} 已冻结。"}.get(text, text))
    with translation.override("zh-hans"):
        assert str(told("visit_frozen", '{"visit": "01-001 SCR"}')).startswith("访视 01-001 SCR 已冻结。")


def test_a_constraint_has_the_code_of_its_model():
    assert told("crf_vitalsigns_pulse_limits").code == Code.OUT_OF_LIMITS
    assert told("crf_vitalsigns_ecog_codes").code == Code.NOT_A_CODE
    assert told("crf_vitalsigns_one_of_a_visit").code == Code.FORM_ENTERED
    assert told("agent_once_a_day").code == Code.ENTERED_TWICE
    assert told("missed_visit_has_no_date").code == Code.IMPOSSIBLE
    assert told("no_such_constraint").code == Code.ALREADY_THERE


def is_code(node):
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Code"


def calls_with_codes():
    """Each call in the sources that is given a code, with that code."""
    for path in SOURCES:
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            given = [*call.args, *(key.value for key in call.keywords)]
            yield from ((path, call, Code[argument.attr]) for argument in given if is_code(argument))


CALLS = list(calls_with_codes())
MAKERS = ("Refused", "Unproven", "LockedOutSigner", "impossible", "malformed", "told")


def maker(call):
    return getattr(call.func, "id", "")


def test_each_refusal_is_given_the_facts_of_its_sentence():
    wanting = []
    for path, call, code in CALLS:
        facts = {key.arg for key in call.keywords}
        needed = set(placeholders(code))
        if maker(call) in MAKERS and not needed <= facts and not facts & {"sentence", None}:
            wanting.append(f"{path.name}:{call.lineno} {code}: {needed - facts}")
    assert wanting == []


def item_beside(path, call):
    """The item that a call names; ANY where it is that of whoever asks, as of a validator."""
    named = {key.arg: key.value for key in call.keywords}
    has_place = maker(call) in ("Problem", "Obstacle") and len(call.args) > 1
    item = named.get("item") or (call.args[1] if has_place else None)
    if item is None and (maker(call) in ("malformed", "detail_of") or "fields" in path.parts):
        return ANY
    if item is None:
        return "reason" if maker(call) == "checked_text" else ""
    return item.value if isinstance(item, ast.Constant) else ANY


def items_of_codes():
    """By code: the items that the sources name beside it; ANY where item or code is a variable."""
    items, in_calls, named = defaultdict(set), Counter(), Counter()
    for path, call, code in CALLS:
        items[code].add(item_beside(path, call))
        in_calls[code] += 1
    for path in SOURCES:
        if path.name != "table.py":
            nodes = ast.walk(ast.parse(path.read_text()))
            named.update(Code[node.attr] for node in nodes if is_code(node) and node.attr in Code.__members__)
    for code, times in named.items():
        if times > in_calls[code]:  # it stands in a table, or is a default
            items[code].add(ANY)
    return items


ITEMS = items_of_codes()


@pytest.mark.parametrize(("sentence", "status", "item", "code"), BEFORE, ids=lambda value: str(value)[:50])
def test_what_was_refused_before_codes_is_refused_with_the_same_status_and_item(sentence, status, item, code):
    """Recorded when the sentences stood in the code beside each raise, and PostgreSQL's were matched by their beginnings."""
    assert Code(code).status == status
    items = ITEMS[Code(code)]
    assert item in items or ANY in items or (item == "" and code in RAISED_IN_SQL)

"""The API's answer to each refusal, in one shape (RFC 9457)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from trial.accounts.second_factor import Unproven
from trial.refusals import Both, Code, Problem, Refused

from .base import PROBLEM_JSON, WrongLogin

OF_STATUS = {
    400: Code.MALFORMED,
    401: Code.NOT_KNOWN,
    403: Code.NOT_ALLOWED,
    404: Code.NOT_FOUND,
    405: Code.NO_SUCH_ACT,
    415: Code.MEDIA_TYPE,
    429: Code.LOCKED_OUT,
    500: Code.FAILED,
}
"""The code of each status, where Django or DRF refuse and name no code of ours."""
SAYS_NO_MORE = (401, 404, 415)
"""Statuses whose answer is the same, whatever the reason."""


def answer_to(error: Exception, context: Any) -> Response | None:
    """Answer a refusal in sentences, and undo all that the request wrote.

    A failed login or proof is not undone: it would not be counted.
    """
    if isinstance(error, Refused):
        if not isinstance(error, Unproven):
            set_rollback()
        body = refusal_body(error.problems, error.codes)
        if error.both:
            body["both"] = _both_values(error.both[0])
        return _answer(body)
    if isinstance(error, WrongLogin):
        headers = {"WWW-Authenticate": error.auth_header}
        return _answer(refusal_body([Problem(error.code)]), headers)
    answer = exception_handler(error, context)
    if answer is None:
        return None
    headers = {name: value for name, value in answer.items() if name != "Content-Type"}
    problems = _problems(error, answer)
    return _answer(refusal_body(problems, status=answer.status_code), headers)


def _answer(body: dict[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    headers = None if headers is None else dict(headers)
    return Response(body, status=body["status"], headers=headers, content_type=PROBLEM_JSON)


def _problems(error: Exception, answer: Response) -> list[Problem]:
    """Return the problems of an error of DRF's."""
    if answer.status_code in SAYS_NO_MORE:
        return [Problem(OF_STATUS[answer.status_code])]
    if isinstance(error, exceptions.ParseError):
        sentence = f"{Code.MALFORMED.sentence()} {error.detail}"
        return [Problem(Code.MALFORMED, facts={"sentence": sentence})]
    usual = OF_STATUS.get(answer.status_code, Code.REFUSED)
    return list(_flat(answer.data, usual=usual))


def _flat(data: Any, item: str = "", *, usual: Code) -> Iterator[Problem]:
    """Yield a problem for each of nested errors, with its place: `rows.results.0.unit`."""
    if isinstance(data, dict):
        for name, inner in data.items():
            is_whole = name in ("detail", "non_field_errors")
            place = item if is_whole else f"{item}.{name}".lstrip(".")
            yield from _flat(inner, place, usual=usual)
    elif isinstance(data, list) and any(isinstance(inner, (dict, list)) for inner in data):
        for number, inner in enumerate(data):
            yield from _flat(inner, f"{item}.{number}", usual=usual)
    else:
        for sentence in data if isinstance(data, list) else [data]:
            yield Problem(_code_of(sentence, usual), item, {"sentence": sentence})


def _code_of(sentence: Any, usual: Code) -> Code:
    """Return the code that comes with a detail of DRF's, or the usual one of its status."""
    code = getattr(sentence, "code", "")
    if code == "required":
        return Code.FIELD_MISSING
    return code if isinstance(code, Code) else usual


def refusal_body(
    problems: Sequence[Problem], codes: Sequence[str] = (), *, status: int | None = None
) -> dict[str, Any]:
    """Return the body of a refusal (RFC 9457, section 3).

    The first problem gives type, title and status.
    """
    code = problems[0].code
    entries = [_entry(problem) for problem in problems]
    names_items = code.status == 400
    return {
        "type": code.address,
        "title": code.in_words,
        "status": status or code.status,
        "detail": " ".join(_in_words(entry, names_item=names_items) for entry in entries),
        "code": code.value,
        "problems": entries,
        "codes": list(codes),
    }


def _entry(problem: Problem) -> dict[str, str]:
    return {
        "item": _printable(problem.item),
        "code": problem.code.value,
        "message": _printable(problem.sentence),
    }


def _in_words(entry: dict[str, str], *, names_item: bool) -> str:
    if names_item and entry["item"]:
        return f"{entry['item']}: {entry['message']}"
    return entry["message"]


def _both_values(both: Both) -> dict[str, Any]:
    items = {}
    for name, (yours, stored) in both.items.items():
        items[name] = {"yours": _plain(yours), "stored": _plain(stored)}
    return {"id": both.row, "version": both.version, "items": items}


def _plain(value: Any) -> Any:
    """Return the value as the API writes it: numbers of items as text, references by id."""
    if isinstance(value, models.Model):
        return value.pk
    return f"{value:f}" if isinstance(value, Decimal) else value


def _printable(text: str) -> str:
    """Return text, part of which may be as sent, with a sign for what UTF-8 cannot hold."""
    return text.encode(errors="replace").decode()

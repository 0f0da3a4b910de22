"""The history as a table that people take along: CSV by RFC 4180 in UTF-8.

Codes have their labels beside them.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

COLUMNS = (
    "seq", "at", "by", "name", "act", "site", "subject", "visit", "form", "form_title", "record",
    "group", "row", "item", "label", "old", "old_text", "new", "new_text", "reason", "client",
)  # fmt: skip
"""The columns, as the API names them.

`old` and `new` are as stored, `old_text` and `new_text` as people read them.
"""
BEGINS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""Characters at which a spreadsheet begins a formula (OWASP, CSV injection), also in full width."""
SPLITS = re.compile(r"""([;,|"\t\n\r])(?=[=+\-@＝＋－＠])""")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")

# The value of an item is of any type, hence `Any`.
Line = Mapping[str, Any]


def csv_of(changes: Iterable[Line]) -> tuple[bytes, int]:
    """Return the file, and how many changed items stand in it."""
    return table_of(COLUMNS, changes)


def table_of(columns: Sequence[str], lines: Iterable[Line]) -> tuple[bytes, int]:
    """Return the file, and how many lines stand in it.

    It begins with a byte order mark: without it, spreadsheets misread Chinese.
    """
    out, rows = io.StringIO(newline=""), 0
    writer = csv.writer(out)
    writer.writerow(columns)
    for line in lines:
        writer.writerow([cell(line[column]) for column in columns])
        rows += 1
    return out.getvalue().encode("utf-8-sig"), rows


def cell(value: Any) -> str:
    """Return a value as text that no spreadsheet takes for a formula.

    Text that would begin one gets an apostrophe before it, as spreadsheets mark text; a number
    stays a number. So does what follows a sign at which a spreadsheet set up otherwise begins
    another cell: in much of Europe, the semicolon.

    >>> cell("=1+1"), cell("-2.50"), cell("-2 mm"), cell(None), cell("cushion;=1+1")
    ("'=1+1", '-2.50', "'-2 mm", '', "cushion;'=1+1")
    """
    words = plain(value)
    text = words[:1] + SPLITS.sub(r"\1'", words[1:])
    is_formula = text.startswith(BEGINS_FORMULA) and not NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text


def plain(value: Any) -> str:
    """Return a value as text: lists and reasons as the API has them, moments with their offset."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {entry}" for name, entry in value.items())
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return str(value.isoformat() if hasattr(value, "isoformat") else value)

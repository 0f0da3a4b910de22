"""What can be counted of how the code reads: `make house` prints it, tests/test_house.py bounds it.

`python -m tests.house FOLDER` counts another checkout, for a table of before and after.
"""

import ast
import inspect
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HOUSE = Path(__file__).parent.parent
APPS = ("trial", "crf", "followup")
LONGEST_LINE, LONGEST_FUNCTION, LONGEST_FILE, MOST_ENTRIES = 100, 40, 300, 20
FORM_FILES = ("crf/models/", "followup/models/")
"""One item is one line there, of up to 140 characters."""

TABLES = {
    "trial/protocol/laboratory/analytes.py",
    "trial/protocol/laboratory/ctcae_ladders.py",
    "trial/protocol/parameters.py",
    "trial/protocol/schedule/visits.py",
    "trial/protocol/study.py",
    "trial/protocol/therapy/agents.py",
    "trial/protocol/therapy/regimens.py",
    "trial/refusals/table.py",
}
"""Files that are one literal table: a row is a line of up to 140 characters, and a table may be long."""

VAGUE = {
    "one", "ones", "other", "another", "others", "found", "said", "told", "asked", "read", "held",
    "made", "known", "thing", "things", "stuff", "it", "them", "whole", "that", "those",
}  # fmt: skip
"""Identifiers that say nothing about what they hold. (`given` is an item: CDASH ECOCCUR.)"""

FRAGMENTS = {
    "Of", "What", "Whether", "Over", "As", "Who", "Whom", "Whose", "How", "By", "From", "With",
    "Without", "When", "Where", "Why", "In", "For", "That", "Those", "Than", "To", "Not", "At",
    "On", "Also", "Before", "After", "Because", "Beside", "Besides", "Until", "While", "Within",
    "Under", "Between", "Instead", "Like", "Per", "Since", "So", "Then", "There", "Through",
    "Too", "Here",
}  # fmt: skip
"""Words that a docstring of a whole sentence does not begin with."""


class Definition(NamedTuple):
    """A name that the code gives, where it is given."""

    name: str
    path: str
    line: int


def sources(root: Path = HOUSE, *, migrations: bool = False) -> list[Path]:
    """Return the product's Python files."""
    files = [path for app in APPS for path in sorted((root / app).rglob("*.py"))]
    return files if migrations else [path for path in files if "migrations" not in path.parts]


def relative(path: Path, root: Path = HOUSE) -> str:
    return path.relative_to(root).as_posix()


def is_wide(path: str) -> bool:
    """Return whether lines of up to 140 characters are allowed: form files and literal tables."""
    return path.startswith(FORM_FILES) or path in TABLES


def long_lines(root: Path = HOUSE) -> list[str]:
    """Return `file:line` of each line over 100 characters outside form files and tables."""
    places = []
    for path in sources(root):
        name = relative(path, root)
        if is_wide(name):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if len(line) > LONGEST_LINE:
                places.append(f"{name}:{number}")
    return places


def long_functions(root: Path = HOUSE) -> list[str]:
    """Return the functions of more than 40 lines, docstring included."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        f"{relative(path, root)}:{node.lineno} {node.name}"
        for path in sources(root)
        for node in ast.walk(parsed(path))
        if isinstance(node, functions) and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]


def long_files(root: Path = HOUSE) -> list[str]:
    """Return the files of more than 300 lines that are no table."""
    lengths = {relative(path, root): len(path.read_text().splitlines()) for path in sources(root)}
    return [name for name, lines in lengths.items() if lines > LONGEST_FILE and name not in TABLES]


def full_folders(root: Path = HOUSE) -> list[str]:
    """Return the folders with more than twenty entries, `__init__.py` not counted."""
    folders = {path.parent for path in sources(root)}
    return sorted(relative(f, root) for f in folders if len(entries(f)) > MOST_ENTRIES)


def entries(folder: Path) -> list[str]:
    hidden = {"__init__.py", "__pycache__"}
    return sorted(path.name for path in folder.iterdir() if path.name not in hidden)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def definitions(root: Path = HOUSE) -> Iterator[Definition]:
    """Yield each name that is given: functions, classes, arguments, variables, attributes."""
    for path in sources(root):
        for node in ast.walk(parsed(path)):
            for name in names_given(node):
                yield Definition(name, relative(path, root), node.lineno)


def names_given(node: ast.AST) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.arg):
        return [node.arg]
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return [node.id]
    return []


def vague_names(root: Path = HOUSE) -> list[Definition]:
    return [d for d in definitions(root) if d.name.strip("_") in VAGUE]


def docstrings(root: Path = HOUSE) -> Iterator[tuple[str, str]]:
    """Yield `file:line` and the text of each docstring, also of those behind an attribute."""
    for path in sources(root):
        for node in ast.walk(parsed(path)):
            is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if is_text and isinstance(node.value.value, str):
                yield f"{relative(path, root)}:{node.lineno}", inspect.cleandoc(node.value.value)


def fragments(root: Path = HOUSE) -> list[str]:
    """Return the docstrings that begin with a fragment of a sentence, or have no end."""
    return [f"{place} {text.splitlines()[0]}" for place, text in docstrings(root) if re.match(r"\W*(\w+)", text) and begins_badly(text)]


def begins_badly(text: str) -> bool:
    first = re.match(r"\W*(\w+)", text)
    return first is not None and first.group(1) in FRAGMENTS


def unnamed_modules(root: Path = HOUSE) -> list[str]:
    """Return the modules and packages of the apps that no layer of import-linter names."""
    tools = tomllib.loads((root / "pyproject.toml").read_text())["tool"]
    contracts = tools["importlinter"]["contracts"]
    layers = [layer for c in contracts if c["type"] == "layers" for layer in c["layers"]]
    named = set(re.findall(r"\w+", " ".join(layers)))
    children = {
        f"{app}.{path.stem}" for app in APPS for path in (root / app).iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    modules = [m for m in children if not m.endswith(("__init__", "__pycache__"))]
    return sorted(m for m in modules if m.split(".")[1] not in named)


def branches_and_loops(root: Path = HOUSE) -> tuple[float, float]:
    """Return ternaries and comprehensions, each per 1,000 lines."""
    comprehension = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    nodes = [node for path in sources(root) for node in ast.walk(parsed(path))]
    ternaries = sum(isinstance(node, ast.IfExp) for node in nodes)
    comprehensions = sum(isinstance(node, comprehension) for node in nodes)
    thousands = line_count(sources(root)) / 1000
    return ternaries / thousands, comprehensions / thousands


def line_count(paths: list[Path]) -> int:
    return sum(len(path.read_text().splitlines()) for path in paths)


def figures(root: Path = HOUSE) -> dict[str, str]:
    """Return the table of docs/measurements.md, but for the queries that a test counts."""
    code, migrations = sources(root), [p for p in sources(root, migrations=True) if "migrations" in p.parts]
    longest = max(code, key=lambda path: line_count([path]))
    given, vague = len(list(definitions(root))), len(vague_names(root))
    ternaries, comprehensions = branches_and_loops(root)
    tests = line_count(sorted((root / "tests").rglob("*.py")))
    return {
        "modules directly in trial/": str(len([p for p in (root / "trial").glob("*.py") if p.stem != "__init__"])),
        "folders with more than 20 entries": str(len(full_folders(root))),
        "longest file, lines": f"{line_count([longest])} ({relative(longest, root)})",
        "files over 300 lines that are no table": str(len(long_files(root))),
        "functions over 40 lines": str(len(long_functions(root))),
        "lines over 100 characters outside form files and tables": str(len(long_lines(root))),
        "ternaries per 1,000 lines": f"{ternaries:.1f}",
        "comprehensions per 1,000 lines": f"{comprehensions:.1f}",
        "vague names": f"{vague} of {given} ({100 * vague / given:.2f} %)",
        "docstrings that open with a fragment": str(len(fragments(root))),
        "modules under no contract": str(len(unnamed_modules(root))),
        "lines of migrations": str(line_count(migrations)),
        "lines of tests for one line of code": f"{tests / line_count(code):.2f}",
    }


if __name__ == "__main__":
    counted = figures(Path(sys.argv[1]) if len(sys.argv) > 1 else HOUSE)
    sys.stdout.writelines(f"{label}: {figure}\n" for label, figure in counted.items())

"""The rules of the house that no linter knows: sizes, names, docstrings."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest


REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = REPOSITORY / "src" / "loyaltycore"

LINES_MAX = 400
CARD_LINES_MAX = 200
FUNCTION_LINES_MAX = 60
GRAB_BAGS = {"utils", "helpers", "common", "misc", "base", "handler", "processor"}

SOURCES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((REPOSITORY / "tests").rglob("*.py"))
OTHERS = [
    REPOSITORY / "conftest.py",
    *sorted((REPOSITORY / "docs").rglob("*.py")),
    *sorted((REPOSITORY / "scripts").rglob("*.py")),
    *sorted((REPOSITORY / "benchmarks").rglob("*.py")),
]
EVERYTHING = [*SOURCES, *TESTS, *OTHERS]


def named(paths: list[Path]) -> list[object]:
    """Give each file as a case that is called by its path."""
    return [
        pytest.param(path, id=path.relative_to(REPOSITORY).as_posix()) for path in paths
    ]


def length_of(node: ast.stmt) -> int:
    """Count the lines of a definition."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def functions_of(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """List the functions of a module, methods and inner ones included."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def declared_names(tree: ast.Module) -> list[str] | None:
    """Read ``__all__`` as it is written down, or None where there is none."""
    for node in tree.body:
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        if any(isinstance(name, ast.Name) and name.id == "__all__" for name in targets):
            value = getattr(node, "value", None)
            return list(ast.literal_eval(value)) if value else None
    return None


def sorted_like_ruff(names: list[str]) -> list[str]:
    """Sort constants first, then classes, then the rest."""

    def rank(name: str) -> tuple[int, str]:
        if name.isupper() and len(name) > 1:
            return 0, name
        return (1 if name[0].isupper() else 2), name

    return sorted(names, key=rank)


@pytest.mark.parametrize("path", named(SOURCES))
def test_a_file_is_short(path: Path):
    """A file holds one idea, so it fits into a few screens."""
    within_cards = path.parent == PACKAGE / "cards"
    lines_max = CARD_LINES_MAX if within_cards else LINES_MAX
    lines = path.read_text("utf-8").count("\n")

    assert lines <= lines_max


@pytest.mark.parametrize("path", named(SOURCES))
def test_a_function_is_short(path: Path):
    """A function fits on one screen."""
    tree = ast.parse(path.read_text("utf-8"))

    too_long = [
        f"{node.name}: {length_of(node)} lines"
        for node in functions_of(tree)
        if length_of(node) > FUNCTION_LINES_MAX
    ]

    assert [] == too_long


@pytest.mark.parametrize("path", named(EVERYTHING))
def test_a_file_has_a_name(path: Path):
    """No file is a bag for what found no place."""
    words = set(re.split(r"[_./]", path.relative_to(REPOSITORY).as_posix().lower()))

    assert set() == words & GRAB_BAGS


@pytest.mark.parametrize("path", named(SOURCES))
def test_public_names_are_sorted(path: Path):
    """A module that lists its public names lists each once and in order."""
    names = declared_names(ast.parse(path.read_text("utf-8")))
    if names is None:
        return

    assert sorted_like_ruff(list(set(names))) == names


@pytest.mark.parametrize("path", named(TESTS))
def test_a_test_says_what_it_shows(path: Path):
    """Each test has a docstring of at least one sentence."""
    tree = ast.parse(path.read_text("utf-8"))

    silent = [
        node.name
        for node in functions_of(tree)
        if node.name.startswith("test")
        and not (ast.get_docstring(node) or "").rstrip().endswith((".", "!", "?", ":"))
    ]

    assert [] == silent


@pytest.mark.parametrize("path", named(EVERYTHING))
def test_an_exception_to_a_rule_names_the_rule(path: Path):
    """A linter or a checker is overruled by code, never as a whole."""
    bare = [
        number
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if re.search(r"#\s*noqa(?!: ?[A-Z]+\d)", line)
        or re.search(r"#\s*type: ignore(?!\[)", line)
        or re.search(r"#\s*pyright: ignore(?!\[)", line)
    ]

    assert [] == bare


def test_the_house_has_rooms():
    """The rules above are asked of real files."""
    assert len(SOURCES) > 1
    assert Path(__file__).resolve() in TESTS

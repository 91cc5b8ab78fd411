"""The notebooks: each runs from its first cell to its last, and keeps no output."""

from __future__ import annotations

import ast
import importlib
import json
import os
from pathlib import Path
from typing import Any

import pytest


NOTEBOOKS = sorted((Path(__file__).parent.parent / "docs").rglob("*.ipynb"))
EACH = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)


def code_of(path: Path) -> list[str]:
    """The source of each cell of code."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def show(cell: str, namespace: dict[str, Any]) -> Any:
    """Run a cell, and return what a notebook would show below it."""
    tree = ast.parse(cell)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), namespace)  # noqa: S102 - our own notebook
    if last is None:
        return None
    assert isinstance(last, ast.Expr)
    expression = ast.Expression(last.value)
    return eval(compile(expression, "<cell>", "eval"), namespace)  # noqa: S307 - likewise


@pytest.fixture
def paper() -> Any:
    """Draw on empty paper without a screen, and put the paper away afterwards."""
    for name in ("matplotlib", "narwhals", "pandas"):
        if not os.environ.get("LOYALTYCORE_FRAMES"):
            pytest.importorskip(name, reason=f"needs {name}: make frames")
    pyplot = importlib.import_module("matplotlib.pyplot")
    before = importlib.import_module("matplotlib").get_backend()
    pyplot.switch_backend("Agg")
    pyplot.close("all")
    yield pyplot
    pyplot.close("all")
    pyplot.switch_backend(before)


def run(path: Path) -> dict[str, Any]:
    """Run every cell, show whatever is to be shown, and return what is left."""
    namespace: dict[str, Any] = {}
    for cell in code_of(path):
        shown = show(cell, namespace)
        rich = getattr(shown, "_repr_html_", None)
        assert (rich() if rich else repr(shown)) is not None
    return namespace


@EACH
def test_it_keeps_no_output(path: Path):
    """Outputs are not committed: they would be of another version before long."""
    cells = json.loads(path.read_text("utf-8"))["cells"]

    assert [] == [cell["id"] for cell in cells if cell.get("outputs")]


def test_segments(paper: Any):
    """The notebook runs, draws, and its text says what its cells compute."""
    (path,) = (one for one in NOTEBOOKS if one.name == "segments.ipynb")

    namespace = run(path)

    champions = namespace["table"].summary()[0]
    costs = {name: str(one.cost) for name, one in namespace["answers"].items()}
    assert 6919 == len(namespace["bought"])
    assert (18, 49) == (
        round(100 * champions.share_of_customers),
        round(100 * champions.share_of_revenue),
    )
    assert ["Nobody has the frequency score 2; segments that need it stay empty."] == [
        str(one) for one in namespace["table"].warnings
    ]
    assert costs["5 %"] == costs["5 %, good for 6 months"]
    assert 7 == len(paper.get_fignums())


def test_each_is_run():
    """No notebook is left out of the tests above."""
    assert ["segments.ipynb"] == [path.name for path in NOTEBOOKS]

"""The store of docs/how-to/write-a-store.md passes what our own stores pass."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from loyaltycore.errors import Unwritable
from loyaltycore.stores import kit
from loyaltycore.testing import contract_rows as a


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-store.md"


def store_of_the_page() -> dict[str, Any]:
    """Run the page's code up to where the store is used, which its own tests do."""
    building, _, _ = PAGE.read_text(encoding="utf-8").partition("\n## Use it\n")
    namespace: dict[str, Any] = {"__name__": "write_a_store"}
    for block in re.findall(
        r"^```python\n(.*?)^```$", building, re.DOTALL | re.MULTILINE
    ):
        exec(compile(block, PAGE, "exec"), namespace)  # noqa: S102 - our own page
    return namespace


_STORE = store_of_the_page()
#: The suite as the page has it; pytest finds it under this name.
TestFileStore = _STORE["TestFileStore"]


def test_a_commit_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    """Until the new file takes the place of the old one, nothing has happened."""

    def full(*_):
        raise OSError(28, "No space left on device")

    store = _STORE["FileStore"](tmp_path / "rows.json")
    a.fill(store, "counter", [a.counter("a")])
    before = store.path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("os.replace", full)
        with pytest.raises(Unwritable):
            a.fill(store, "counter", [a.counter("b")])

    assert store.path.read_bytes() == before
    a.fill(store, "counter", [a.counter("c")])
    assert a.every(store, "counter") == [a.counter("a"), a.counter("c")]


def test_the_kit_is_explained():
    """The page lists and uses everything that the kit offers."""
    text = PAGE.read_text(encoding="utf-8")
    used = set(re.findall(r"\bkit\.(\w+)", text))
    listed = [name for name in kit.__all__ if f"`{name}`" in text]

    assert set(kit.__all__) == used
    assert kit.__all__ == listed

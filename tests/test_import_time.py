"""``import loyaltycore`` is free: what costs time is loaded when it is first used."""

from __future__ import annotations

import subprocess
import sys

import pytest


def loaded_after(statement: str) -> set[str]:
    """Name the modules that a fresh interpreter has after a statement."""
    program = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", program],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def bare() -> set[str]:
    """What an interpreter loads by itself, hooks of the environment included."""
    return loaded_after("pass")


@pytest.fixture(scope="module")
def plain(bare: set[str]) -> set[str]:
    """What ``import loyaltycore`` adds to that."""
    return loaded_after("import loyaltycore") - bare


@pytest.mark.parametrize(
    "costly",
    [
        "asyncio",
        "attr",
        "cattrs",
        "csv",
        "dns",
        "email_validator",
        "importlib.metadata",
        "phonenumbers",
        "sqlite3",
    ],
)
def test_plain_import_leaves_out(plain: set[str], costly: str):
    """A module that costs milliseconds is not paid for by the import alone."""
    assert costly not in plain


def test_plain_import_loads_the_package(plain: set[str]):
    """The subprocess did import what this file is about."""
    assert "loyaltycore" in plain


def test_plain_import_loads_none_of_its_rooms(plain: set[str]):
    """Public names are resolved when asked for, so no submodule is loaded yet."""
    assert {"loyaltycore"} == {name for name in plain if name.startswith("loyaltycore")}


@pytest.mark.parametrize("costly", ["dns", "asyncio", "importlib.metadata"])
def test_the_facade_leaves_out(bare: set[str], costly: str):
    """Nor are the dearest three paid for by the facade."""
    loaded = loaded_after(
        "from loyaltycore import Loyalty, MemoryStore, Program, cards"
    )

    assert costly not in loaded - bare

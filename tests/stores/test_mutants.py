"""The contract notices a store that is wrong: every mutant has to fail it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))

from mutants import MUTANTS, Mutant  # noqa: E402 - beside this file


MUTANTS_MIN = 40


def test_there_are_enough():
    """Forty at least, each of a piece of code that is there once."""
    package = REPOSITORY / "src" / "loyaltycore"

    assert len(MUTANTS) >= MUTANTS_MIN
    for name, mutant in MUTANTS.items():
        text = (package / mutant.file).read_text("utf-8")
        assert text.count(mutant.right) == 1, name


def outcome(folder: Path, mutant: Mutant | None, suite: tuple[str, str]) -> str:
    """Run a suite on a copy of the package, and return what pytest said last."""
    source = folder / "src"
    shutil.copytree(REPOSITORY / "src", source)
    if mutant is not None:
        file = source / "loyaltycore" / mutant.file
        text = file.read_text("utf-8")
        file.write_text(text.replace(mutant.right, mutant.wrong), "utf-8")
    path, name = suite
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"),
            *("-p", "no:xdist", f"{path}::{name}"),
        ],
        cwd=REPOSITORY,
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")},
            "PYTHONPATH": str(source),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.stdout.strip().splitlines()[-1] + f" [{done.returncode}]"


@pytest.mark.soak
@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_killed(tmp_path: Path, name: str):
    """The suite fails on the mutant, by a test and not by an accident."""
    mutant = MUTANTS[name]

    said = outcome(tmp_path, mutant, mutant.suite)

    assert said.endswith("[1]"), said
    assert "1 failed" in said or "1 error" in said, said


@pytest.mark.soak
@pytest.mark.parametrize("suite", sorted({mutant.suite for mutant in MUTANTS.values()}))
def test_what_is_right_lives(tmp_path: Path, suite: tuple[str, str]):
    """Without a change the copied package passes."""
    assert outcome(tmp_path, None, suite).endswith("[0]")

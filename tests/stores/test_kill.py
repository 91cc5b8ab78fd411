"""A process that is killed in the middle of its work loses nothing it was told of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest


if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAM = Path(__file__).with_name("killing.py")
KILLS = 40
KILLS_IN_SOAK = 500
ACKNOWLEDGED_MIN = 30

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="processes are forked, which Windows cannot"
)


def killed(where: Path | str, kills: int, seed: int) -> list[dict[str, Any]]:
    """Run the program that forks and kills, and read what it found."""
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(where), str(kills), str(seed)],
        capture_output=True,
        text=True,
        timeout=3_600,
        check=False,
    )

    assert not done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def summary(rounds: list[dict[str, Any]]) -> Mapping[str, int]:
    """Count where the processes were when they were killed."""
    return Counter(found["phase"] for found in rounds)


def check_rounds(rounds: list[dict[str, Any]], kills: int) -> None:
    """See to it that each kill was harmless, and that they hit where it hurts."""
    assert kills == len(rounds)
    for found in rounds:
        assert found["acknowledged"] >= ACKNOWLEDGED_MIN
        assert [] == found["lost"]
        assert found["acknowledged"] == found["replayed"]
        assert found["unacknowledged"] <= 1
        assert "ok" == found["integrity"]
        assert [] == found["problems"]
    assert summary(rounds)["between"] < kills
    assert summary(rounds)["committing"] >= kills // 100 * 10


def test_kills_lose_nothing(tmp_path: Path):
    """
    What was acknowledged is stored, whenever the process died.

    At most one posting is there that nobody was told of; every acknowledged key is a
    replay; the file is sound, and verified; and the next process goes on with it.
    """
    check_rounds(killed(tmp_path, KILLS, seed=1), KILLS)


def on_server(store: Any) -> str:
    """Say where a store is, with its tables made."""
    url = store._engine.url.render_as_string(hide_password=False)
    database = store._database
    return f"{url}#{database.prefix}#{database.schema or ''}"


def test_kills_on_a_server(postgres):
    """The same on PostgreSQL, ten times: what was acknowledged is stored."""
    check_rounds(killed(on_server(postgres), 10, seed=2), 10)


@pytest.mark.soak
@pytest.mark.parametrize("server", ["postgres", "mysql"])
def test_five_hundred_kills_on_a_server(server: str, request: pytest.FixtureRequest):
    """The same on PostgreSQL and MariaDB, more often, and at other moments."""
    where = on_server(request.getfixturevalue(server))
    seed = int.from_bytes(os.urandom(4))

    check_rounds(killed(where, KILLS_IN_SOAK, seed), KILLS_IN_SOAK)


@pytest.mark.soak
def test_five_hundred_kills_lose_nothing(tmp_path: Path):
    """The same, more often, and at other moments."""
    seed = int.from_bytes(os.urandom(4))

    check_rounds(killed(tmp_path, KILLS_IN_SOAK, seed), KILLS_IN_SOAK)

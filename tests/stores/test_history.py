"""What several processes saw at once can be explained by an order of their sessions."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from loyaltycore import SqliteStore
from loyaltycore.testing import contract_rows as a
from loyaltycore.testing.history import Observed, anomalies


PROGRAM = Path(__file__).with_name("recording.py")
PROCESSES = 4
SESSIONS = 60
SESSIONS_IN_SOAK = 1_000
NAMES = "abcd"


def recorded(place: tuple[str, str, str], sessions: int) -> list[Observed]:
    """Let four processes work on the same rows, and gather what they saw."""
    running = [
        subprocess.Popen(
            [sys.executable, str(PROGRAM), *place, str(sessions), str(seed)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in range(PROCESSES)
    ]
    told = [process.communicate(timeout=600)[0] for process in running]

    assert [process.returncode for process in running] == [0] * PROCESSES
    return [Observed(**each) for text in told for each in json.loads(text)]


@pytest.fixture(params=["file", "postgres", "mysql"])
def place(request, tmp_path) -> tuple[str, str, str]:
    """Where four counters are, in the words of the program."""
    if request.param == "file":
        path = tmp_path / "rows.db"
        store = SqliteStore(path)
        a.fill(store, "counter", [a.counter(name) for name in NAMES])
        store.close()
        return "file", str(path), ""
    return placed(request.getfixturevalue(request.param))


def placed(store) -> tuple[str, str, str]:
    """Fill a store on a server, and say where it is."""
    a.fill(store, "counter", [a.counter(name) for name in NAMES])
    database = store._database
    url = store._engine.url.render_as_string(hide_password=False)
    return "sql", url, database.schema or database.prefix


def test_no_anomaly(place):
    """Nothing is lost, nothing is seen by halves, nobody is behind what was told."""
    history = recorded(place, SESSIONS)

    assert len(history) == PROCESSES * SESSIONS
    assert anomalies(history) == []


@pytest.mark.soak
def test_no_anomaly_in_the_long_run(place):
    """The same with a thousand sessions in each process."""
    assert anomalies(recorded(place, SESSIONS_IN_SOAK)) == []


def test_the_check_finds_what_is_there(postgres):
    """Reading without a snapshot is found out; else silence would mean nothing."""
    _, url, schema = placed(postgres)
    tries = (recorded(("unsettled", url, schema), SESSIONS) for _ in range(20))

    assert any("Fractured" in " ".join(anomalies(history)) for history in tries)


class TestAnomalies:
    def test_nothing(self):
        """Nobody did anything, or did it after one another."""
        first = Observed(saw={"a": 0}, wrote={"a": 1}, began=1, ended=2)
        second = Observed(saw={"a": 1}, wrote={"a": 2}, began=3, ended=4)
        look = Observed(saw={"a": 2, "b": 0}, began=5, ended=6)

        assert anomalies([]) == anomalies([look, second, first]) == []

    def test_a_lost_update(self):
        """Two who counted from the same value have lost one."""
        one = Observed(saw={"a": 0}, wrote={"a": 1}, began=1, ended=5)
        two = Observed(saw={"a": 0}, wrote={"a": 1}, began=1, ended=5)

        assert "Lost update: a became 1 twice." in anomalies([one, two])

    def test_a_fractured_read(self):
        """Who saw one half of a write did not see one moment."""
        both = Observed(saw={"a": 0, "b": 0}, wrote={"a": 1, "b": 1}, began=1, ended=9)
        half = Observed(saw={"a": 1, "b": 0}, began=1, ended=9)

        assert anomalies([both, half]) == ["Fractured: 2 sessions saw each other."]

    def test_a_stale_read(self):
        """Who began after a write was confirmed and did not see it was cheated."""
        write = Observed(saw={"a": 0}, wrote={"a": 1}, began=1, ended=2)
        look = Observed(saw={"a": 0}, began=3, ended=4)

        assert anomalies([write, look]) == ["Stale: a was 0 after it had been more."]

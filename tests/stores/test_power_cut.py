"""
A power cut at any moment loses nothing that was acknowledged.

What a process writes to its file and its log, and when it waits for the disk, is
written down by strace.  Then the power goes at a random moment.  What was waited for is
there; of what was written since, nothing, everything, some of it, or pieces of 512
bytes.  The file is opened, verified, and compared with what had been acknowledged.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from loyaltycore import Loyalty, Program, SqliteStore, cards
from loyaltycore.errors import StoreError


PROGRAM = Path(__file__).with_name("cutting.py")
CAFE = Program(id="cafe", currency="EUR", zone="UTC")
SOAKS = os.environ.get("LOYALTYCORE_SOAK") == "1"
POINTS = 2_000 if SOAKS else 60
CONTROL_POINTS = 400 if SOAKS else 60
POSTINGS = 30
SECTOR = 512

pytestmark = pytest.mark.skipif(
    shutil.which("strace") is None, reason="no strace, which sees what is written"
)

_CALL = re.compile(
    r"^(?:\d+ +)?(?P<name>\w+)\((?P<fd>\d+)<(?P<path>[^>]*)>"
    r"(?:, (?P<rest>.*))?\) += 0?x?\w"
)
_WRITTEN = re.compile(r'"(?P<hex>(?:\\x[0-9a-f]{2})*)", \d+(?:, (?P<offset>\d+))?$')


class Event(NamedTuple):
    """Something that a process did: write, sync, cut (a file short), or tell."""

    kind: str
    name: str = ""
    offset: int = 0
    data: bytes = b""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """A file with one card in it."""
    path = tmp_path_factory.mktemp("cut") / "rows.db"
    store = SqliteStore(path)
    shop = Loyalty(store, CAFE)
    template = shop.templates.create("Points", cards.Cashback(percent=3))
    shop.cards.issue(template.id, to=shop.customers.register().id)
    store.close()
    return path


def traced(prepared: Path, folder: Path, synchronous: str) -> list[Event]:
    """Let the program post on a copy, and read what it did from strace."""
    path, log = folder / "rows.db", folder / "trace"
    shutil.copyfile(prepared, path)
    calls = "trace=pwrite64,write,fsync,fdatasync,ftruncate"
    command = ["strace", "-f", "-y", "-xx", "-s", "100000", "-e", calls, "-o", str(log)]
    program = [sys.executable, str(PROGRAM), str(path), synchronous, str(POSTINGS)]
    done = subprocess.run([*command, *program], capture_output=True, check=True)
    assert done.stdout.count(b"\n") == POSTINGS
    return [event for line in log.read_text().splitlines() for event in events_of(line)]


def events_of(line: str) -> list[Event]:
    """Read one line of strace's."""
    call = _CALL.match(line)
    if call is None:
        return []
    path = bytes.fromhex(call["path"].replace("\\x", "")).decode()
    name = Path(path).name
    if call["name"] == "write":
        if call["fd"] != "1":
            return []
        written = _WRITTEN.match(call["rest"])
        assert written is not None, line
        data = bytes.fromhex(written["hex"].replace("\\x", ""))
        return [Event("tell", data=data)]
    if name not in {"rows.db", "rows.db-wal"}:
        return []
    if call["name"] == "pwrite64":
        written = _WRITTEN.match(call["rest"])
        assert written is not None, line[:100]
        data = bytes.fromhex(written["hex"].replace("\\x", ""))
        return [Event("write", name, int(written["offset"]), data)]
    if call["name"] == "ftruncate":
        return [Event("cut", name, int(call["rest"]))]
    return [Event("sync", name)]


class Disk:
    """What is surely on the disk, and what was written since."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = {name: bytearray(data) for name, data in files.items()}
        self.waiting: list[Event] = []

    def take(self, event: Event) -> None:
        """Write, or wait for what was written to this file."""
        if event.kind == "sync":
            for each in self.waiting:
                if each.name == event.name:
                    self.put(each)
            self.waiting = [each for each in self.waiting if each.name != event.name]
        else:
            self.waiting.append(event)

    def put(self, event: Event) -> None:
        """Carry out a write."""
        file = self.files.setdefault(event.name, bytearray())
        if event.kind == "cut":
            del file[event.offset :]
            return
        if len(file) < event.offset:
            file.extend(bytes(event.offset - len(file)))
        file[event.offset : event.offset + len(event.data)] = event.data

    def lose_power(self, chance: random.Random) -> None:
        """Decide what becomes of what was written since."""
        fate = chance.choice(("nothing", "everything", "some", "torn"))
        for event in self.waiting:
            if fate == "everything" or (fate != "nothing" and chance.random() < 0.5):
                torn = fate == "torn" and event.kind == "write"
                for piece in sectors(event) if torn else [event]:
                    if not torn or chance.random() < 0.5:
                        self.put(piece)


def sectors(event: Event) -> list[Event]:
    """Take a write apart into what a disk writes at once."""
    return [
        event._replace(
            offset=event.offset + start, data=event.data[start : start + SECTOR]
        )
        for start in range(0, len(event.data), SECTOR)
    ]


def outcome(disk: Disk, folder: Path, told: set[str]) -> str:
    """Open what is left, and say how it stands."""
    folder.mkdir()
    for name, data in disk.files.items():
        (folder / name).write_bytes(data)
    path = folder / "rows.db"
    store = SqliteStore(path)
    try:
        problems = Loyalty(store, CAFE).verify().problems
    except StoreError:
        return "damaged"
    finally:
        store.close()
    if problems:
        return "damaged"
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT idempotency_key FROM loyalty_transaction")
        stored = {key for (key,) in rows}
    shutil.rmtree(folder)
    return "lost" if told - stored else "whole"


def outcomes(
    prepared: Path, folder: Path, synchronous: str, points: int
) -> Counter[str]:
    """Cut the power at so many moments."""
    events = traced(prepared, folder, synchronous)
    chance = random.Random(os.urandom(8) if SOAKS else 5)
    found: Counter[str] = Counter()
    for point in range(points):
        disk = Disk({"rows.db": prepared.read_bytes()})
        told: set[str] = set()
        for event in events[: chance.randrange(1, len(events))]:
            if event.kind == "tell":
                told.update(event.data.decode().split())
            else:
                disk.take(event)
        disk.lose_power(chance)
        found[outcome(disk, folder / str(point), told)] += 1
    return found


def test_nothing_acknowledged_is_lost(prepared: Path, tmp_path: Path):
    """With the durability that a store has by itself, every file is whole."""
    assert outcomes(prepared, tmp_path, "FULL", POINTS) == {"whole": POINTS}


def test_without_waiting_for_the_disk(prepared: Path, tmp_path: Path):
    """A process that never waits loses something; else the test would see nothing."""
    found = outcomes(prepared, tmp_path, "OFF", CONTROL_POINTS)

    assert found["lost"] + found["damaged"] > 0, found


def test_process_durability_is_consistent(prepared: Path, tmp_path: Path):
    """Waiting only at checkpoints may lose the last postings, never the order."""
    found = outcomes(prepared, tmp_path, "NORMAL", CONTROL_POINTS)

    assert found["damaged"] == 0, found

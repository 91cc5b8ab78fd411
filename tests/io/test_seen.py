"""The memory of what a file has had so far."""

from __future__ import annotations

from random import Random

from loyaltycore.io import seen as module
from loyaltycore.io.seen import Seen


def test_against_a_dictionary():
    """Whatever is set is found with its last line, and nothing else is."""
    random = Random(3)
    seen: Seen = Seen()
    known: dict[int, int] = {}
    for line in range(1, 20_000):
        key = random.randrange(9_000)
        assert known.get(key) == seen.line_of(("phone", str(key)))
        if random.random() < 0.6:
            seen.set(("phone", str(key)), line)
            known[key] = line

    assert all(known[key] == seen.line_of(("phone", str(key))) for key in known)


class Key:
    """A key whose hash is chosen."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __hash__(self) -> int:
        return self.number


def test_bytes_across_two_entries_are_no_entry(monkeypatch):
    """The bytes of a key that lie in the middle of others are not taken for it."""
    monkeypatch.setattr(module, "_BUCKETS", 1)
    seen = Seen()
    inside = int.from_bytes(b"\x01\0\0\0\x02\0\0\0", "little")
    first = int.from_bytes(b"\0\0\0\0\x01\0\0\0", "little")
    seen.set(Key(first), 2)
    seen.set(Key(7), 9)

    assert seen.line_of(Key(inside)) is None
    assert seen.line_of(Key(first)) == 2
    assert seen.line_of(Key(7)) == 9

"""The memory of what a file has had so far."""

from __future__ import annotations

from random import Random

from loyaltycore.io.seen import Seen


def test_against_a_dictionary():
    """Whatever is put is found with its last line, and nothing else is."""
    random = Random(3)
    seen = Seen[tuple[str, str]](100)
    known: dict[int, int] = {}
    for line in range(1, 20_000):
        key = random.randrange(9_000)
        assert known.get(key) == seen.line_of(("phone", str(key)))
        if random.random() < 0.6:
            seen.put([("phone", str(key))], line)
            known[key] = line

    assert all(known[key] == seen.line_of(("phone", str(key))) for key in known)


def test_one_of_several_was_seen():
    """Keys are added together, or none of them where one has been seen."""
    seen = Seen[str](10)

    assert seen.add(["a", "b"], 2) is None
    assert ("b", 2) == seen.add(["c", "b", "a"], 3)
    assert [2, 2, None] == [seen.line_of(key) for key in "abc"]


def test_what_is_taken_back():
    """What was added behind a mark is gone, and what was settled stays."""
    seen = Seen[str](1)
    seen.add(["a", "b"], 2)
    seen.settle()
    seen.add(["c"], 3)
    mark = seen.mark
    seen.add(["d", "e"], 4)
    seen.take_back(mark)

    assert [2, 2, 3, None, None] == [seen.line_of(key) for key in "abcde"]

    seen.take_back()
    assert [2, 2, None] == [seen.line_of(key) for key in "abc"]
    assert seen.add(["c"], 5) is None
    assert 5 == seen.line_of("c")


class Key:
    """A key whose hash is chosen."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __hash__(self) -> int:
        return self.number


def test_keys_of_one_chain():
    """Keys that share a chain, also with hashes below zero, keep apart."""
    keys = [Key(number << 40) for number in (1, 2, -3, 0)]
    seen = Seen[Key](1)
    for line, key in enumerate(keys):
        seen.add([key], line)

    assert [0, 1, 2, 3] == [seen.line_of(key) for key in keys]
    assert seen.line_of(Key(5 << 40)) is None

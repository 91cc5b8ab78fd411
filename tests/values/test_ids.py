"""Time-ordered ids."""

from __future__ import annotations

import os
import threading
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.errors import InvalidMoment, InvalidValue
from loyaltycore.values.ids import IdSequence, is_id, moment_of


LAST_MS = 2**48 - 1
RFC_MS = 0x017F22E279B0


def zeros(count: int) -> bytes:
    """Return as little randomness as there is."""
    return bytes(count)


def ones(count: int) -> bytes:
    """Return the largest number of so many bytes."""
    return b"\xff" * count


class TestNext:
    """Making ids."""

    def test_layout_is_that_of_the_rfc(self) -> None:
        """The example of RFC 9562, A.6 comes out of its moment and random bits."""
        bits = (0xCC3 << 62 | 0x18C4DC0C0C07398F) << 6

        id_ = IdSequence().next(RFC_MS, lambda _: bits.to_bytes(10, "big"))

        assert "017f22e2-79b0-7cc3-98c4-dc0c0c07398f" == id_

    def test_is_a_uuid_of_version_7(self) -> None:
        """The standard library reads an id as a UUID of version 7, RFC variant."""
        parsed = uuid.UUID(IdSequence().next(1, os.urandom))

        assert (7, uuid.RFC_4122) == (parsed.version, parsed.variant)

    def test_grows_within_a_millisecond_without_randomness(self) -> None:
        """Even a source of zeros gives a new, greater id each time."""
        sequence = IdSequence()
        made = [sequence.next(5, zeros) for _ in range(100)]

        assert sorted(set(made)) == made

    def test_goes_on_in_the_next_millisecond_on_overflow(self) -> None:
        """Where the 74 bits are used up, the id names the next millisecond."""
        sequence = IdSequence()
        first, second = sequence.next(5, ones), sequence.next(5, ones)

        assert first < second
        assert 6000 == moment_of(second).microsecond
        assert second < sequence.next(5, zeros)

    @given(
        st.lists(st.integers(min_value=0, max_value=LAST_MS - 100), max_size=50),
        st.sampled_from([os.urandom, zeros, ones]),
    )
    def test_grows_whatever_the_clock_does(
        self, clock: list[int], random_bytes: Any
    ) -> None:
        """Ids are unique and in order for any clock, also one that goes back."""
        sequence = IdSequence()
        made = [sequence.next(ms, random_bytes) for ms in clock]

        assert sorted(set(made)) == made
        assert all(is_id(id_) for id_ in made)

    def test_is_unique_across_threads(self) -> None:
        """Four threads on one sequence make no id twice, each its own in order."""
        sequence = IdSequence()
        made: list[list[str]] = [[], [], [], []]

        def make(into: list[str]) -> None:
            into.extend(sequence.next(7, os.urandom) for _ in range(500))

        threads = [threading.Thread(target=make, args=(ids,)) for ids in made]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert 2000 == len({id_ for ids in made for id_ in ids})
        assert all(sorted(ids) == ids for ids in made)

    @pytest.mark.parametrize("ms", [-1, LAST_MS + 1, 1.5, True, "5", None])
    def test_refuses_other_moments(self, ms: Any) -> None:
        """Milliseconds are an int of 48 bits."""
        with pytest.raises(InvalidMoment):
            IdSequence().next(ms, os.urandom)

    @pytest.mark.parametrize("drawn", [b"", bytes(9), bytes(11)])
    def test_refuses_a_source_of_another_length(self, drawn: bytes) -> None:
        """Too few bytes would make ids that can be guessed, so they are refused."""
        with pytest.raises(InvalidValue, match="random_bytes"):
            IdSequence().next(5, lambda _: drawn)

    def test_a_failing_source_leaves_the_sequence_usable(self) -> None:
        """After an error in the source, ids go on growing."""
        sequence = IdSequence()
        first = sequence.next(5, os.urandom)
        with pytest.raises(InvalidValue):
            sequence.next(9, lambda _: b"")

        second = sequence.next(5, os.urandom)

        assert first < second
        assert moment_of(first) == moment_of(second)

    def test_the_end_of_time_is_an_error(self) -> None:
        """When the last millisecond is full, no id is made instead of a wrong one."""
        sequence = IdSequence()
        sequence.next(LAST_MS, ones)

        with pytest.raises(InvalidMoment, match="No id is left"):
            sequence.next(LAST_MS, ones)


class TestIsId:
    """Recognising ids."""

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
            "017f22e279b07cc398c4dc0c0c07398f",
            "017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
            "017f22e2-79b0-7cc3-c8c4-dc0c0c07398f",
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n",
            " 017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
            "\uff1017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
            "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
            None,
            7,
            uuid.UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"),
        ],
    )
    def test_other_forms_are_not_ids(self, text: object) -> None:
        """Upper case, other versions, other variants and other types are not ids."""
        assert not is_id(text)


class TestMomentOf:
    """Reading the moment back."""

    @given(st.integers(min_value=0, max_value=253_402_300_799_999))
    def test_is_the_millisecond(self, ms: int) -> None:
        """The moment of an id is the millisecond that it was made with, in UTC."""
        moment = moment_of(IdSequence().next(ms, os.urandom))

        assert UTC is moment.tzinfo
        assert ms == round(moment.timestamp() * 1000)

    def test_worked_example(self) -> None:
        """The RFC's example was made on 22 February 2022, 19:22:22 UTC."""
        moment = moment_of("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")

        assert datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC) == moment

    def test_beyond_the_calendar(self) -> None:
        """An id of a moment that no datetime holds is refused."""
        with pytest.raises(InvalidMoment, match="9999"):
            moment_of("ffffffff-ffff-7000-8000-000000000000")

    def test_refuses_other_text(self) -> None:
        """What is not an id has no moment."""
        with pytest.raises(InvalidValue, match="version 7"):
            moment_of("today")

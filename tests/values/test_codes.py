"""Codes with a check character."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.errors import InvalidValue
from loyaltycore.values.codes import (
    ALPHABET,
    LENGTH_MAX,
    format_code,
    is_code,
    make_code,
    normalise_code,
)


lengths = st.integers(min_value=1, max_value=LENGTH_MAX)
codes = st.builds(make_code, st.binary(min_size=19, max_size=19), lengths)


def with_swapped(code: str, first: int, second: int) -> str:
    """Return *code* with two of its characters swapped."""
    characters = list(code)
    characters[first], characters[second] = characters[second], characters[first]
    return "".join(characters)


def slow_product(left: int, right: int) -> int:
    """Return the product in GF(32) by schoolbook multiplication and division."""
    product = 0
    for bit in range(5):
        if right >> bit & 1:
            product ^= left << bit
    for bit in range(8, 4, -1):
        if product >> bit & 1:
            product ^= 0b100101 << (bit - 5)
    return product


class TestMakeCode:
    """Making codes."""

    @pytest.mark.parametrize(
        ("random", "length", "expected"),
        [
            (bytes(8), 12, "0000000000000"),
            (b"\xff" * 8, 12, "ZZZZZZZZZZZZR"),
            (b"\x00\x44\x32\x14\xc7\x42\x54\xb6", 12, "0123456789ABV"),
            (b"\x08", 1, "12"),
        ],
    )
    def test_vectors(self, random: bytes, length: int, expected: str) -> None:
        """Known bytes give known codes, so other implementations can compare."""
        assert expected == make_code(random, length)

    @given(st.binary(min_size=8), st.binary())
    def test_takes_only_the_first_bytes(self, random: bytes, more: bytes) -> None:
        """Twelve characters are made of eight bytes, and further ones are ignored."""
        code = make_code(random + more)

        assert 13 == len(code)
        assert code == make_code(random[:8])
        assert is_code(code)

    @given(lengths, st.binary(min_size=19, max_size=19))
    def test_any_length_is_a_code(self, length: int, random: bytes) -> None:
        """A code has its length and a check character, all of the alphabet."""
        code = make_code(random, length)

        assert length + 1 == len(code)
        assert set(code) <= set(ALPHABET)
        assert is_code(code)

    def test_different_bits_are_different_codes(self) -> None:
        """All 1024 numbers of ten bits give different codes of two characters."""
        made = {make_code((n << 6).to_bytes(2, "big"), 2) for n in range(1024)}

        assert 1024 == len(made)

    @pytest.mark.parametrize("length", [0, -1, LENGTH_MAX + 1])
    def test_refuses_other_lengths(self, length: int) -> None:
        """The check character protects up to thirty others."""
        with pytest.raises(InvalidValue, match="length"):
            make_code(bytes(100), length)

    def test_refuses_too_few_bytes(self) -> None:
        """Seven bytes are 56 bits, and twelve characters need 60."""
        with pytest.raises(InvalidValue, match="at least 8 bytes"):
            make_code(bytes(7))


class TestCheck:
    """What the check character catches."""

    @given(codes)
    def test_weighted_sum_is_zero(self, code: str) -> None:
        """The sum of all characters, weighted by powers of x, is zero in GF(32)."""
        weight, total = 1, 0
        for character in reversed(code):
            total ^= slow_product(ALPHABET.index(character), weight)
            weight = slow_product(weight, 2)

        assert 0 == total

    def test_weights_differ_for_31_places(self) -> None:
        """The powers of x repeat after 31, so no two places weigh the same."""
        weights = [1]
        while len(weights) <= LENGTH_MAX:
            weights.append(slow_product(weights[-1], 2))

        assert LENGTH_MAX + 1 == len(set(weights))
        assert 1 == slow_product(weights[-1], 2)

    @given(codes, st.data())
    def test_every_single_error(self, code: str, data: st.DataObject) -> None:
        """A code with one wrong character, at any place, is not a code."""
        at = data.draw(st.integers(min_value=0, max_value=len(code) - 1))
        wrong = data.draw(st.sampled_from(ALPHABET.replace(code[at], "")))

        assert not is_code(code[:at] + wrong + code[at + 1 :])

    @given(codes)
    def test_every_swap_of_neighbours(self, code: str) -> None:
        """A code with two different neighbours swapped is not a code."""
        for at in range(len(code) - 1):
            swapped = with_swapped(code, at, at + 1)

            assert swapped == code or not is_code(swapped)

    @given(codes)
    def test_every_jump_swap(self, code: str) -> None:
        """A code with two characters swapped around a third is not a code."""
        for at in range(len(code) - 2):
            swapped = with_swapped(code, at, at + 2)

            assert swapped == code or not is_code(swapped)

    def test_exhaustively_for_one_code(self) -> None:
        """All 13 times 31 single errors of one code are caught."""
        code = make_code(b"\x00\x44\x32\x14\xc7\x42\x54\xb6")
        wrong = [
            code[:at] + character + code[at + 1 :]
            for at in range(len(code))
            for character in ALPHABET.replace(code[at], "")
        ]

        assert 13 * 31 == len(wrong)
        assert not any(is_code(text) for text in wrong)


class TestTyped:
    """What people type."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a1il-o0zz", "A11100ZZ"),
            (" 0123-4567 89ab\t", "0123456789AB"),
            ("01\u201123\u00a045", "012345"),
            ("", ""),
            ("u!", "U!"),
            ("\u017f\u0131\uff21", "\u017f\u0131\uff21"),
        ],
    )
    def test_normalises(self, text: str, expected: str) -> None:
        """Case, blanks, hyphens and look-alikes go; other scripts stay."""
        assert expected == normalise_code(text)

    @given(codes, st.integers(min_value=1, max_value=9))
    def test_print_and_typing_round_trip(self, code: str, group: int) -> None:
        """A printed code, typed in lower case with O for 0 and l for 1, is itself."""
        typed = format_code(code, group).lower().replace("0", "o").replace("1", "l")

        assert is_code(typed)
        assert code == normalise_code(typed)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "0",
            "0" * (LENGTH_MAX + 2),
            "0" * 10_000_000,
            "U000000000000",
            "000000000000\u0660",
            "\uff10" * 13,
            "0" * 12 + "\x00",
            "\ud800" * 13,
            None,
            0,
            b"0000000000000",
        ],
        ids=count(),
    )
    def test_other_text_is_not_a_code(self, text: Any) -> None:
        """Other lengths, characters and types are not codes."""
        assert not is_code(text)


class TestFormatCode:
    """Printing."""

    @pytest.mark.parametrize(
        ("group", "expected"),
        [(4, "ABCD-EFGH-JKMN-P"), (5, "ABCDE-FGHJK-MNP"), (20, "ABCDEFGHJKMNP")],
    )
    def test_groups(self, group: int, expected: str) -> None:
        """Groups are counted from the left, and the last may be shorter."""
        assert expected == format_code("ABCDEFGHJKMNP", group)

    def test_refuses_empty_groups(self) -> None:
        """A group has at least one character."""
        with pytest.raises(InvalidValue, match="group"):
            format_code("ABCD", 0)

"""How names and numbers are folded, so that they are found again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.customers.customer import Person
from loyaltycore.customers.search_keys import (
    endings_of,
    fold,
    name_words,
    tokens_for,
    tokens_of,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë", "ZOE"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("Straße", "STRASSE"),
        ("Οδυσσεύς", "ΟΔΥΣΣΕΥΣ"),
        ("I\u015eIK", "i\u015fik"),
        ("\u0131\u015f\u0131k", "isik"),
        ("\u0130nci", "inci"),
        ("Łukasz", "lukasz"),
        ("Søren", "soren"),
        ("Þór", "thor"),
        ("\ufb01on", "Fion"),
        ("\uff21\uff44\uff41", "ada"),
        ("\u2121", "tel"),
        ("O\u2019Brien", "o'brien"),
        ("Anne\u2010Marie", "anne-marie"),
        ("\u200f\u05de\u05e8", "\u05de\u05e8"),
        ("한글", "한글"),
    ],
)
def test_what_people_do_not_tell_apart_is_folded_together(one: str, other: str):
    """CU-02: case, accents, widths, ligatures, final sigma, Turkish i, dashes."""
    assert fold(one) == fold(other)


@given(st.text())
def test_folding_again_changes_nothing(text: str):
    """What is folded stays, so that a token never misses its search."""
    assert fold(text) == fold(fold(text))


@given(st.text(min_size=1, max_size=30))
def test_the_beginning_of_every_word_of_a_name_finds_it(name: str):
    """CU-02: whatever the script, what is typed is a prefix of one of the tokens."""
    tokens = tokens_of(Person(first_name=name))

    for word in name_words(name):
        assert f"name:{word}" in tokens
    for word in name.split():
        meanings = tokens_for(word)
        if fold(word) and meanings and not endings_of(word):
            named = [each for each in meanings[0] if each.startswith("name:")]
            assert all(
                any(token.startswith(start) for token in tokens) for start in named
            )


def test_the_parts_of_a_double_name_are_words():
    """Each half of a double name is looked for as often as the whole."""
    assert ["anne-marie", "kaufmann-li", "marie", "li"] == name_words(
        "Anne-Marie Kaufmann-Li"
    )
    assert ["-"] == name_words("-")


@pytest.mark.parametrize(
    ("text", "endings"),
    [
        ("901820", ("phone:028109",)),
        ("030 90 18-20", ("phone:028109030", "phone:02810903")),
        ("0820", ("phone:0280",)),
        ("0001", ("phone:1000",)),
        ("\u0669\u0660\u0661\u0668\u0662\u0660", ("phone:028109",)),
        ("182", ()),
        ("0 8 2", ()),
        ("18a20", ()),
        ("", ()),
        ("---", ()),
    ],
)
def test_last_digits(text: str, endings: tuple[str, ...]):
    """CU-02: at least four, in any notation; zeros in front may be the trunk's."""
    assert endings == endings_of(text)


def test_a_number_with_its_country_code_is_read_as_a_whole_too():
    """A zero in brackets is no digit of the international form."""
    (meanings,) = tokens_for("+49 (0)30 901820", "DE")

    assert "phone:0281090394" in meanings


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "a\nb", "\ud800"])
def test_what_nobody_is_called_means_nothing(text: str):
    """Blank text and control characters find nobody, and reach no store."""
    assert () == tokens_for(text)


def test_a_word_of_accents_alone_is_no_name():
    """An empty beginning would find everybody."""
    (meanings,) = tokens_for("\u0301")

    assert all(not each.startswith("name:") for each in meanings)


def test_a_long_text_is_cut():
    """Eight words count."""
    assert 8 == len(tokens_for("a b c d e f g h i j"))

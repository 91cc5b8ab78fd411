"""Errors: their tree, their codes, and the page that lists them."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from loyaltycore import errors


PAGE = Path(__file__).parent.parent / "docs" / "reference" / "errors.md"
FAMILIES = ("InvalidInput", "NotFound", "Refusal", "StoreError")


def classes() -> list[type[errors.LoyaltyError]]:
    """Every public error class."""
    return [getattr(errors, name) for name in errors.__all__]


def test_every_code_is_the_class_name_in_snake_case_and_unique() -> None:
    """Codes are derived, so that no two classes share one."""
    codes = [each.code for each in classes()]

    assert errors.InsufficientBalance.code == "insufficient_balance"
    assert errors.InvalidPhone.code == "invalid_phone"
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("name", errors.__all__)
def test_the_reference_lists_every_error(name: str) -> None:
    """A new error has its row on the page of errors, with its code."""
    if name in {"LoyaltyError", *FAMILIES}:
        expected = f"`{name}`"
    else:
        expected = f"| `{getattr(errors, name).code}` | `{name}` |"

    assert expected in PAGE.read_text(encoding="utf-8")


def test_the_reference_lists_no_error_twice() -> None:
    """Each code has one row, so that nobody reads two meanings of one."""
    rows = PAGE.read_text(encoding="utf-8").splitlines()
    codes = [row.split("`")[1] for row in rows if row.startswith("| `")]

    assert "not_available" in codes
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("name", errors.__all__)
def test_the_docstring_draws_every_error(name: str) -> None:
    """The tree at the head of the module is complete."""
    assert errors.__doc__ is not None
    assert f" {name}" in errors.__doc__ or f"\n{name}" in errors.__doc__


def test_families_are_builtins_as_well() -> None:
    """Code that knows only Python's own errors can still catch ours."""
    assert issubclass(errors.InvalidInput, ValueError)
    assert issubclass(errors.NotFound, LookupError)
    assert issubclass(errors.UnsupportedValue, ValueError)


def test_a_refusal_carries_its_data_and_reads_as_one_sentence() -> None:
    """What a screen needs is on the error, not in its text."""
    refusal = errors.InsufficientBalance(unit="points", available="1.49", asked="5.00")

    assert str(refusal) == "1.49 points, 5.00 asked"
    assert refusal.details["available"] == "1.49"


def test_a_limit_says_when_it_opens_again() -> None:
    """A limit with a window names the end of it."""
    at = datetime(2026, 1, 2, tzinfo=UTC)
    refusal = errors.LimitReached("check-in a day", used=1, at_most=1, resets_at=at)

    assert str(refusal) == (
        "The limit of 1 check-in a day is reached (1 used). "
        "It opens again at 2026-01-02T00:00:00+00:00."
    )


def test_not_found_names_what_is_missing() -> None:
    """The sentence says which kind of thing has no such id."""
    error = errors.UnknownCard("c-1")

    assert str(error) == "No card has the id 'c-1' in this program."
    assert error.id == "c-1"


def test_not_found_says_by_what_it_was_looked_for() -> None:
    """Who scanned a serial number is not told of ids."""
    error = errors.UnknownCard("AB12", by="serial number")

    assert str(error) == "No card has the serial number 'AB12' in this program."


ERRORS = [
    errors.InsufficientBalance(unit="points", available="1.49", asked="5.00"),
    errors.LimitReached("a day", used=1, at_most=1, resets_at=datetime.now(UTC)),
    errors.UnknownCard("AB12", by="serial number"),
    errors.InvalidFields({"email": "no address."}),
    errors.InvalidValue("limit", "1 to 100."),
    errors.Duplicate("Taken.", collection="card", columns=("id",)),
    errors.Unavailable("It broke.", in_doubt=True),
]


def sent(error: errors.LoyaltyError) -> errors.LoyaltyError:
    """What comes out of a worker process."""
    arrived: errors.LoyaltyError = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own

    return arrived


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, sent])
def test_an_error_can_be_copied_and_sent(error: errors.LoyaltyError, again) -> None:
    """What a worker process raises arrives whole: sentence, data and notes."""
    error.add_note("In the second row.")

    other = again(error)

    assert type(other) is type(error)
    assert other is not error
    assert str(other) == str(error)
    assert vars(other) == vars(error)

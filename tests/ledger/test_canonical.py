"""Canonical JSON: the one text that digests and fingerprints are made of."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.ledger.sealing import canonical


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_canonical_is_what_the_standard_library_writes(value: object) -> None:
    """Sorted keys, no blanks, ASCII: any other JSON library can write the same."""
    expected = json.dumps(value, sort_keys=True, separators=(",", ":"))

    assert canonical(value) == expected
    assert json.loads(canonical(value)) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_json_number_is_refused(value: float) -> None:
    """NaN and infinity never get into a digest."""
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical(value)


def test_what_is_no_json_at_all_is_refused() -> None:
    """A set has no order to be written in."""
    with pytest.raises(TypeError):
        canonical({1, 2})

"""Distances, compared with what others have measured."""

from __future__ import annotations

import pytest

from loyaltycore.values.geo import distance


BERLIN = (52_520_008, 13_404_954)
PARIS = (48_856_613, 2_352_222)


@pytest.mark.parametrize(
    ("one", "other", "meters"),
    [
        (BERLIN, BERLIN, 0),
        (BERLIN, PARIS, 877_464),
        ((0, 0), (0, 1_000_000), 111_195),  # one degree of the equator
        ((0, 0), (0, 180_000_000), 20_015_115),  # half around
        ((90_000_000, 0), (-90_000_000, 77_000_000), 20_015_115),  # pole to pole
        ((0, 179_999_999), (0, -179_999_999), 0),  # across the date line
    ],
)
def test_meters(one: tuple[int, int], other: tuple[int, int], meters: int):
    """Along a sphere, the same there and back."""
    assert abs(meters - distance(one, other)) <= max(1, meters // 10_000)
    assert distance(one, other) == distance(other, one)

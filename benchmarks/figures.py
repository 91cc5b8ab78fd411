"""A measured number, and what it is hoped to be."""

from __future__ import annotations

from typing import Literal

import attrs


__all__ = ["Aim", "Figure"]


@attrs.frozen
class Aim:
    """On which side of a bound a figure is to be."""

    side: Literal["<=", ">="]
    bound: float

    def is_met(self, value: float) -> bool:
        """Is the value, as it is printed, on the right side?"""
        return value <= self.bound if self.side == "<=" else value >= self.bound

    def __str__(self) -> str:
        return f"{self.side} {self.bound:g}"


@attrs.frozen(kw_only=True)
class Figure:
    """
    One line of the result.

    Attributes:
        digits: decimals that mean something.
        aim: None where a number is only for information.
        note: how the number came about, in a few words.
    """

    name: str
    value: float
    digits: int = 2
    aim: Aim | None = None
    note: str = ""

    @property
    def text(self) -> str:
        """The value as it is printed."""
        return f"{self.value:.{self.digits}f}"

    @property
    def verdict(self) -> str:
        """Whether the printed value meets its aim."""
        if self.aim is None:
            return "for information"
        met = "met" if self.aim.is_met(float(self.text)) else "not met"
        return f"aim {self.aim}: {met}"

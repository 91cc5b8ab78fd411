"""What is worked out once and then remembered, as far as it is bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar


if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Remembered"]

K = TypeVar("K")
V = TypeVar("V")

_MAX: Final = 8_192
_LENGTH_MAX: Final = 100


class Remembered(dict[K, V]):
    """
    Answers by what was asked; one that is an exception is worked out each time.

    Files say the same over and over: days, names, amounts.  A dictionary that fills
    itself finds them faster than any function can be called.  When it is full, it
    forgets everything and begins anew.
    """

    def __init__(self, answer: Callable[[K], V]) -> None:
        super().__init__()
        self._answer = answer

    def __missing__(self, asked: K) -> V:
        answered = self._answer(asked)
        if len(self) >= _MAX:
            self.clear()
        if not isinstance(asked, str) or len(asked) <= _LENGTH_MAX:
            self[asked] = answered
        return answered

"""Additions without their values: what a statement is built from, and kept by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from loyaltycore.ports import Add


if TYPE_CHECKING:
    from loyaltycore.ports import Change

__all__ = ["Addition", "addition_of", "additions_alike"]


class Addition(NamedTuple):
    """
    Which columns an addition concerns.

    Attributes:
        means: a column and the two that it is the mean of, each.
    """

    deltas: tuple[str, ...]
    raises: tuple[str, ...]
    means: tuple[tuple[str, str, str], ...]
    limits: tuple[str, ...]

    @property
    def given(self) -> tuple[str, ...]:
        """Columns that a value comes for, in its order."""
        return self.deltas + self.raises

    @property
    def numbers(self) -> tuple[str, ...]:
        """Columns whose number matters, and of which None counts as 0."""
        means = (name for _, *of in self.means for name in of)
        return tuple(dict.fromkeys((*self.deltas, *self.limits, *means)))


def addition_of(change: Add) -> Addition:
    """Take the values out of an addition."""
    means = change.means
    listed = tuple([(name, *of) for name, of in means.items()]) if means else ()
    return Addition(
        tuple(change.deltas), tuple(change.raises), listed, tuple(change.at_most)
    )


def additions_alike(change: Change) -> tuple[str, Addition] | None:
    """
    Say of what kind an addition is; those of one kind are one statement.

    None: it is none, or has a limit, on which its result depends.
    """
    if not isinstance(change, Add) or change.at_most:
        return None
    return change.ref.collection, addition_of(change)

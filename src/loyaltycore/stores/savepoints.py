"""
Parts of a session that are undone alone, in engines that know savepoints.

Owns when a savepoint is really set: with the first change inside, since a part that
only reads has nothing to undo.  One that has ended is left where it is until the next
is set, which costs one trip to a server instead of two.  In somebody else's transaction
it is not: to move it would be to end the savepoints that they have set since.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol


if TYPE_CHECKING:
    from collections.abc import Callable, Generator

__all__ = ["ENDED", "Failing", "Savepoints", "part_of"]

ENDED: Final = "The transaction was ended inside the session; nothing is certain."


class Failing(Protocol):
    """
    A session.

    Attributes:
        failure: the change that failed, after which nothing more is done.
    """

    failure: BaseException | None


@contextmanager
def part_of(session: Failing, undo: Callable[[], bool]) -> Generator[None]:
    """
    Run the inside of a part, and undo it when it fails.

    Args:
        undo: undoes the part; answers whether the session can go on after a failure.
    """
    try:
        yield
        _raise(session.failure)
    except BaseException:
        if undo():
            session.failure = None
        raise


def _raise(failure: BaseException | None) -> None:
    if failure is not None:
        raise failure


class Savepoints:
    """
    The open parts of one session, outermost first.

    Args:
        name: what the savepoints are called, followed by a number.
        again: how a savepoint is moved to the present; ``{}`` is its name.
        is_guest: whether others set savepoints between ours.
    """

    __slots__ = ("_again", "_is_guest", "_name", "_parts", "_there")

    def __init__(
        self, name: str, again: tuple[str, ...], *, is_guest: bool = False
    ) -> None:
        self._name = name
        self._is_guest = is_guest
        self._again = again
        self._parts: list[bool] = []  # whether each has been set
        self._there = 0  # how many the engine knows, ended ones included

    def open(self) -> None:
        """Begin a part."""
        self._parts.append(False)

    def reach(self, execute: Callable[[str], object]) -> None:
        """Set what has not been set, since something is about to change."""
        for depth, is_set in enumerate(self._parts):
            if is_set:
                continue
            name = f"{self._name}_{depth}"
            texts = self._again if self._there > depth else ("SAVEPOINT {}",)
            for text in texts:
                execute(text.format(name))
            self._there = depth + 1
            self._parts[depth] = True

    def close(self, execute: Callable[[str], object]) -> None:
        """End the innermost part; what it did stays."""
        if self._parts.pop() and self._is_guest:
            self._release(execute)

    def undo(self, execute: Callable[[str], object]) -> bool:
        """End the innermost part; was there something to undo, and is it undone?"""
        if not self._parts.pop():
            return False
        depth = len(self._parts)
        execute(f"ROLLBACK TO SAVEPOINT {self._name}_{depth}")
        self._there = depth + 1
        if self._is_guest:
            self._release(execute)
        return True

    def _release(self, execute: Callable[[str], object]) -> None:
        depth = len(self._parts)
        execute(f"RELEASE SAVEPOINT {self._name}_{depth}")
        self._there = depth

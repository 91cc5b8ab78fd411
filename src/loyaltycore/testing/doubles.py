"""
Stand-ins for what a program talks to, to use in your own tests.

They are real implementations of the ports, with a memory you can look into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.ports import Notifier

__all__ = ["FailingNotifier", "RecordingNotifier"]


class RecordingNotifier:
    """
    A notifier that keeps what it is told.

    Attributes:
        messages: in the order in which they came.
    """

    def __init__(self) -> None:
        self.messages: list[Mapping[str, object]] = []

    def send(self, message: Mapping[str, object]) -> None:
        """Keep a message."""
        self.messages.append(dict(message))

    @property
    def ids(self) -> list[object]:
        """The messages' ids, in order."""
        return [message["id"] for message in self.messages]

    def of(self, card_id: str) -> list[object]:
        """Which versions of a card were told of, in order."""
        return [
            message["card_version"]
            for message in self.messages
            if message["card_id"] == card_id
        ]


class FailingNotifier(RecordingNotifier):
    """
    A notifier whose receiver is away at first; later it keeps what it is told.

    Args:
        times: how many messages it refuses before it takes one.
        error: what it raises.
    """

    def __init__(self, times: int = 1, error: Exception | None = None) -> None:
        super().__init__()
        self._left = times
        self._error = error or ConnectionError("The receiver does not answer.")

    def send(self, message: Mapping[str, object]) -> None:
        """Refuse, or keep a message."""
        if self._left > 0:
            self._left -= 1
            raise self._error
        super().send(message)


if TYPE_CHECKING:
    _recording: Notifier = RecordingNotifier()
    _failing: Notifier = FailingNotifier()

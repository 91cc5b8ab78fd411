"""The doubles that users get for their own tests."""

from __future__ import annotations

import pytest

from loyaltycore.testing.doubles import FailingNotifier, RecordingNotifier


FIRST = {"id": "m1", "card_id": "c1", "card_version": 1}
OTHER = {"id": "m2", "card_id": "c2", "card_version": 7}


def test_a_recording_notifier_keeps_what_it_is_told():
    """Messages can be asked for whole, by id, and by card."""
    notifier = RecordingNotifier()
    notifier.send(FIRST)
    notifier.send(OTHER)

    assert [FIRST, OTHER] == notifier.messages
    assert ["m1", "m2"] == notifier.ids
    assert [7] == notifier.of("c2")


def test_a_recording_notifier_keeps_a_copy():
    """What is changed afterwards was not what it was told."""
    notifier, message = RecordingNotifier(), dict(FIRST)
    notifier.send(message)
    message.clear()

    assert [FIRST] == notifier.messages


def test_a_failing_notifier_recovers():
    """It raises so often as it was told, then it works."""
    notifier = FailingNotifier(times=2, error=TimeoutError("late"))
    for _ in range(2):
        with pytest.raises(TimeoutError, match="late"):
            notifier.send(FIRST)
    notifier.send(FIRST)

    assert ["m1"] == notifier.ids

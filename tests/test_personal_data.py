"""
No personal data in any ``repr``, exception, log record or message.

Markers are planted wherever something personal is kept, every public method of every
service is called, well and badly, and what comes of it is searched for the markers.
"""

from __future__ import annotations

import inspect
import logging
from functools import cached_property
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import rows_of
from tests.personal_recipes import RECIPES, RETURN_DATA, Markers, Scene

from loyaltycore import Loyalty, errors


if TYPE_CHECKING:
    from collections.abc import Iterator

# Letters of several scripts; none of the words occurs in what the package says.
_SCRIPTS = ("qwxzj", "лщжыэ", "ξψζφθ", "李趙錢孫周", "ظضغخث", "éøåžł")
WORDS = st.sampled_from(_SCRIPTS).flatmap(
    lambda script: st.text(script, min_size=8, max_size=12)
)
MARKERS = st.builds(Markers, WORDS, st.text("123456789", min_size=8, max_size=8))

#: What cannot be about a person, and makes a service of the facade no service.
_METHODS_OF_THE_FACADE = {"at", "batch", "bind"}


def public_methods() -> Iterator[str]:
    """Name every public method of every service of the facade."""
    scene = Scene(Markers("qwxzjqwxzj", "12345678"))
    for name, member in vars(Loyalty).items():
        if isinstance(member, cached_property):
            service = getattr(scene.shop, name)
            for method, _ in inspect.getmembers(type(service), inspect.isfunction):
                if not method.startswith("_"):
                    yield f"{name}.{method}"
        elif inspect.isfunction(member) and not name.startswith("_"):
            yield name


def chain_of(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and whatever led to it."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__]
            if isinstance(one, BaseExceptionGroup):
                waiting += one.exceptions


def words_of(error: BaseException) -> str:
    """All that an error and whatever led to it says, to people and to loggers."""
    said: list[str] = []
    for one in chain_of(error):
        said += [str(one), repr(one), repr(one.args), *getattr(one, "__notes__", ())]
        if isinstance(one, errors.LoyaltyError):
            said.append(repr(one.details))
        said.append(repr(vars(one)))
    return "\n".join(said)


def test_every_method_has_a_recipe() -> None:
    """A new method is called here too, or this fails."""
    known = {*public_methods()} - _METHODS_OF_THE_FACADE

    assert known == set(RECIPES)


@pytest.mark.parametrize("name", sorted(RECIPES))
@settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(markers=MARKERS)
def test_nobody_is_told_of(
    name: str, markers: Markers, caplog: pytest.LogCaptureFixture
) -> None:
    """What a method returns, raises, logs and announces names no person."""
    caplog.set_level(logging.DEBUG)
    good, *bad = RECIPES[name]
    scene = Scene(markers)
    result = good(scene)
    told = "" if name in RETURN_DATA else f"{result!r} {result}"
    assert not markers.told_by(told)

    for recipe in bad:
        worse = Scene(markers)
        try:
            told = repr(recipe(worse))
        except Exception as error:  # noqa: BLE001 - whatever it is, it says nothing
            told = words_of(error)
        assert not markers.told_by(told)
        assert not markers.told_by(announced(worse))
    assert not markers.told_by(announced(scene))
    assert not markers.told_by(caplog.text)
    caplog.clear()


def announced(scene: Scene) -> str:
    """What the outbox, the feed and the journal say: they are kept for good."""
    picture = rows_of(scene.store)
    return repr([picture[name] for name in ("message", "activity", "transaction")])


def test_what_is_planted_is_there() -> None:
    """The markers are in the store, and in what is asked for as data."""
    markers = Markers("qwxzjqwxzj", "12345678")
    scene = Scene(markers)

    assert markers.told_by(repr(rows_of(scene.store)))
    for name in RETURN_DATA - {"files.export_transactions"}:
        assert markers.told_by(repr(RECIPES[name][0](Scene(markers))))

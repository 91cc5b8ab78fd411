"""What ``loyaltycore`` offers: every name resolves, and there are no others."""

from __future__ import annotations

import pytest

import loyaltycore


def test_a_name_is_listed_once():
    """No name is public twice; tests/test_house.py checks the order."""
    names = list(loyaltycore.__all__)

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", loyaltycore.__all__)
def test_a_name_resolves(name: str):
    """A listed name is there, though it is loaded only now."""
    assert getattr(loyaltycore, name) is not None


@pytest.mark.parametrize("name", ["Loyalty", "MemoryStore", "Program", "SqliteStore"])
def test_the_first_example_finds_its_names(name: str):
    """The names that the README opens with are public."""
    assert name in loyaltycore.__all__


def test_dir_is_complete():
    """An editor is offered every public name before any was used."""
    assert set(loyaltycore.__all__) <= set(dir(loyaltycore))


def test_a_star_import_brings_the_listed_names():
    """``import *`` works with names that are loaded lazily."""
    namespace: dict[str, object] = {}

    exec("from loyaltycore import *", namespace)  # noqa: S102 - a fixed string

    assert set(loyaltycore.__all__) <= set(namespace)


def test_an_unknown_name_is_refused():
    """A typing error is an AttributeError that names it, as with any module."""
    with pytest.raises(AttributeError, match="Loyalti"):
        loyaltycore.Loyalti  # type: ignore[attr-defined]  # noqa: B018 - it raises

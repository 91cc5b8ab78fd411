"""
The tests that every store has to pass, ours and yours.

A store of your own is tested by inheriting, with one fixture::

    class TestMyStore(StoreContract):
        @pytest.fixture
        def store(self, tmp_path):
            store = MyStore(tmp_path / "rows")
            store.migrate()
            yield store
            store.close()

``second`` and ``transaction`` may be overridden too: another handle on the same rows,
so that the tests of isolation cross a connection; and a caller's open transaction, so
that the tests of ``bind`` run instead of being skipped.

``docs/how-to/write-a-store.md`` writes a small store from nothing and passes.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest


# Said before they are imported, so that a failing assertion shows both sides.
_PARTS = (
    "additions",
    "changes",
    "finding",
    "orders",
    "pages",
    "races",
    "rows",
    "savepoints",
    "sessions",
    "shop",
    "values",
)
_MODULES = {f"loyaltycore.testing.contract_{part}" for part in _PARTS}
pytest.register_assert_rewrite(*(_MODULES - sys.modules.keys()))

from loyaltycore.testing.contract_additions import AdditionContract  # noqa: E402
from loyaltycore.testing.contract_changes import ChangeContract  # noqa: E402
from loyaltycore.testing.contract_finding import FindingContract  # noqa: E402
from loyaltycore.testing.contract_orders import OrderContract  # noqa: E402
from loyaltycore.testing.contract_pages import PageContract  # noqa: E402
from loyaltycore.testing.contract_races import RaceContract  # noqa: E402
from loyaltycore.testing.contract_savepoints import SavepointContract  # noqa: E402
from loyaltycore.testing.contract_sessions import SessionContract  # noqa: E402
from loyaltycore.testing.contract_shop import ShopContract  # noqa: E402
from loyaltycore.testing.contract_values import ValueContract  # noqa: E402


if TYPE_CHECKING:
    from loyaltycore.ports import Store

__all__ = ["StoreContract"]


class StoreContract(
    AdditionContract,
    ChangeContract,
    FindingContract,
    OrderContract,
    PageContract,
    RaceContract,
    SavepointContract,
    SessionContract,
    ShopContract,
    ValueContract,
):
    """Inherit it and give it a fixture ``store``: empty, with its tables made."""

    @pytest.fixture
    def store(self) -> Store:
        """Give an empty store; there is none to begin with."""
        raise NotImplementedError("override the fixture: return an empty store")

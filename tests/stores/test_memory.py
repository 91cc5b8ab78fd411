"""The store in memory."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from loyaltycore.stores.memory import MemoryStore
from loyaltycore.testing.store_contract import StoreContract


class TestContract(StoreContract):
    @pytest.fixture
    def store(self):
        """An empty store."""
        return MemoryStore()

    @contextmanager
    def transaction(self, store):
        """The caller's transaction is a session of the store."""
        with store.session() as session:
            yield session

"""The ways to a store that a suite cannot know by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest


if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from loyaltycore.ports import Store

__all__ = ["Handles"]


class Handles:
    """Override what your store has; what it has not is left out."""

    def second(self, store: Store) -> Store:
        """Give another handle on the same rows; as it is, the same one."""
        return store

    def transaction(self, store: Store) -> AbstractContextManager[object]:
        """Open a transaction of a caller's, for ``bind``; it commits at its end."""
        del store
        pytest.skip("this store shows no way to open a caller's transaction")

"""What can go wrong in a store; no driver's exception leaves one."""

from __future__ import annotations

from loyaltycore.errors.root import LoyaltyError


__all__ = [
    "AppendOnly",
    "Conflict",
    "Corrupt",
    "Duplicate",
    "SchemaTooNew",
    "SchemaTooOld",
    "StoreError",
    "Unavailable",
    "UnsupportedValue",
    "Unwritable",
]


class StoreError(LoyaltyError):
    """The store could not do its work; what it was asked for was not half done."""


class Conflict(StoreError):
    """A row changed since it was read; reading and deciding again is safe."""


class Unavailable(StoreError):
    """
    The store is locked or cannot be reached; trying again later is safe.

    Attributes:
        details: ``in_doubt`` is True where the connection broke during the commit, so
            that it may have been done; only the same idempotency key makes trying again
            safe then, and nothing is tried again by itself.  ``waited`` is True where
            the store's timeout has passed, which is not waited for again by itself.
    """


class Duplicate(StoreError):
    """
    A key or a declared unique is taken.

    Attributes:
        details: ``collection``, and ``columns`` where the engine names them.
    """


class Unwritable(StoreError):
    """The store is read-only or out of space."""


class Corrupt(StoreError):
    """The file is not a database, or a damaged one."""


class AppendOnly(StoreError):
    """Somebody tried to change or delete a row of the journal."""


class UnsupportedValue(StoreError, ValueError):
    """A value that not every store could keep unchanged."""


class SchemaTooNew(StoreError):
    """The tables were written by a later version of this package."""


class SchemaTooOld(StoreError):
    """The tables were written by an earlier version; run ``migrate()`` first."""

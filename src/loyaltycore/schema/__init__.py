"""
Every table, as data.

Owns names, columns, keys, uniques and indexes, the values that a row may hold, and the
numbered steps from an empty database to today's schema.  Knows no store.
"""

from __future__ import annotations

from loyaltycore.schema.checks import check_ref, check_row, check_values
from loyaltycore.schema.collections import COLLECTIONS
from loyaltycore.schema.migrations import STEPS, VERSION
from loyaltycore.schema.tables import (
    Collection,
    Column,
    ColumnType,
    Index,
)


__all__ = [
    "COLLECTIONS",
    "STEPS",
    "VERSION",
    "Collection",
    "Column",
    "ColumnType",
    "Index",
    "check_ref",
    "check_row",
    "check_values",
]

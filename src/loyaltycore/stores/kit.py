"""
What a store of yours is made of, in one place.

Owns nothing: these are the checks, plans and answers that our own stores use, so that
yours refuses what they refuse and sorts as they sort.  ``docs/how-to/write-a-store.md``
uses all of it.
"""

from __future__ import annotations

from loyaltycore.query.predicates import matches
from loyaltycore.schema import COLLECTIONS, STEPS, check_ref, check_row
from loyaltycore.schema.changes import (
    added,
    check_add,
    check_changeable,
    check_delete,
    check_update,
)
from loyaltycore.schema.questions import (
    check_measures,
    collection_named,
    lease_query,
    plan_query,
)
from loyaltycore.stores.codecs import AS_TEXT
from loyaltycore.stores.measuring import summarized
from loyaltycore.stores.memory_sorting import sorted_rows
from loyaltycore.stores.savepoints import part_of
from loyaltycore.stores.versions import Versions


__all__ = [
    "AS_TEXT",
    "COLLECTIONS",
    "STEPS",
    "Versions",
    "added",
    "check_add",
    "check_changeable",
    "check_delete",
    "check_measures",
    "check_ref",
    "check_row",
    "check_update",
    "collection_named",
    "lease_query",
    "matches",
    "part_of",
    "plan_query",
    "sorted_rows",
    "summarized",
]

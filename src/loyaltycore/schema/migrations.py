"""
The numbered steps from an empty database to today's schema.

A step that has been released is never changed; a change of the tables is a new step.
A step names what it adds, and a store turns that into its engine's statements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.schema.collections import COLLECTIONS


if TYPE_CHECKING:
    from loyaltycore.schema.tables import Collection

__all__ = ["STEPS", "VERSION", "Step"]


@attrs.frozen(kw_only=True)
class Step:
    """One migration; all of it happens, or nothing."""

    number: int
    name: str
    create: tuple[Collection, ...] = ()


_SCORES: Final = ("rfm_score", "rfm_run", "segment_change")
_PEOPLE: Final = (
    "field_value",
    "customer_tag",
    "consent",
    "consent_change",
    "note",
    "review",
    "activity",
    "link",
)
_STAFF: Final = ("location", "terminal", "manager", "column_set")
_GROUPS: Final = ("saved_filter", "segment", "segment_member")


def _tables(*names: str) -> tuple[Collection, ...]:
    return tuple(COLLECTIONS[name] for name in names)


#: Tables that came after the first step.
_LATER: Final = frozenset({"import_run", *_SCORES, *_PEOPLE, *_STAFF, *_GROUPS})

STEPS: Final = (
    Step(
        number=1,
        name="programs, customers, templates, cards, journal, figures, outbox",
        create=tuple(
            collection for name, collection in COLLECTIONS.items() if name not in _LATER
        ),
    ),
    Step(number=2, name="imports", create=_tables("import_run")),
    Step(number=3, name="scores of customers", create=_tables(*_SCORES)),
    Step(
        number=4,
        name="what is known of customers; managers, locations, segments",
        create=_tables(*_PEOPLE, *_STAFF, *_GROUPS),
    ),
)

VERSION: Final = STEPS[-1].number

"""
A loyalty engine to embed: customers, cards, points, and the proof that they add up.

Importing this package loads nothing; each name is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from loyaltycore import cards, errors, rfm
    from loyaltycore.customers.filter_words import filters
    from loyaltycore.customers.filters import Filter
    from loyaltycore.loyalty import Loyalty
    from loyaltycore.program.program import Program
    from loyaltycore.services.cards.many import Intent
    from loyaltycore.stores.memory import MemoryStore
    from loyaltycore.stores.sqlite import SqliteStore
    from loyaltycore.values.money import Money

__all__ = [
    "Filter",
    "Intent",
    "Loyalty",
    "MemoryStore",
    "Money",
    "Program",
    "SqliteStore",
    "cards",
    "errors",
    "filters",
    "rfm",
]

_HOMES = {
    "Filter": "loyaltycore.customers.filters",
    "Intent": "loyaltycore.services.cards.many",
    "Loyalty": "loyaltycore.loyalty",
    "MemoryStore": "loyaltycore.stores.memory",
    "Money": "loyaltycore.values.money",
    "Program": "loyaltycore.program.program",
    "SqliteStore": "loyaltycore.stores.sqlite",
    "filters": "loyaltycore.customers.filter_words",
}
_MODULES = frozenset({"cards", "errors", "rfm"})

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Load a public name when it is first used (PEP 562)."""
        if name in _HOMES:
            value = getattr(import_module(_HOMES[name]), name)
        elif name in _MODULES:
            value = import_module(f"loyaltycore.{name}")
        else:
            message = f"module 'loyaltycore' has no attribute {name!r}"
            raise AttributeError(message)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        """Public names, loaded or not."""
        return sorted({*globals(), *__all__})

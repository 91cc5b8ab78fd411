"""
Cards: their life, and what is done with them at the till.

One service in two files: ``life`` has what changes a card, ``till`` what is posted on
one.
"""

from __future__ import annotations

from loyaltycore.services.cards.till import Cards, Options


__all__ = ["Cards", "Options"]

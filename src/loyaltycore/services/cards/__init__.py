"""
Cards: their life, and what is done with them at the till.

One service in three files: ``life`` has what changes a card, ``till`` what is posted on
one, ``prepaid`` the same for passes and gift cards.
"""

from __future__ import annotations

from loyaltycore.services.cards.till import Cards, Options


__all__ = ["Cards", "Options"]

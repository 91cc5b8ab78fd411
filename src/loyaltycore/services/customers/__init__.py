"""
Customers: who they are, how they are found, and what is known of them.

One service in files: ``register`` puts them in and changes them, ``finding`` finds
them, ``life`` has what becomes of them, ``profiles`` shows one with all that happened.
"""

from __future__ import annotations

from loyaltycore.services.customers.profiles import Customers


__all__ = ["Customers"]

"""
Customers: who they are, how they are found, and what is known of them.

One service in files: ``register`` puts them in and changes them, ``finding`` finds
them, ``profiles`` shows one of them with all that happened.
"""

from __future__ import annotations

from loyaltycore.services.customers.profiles import Customers


__all__ = ["Customers"]

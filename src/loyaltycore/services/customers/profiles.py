"""One customer."""

from __future__ import annotations

from loyaltycore.services.customers.finding import CustomerFinder


__all__ = ["Customers"]


class Customers(CustomerFinder):
    """Customers of the program."""

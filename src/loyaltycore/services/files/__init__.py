"""
Files in and out: customers, cards, transactions, and a whole program.

One service in two files: ``incoming`` brings files in, ``outgoing`` writes them.
"""

from __future__ import annotations

from loyaltycore.services.files.incoming import CardOptions, Options
from loyaltycore.services.files.outgoing import Files


__all__ = ["CardOptions", "Files", "Options"]

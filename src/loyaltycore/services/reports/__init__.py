"""
Reports: the program in figures, a customer's statement, what is owed, RFM.

One service in two files: ``dashboard`` has what is read off figures that every posting
keeps, ``ledger`` what is added up when it is asked for.
"""

from __future__ import annotations

from loyaltycore.services.reports.dashboard import Only
from loyaltycore.services.reports.ledger import Reports


__all__ = ["Only", "Reports"]

"""
The one routine that every writing service shares: load, decide, write.

A posting locks its card, loads what the decision asks for, posts what has fallen due,
decides, and writes everything in one go: headers, entries, lots, card, totals, day
figures, counters and outbox.  A refusal writes nothing, not even what fell due.
"""

from __future__ import annotations

from loyaltycore.posting.deciding import decider
from loyaltycore.posting.desk import Desk, Posted, Quote, Request, Shown
from loyaltycore.posting.issuing import issue
from loyaltycore.posting.reversing import reverse
from loyaltycore.posting.routine import post, post_due_only, quote, show
from loyaltycore.posting.transferring import transfer


__all__ = [
    "Desk",
    "Posted",
    "Quote",
    "Request",
    "Shown",
    "decider",
    "issue",
    "post",
    "post_due_only",
    "quote",
    "reverse",
    "show",
    "transfer",
]

"""
The one routine that every writing service shares: load, decide, write.

A posting locks its card, loads what the decision asks for, posts what has fallen due,
decides, and writes everything in one go: headers, entries, lots, card, totals, day
figures, counters and outbox.  A refusal writes nothing, not even what fell due.
"""

from __future__ import annotations

from loyaltycore.posting.actions import Action, actions
from loyaltycore.posting.deciding import decider
from loyaltycore.posting.desk import By, Desk, Posted, Quote, Request, Shown
from loyaltycore.posting.life import change_card, issue_card
from loyaltycore.posting.many import Asked, post_many
from loyaltycore.posting.reversing import reverse
from loyaltycore.posting.routine import post, post_due_only, quote, show
from loyaltycore.posting.transferring import transfer


__all__ = [
    "Action",
    "Asked",
    "By",
    "Desk",
    "Posted",
    "Quote",
    "Request",
    "Shown",
    "actions",
    "change_card",
    "decider",
    "issue_card",
    "post",
    "post_due_only",
    "post_many",
    "quote",
    "reverse",
    "show",
    "transfer",
]

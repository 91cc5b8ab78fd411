"""
The ledger: one mechanism under all card types.

Every card is a purse of lots.  Owns transactions, entries, lots, holdings, expiry,
tiers and reversals; knows no card type, no customer data and no store.
"""

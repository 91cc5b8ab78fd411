"""
The person: who they are, how they are found, and their totals.

Personal data stays out of every ``repr``.  Knows no store.
"""

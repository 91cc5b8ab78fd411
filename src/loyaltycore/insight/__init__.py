"""
Proofs and figures over the ledger: whether it adds up, and what it adds up to.

Pure functions and values over streams; knows no table and no store.
"""

"""
What goes out to customers and hosts.

Owns messages and their order; knows no channel and no store.
"""

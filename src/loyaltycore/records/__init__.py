"""
Values as rows, and rows as values; one file an area.

Knows values and tables, no store: what a store does with a row is its own affair.
"""

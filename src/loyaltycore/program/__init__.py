"""
One merchant's programme and what a decision may know of a customer.

Owns the program's settings; knows no card and no store.
"""

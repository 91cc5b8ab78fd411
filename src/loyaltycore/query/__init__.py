"""
What to ask of rows, as pure data.

Owns predicates, order, cursors and measures; the same values filter customers in
memory and are handed to a store.  Knows no collection and no store.
"""

"""
Files that are brought in: what every import has in common, and the work of each kind.

Owns batches, dry runs, progress and going on after a crash; what a row means is decided
in ``io`` where it can be, and written here.
"""

"""
What the engine costs, measured against floors and peers in the same run.

``python -m benchmarks`` runs all, ``python -m benchmarks import_plain_ms`` only those
that are named. A figure is a line ``BENCH name=value``; a ratio is taken between two
sides that ran in turn on the same machine, so it says more than a time. Reported,
never enforced: a missed aim does not fail the run.
"""

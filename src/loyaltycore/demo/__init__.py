"""
The main job as a program: a cashback programme over real purchases.

``python -m loyaltycore.demo`` replays the CDNOW sample into a SQLite file, reports, and
compares the points with an independent count.
"""

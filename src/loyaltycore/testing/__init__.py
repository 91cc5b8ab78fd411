"""
Suites and doubles for those who extend or embed this package.

Owns the tests that every store has to pass.  Imports pytest, so nothing outside of
tests imports it.
"""

"""
Small exact values that everything else is made of; pure, one idea per module.

Nothing is re-exported here: callers import ``values.money``, ``values.days`` and so on,
so that a program pays at start-up only for the modules that it uses.
"""

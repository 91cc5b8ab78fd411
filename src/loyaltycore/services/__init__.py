"""
The shell: one class an area, each method load, decide, apply.

No rule lives here, and no service calls another; what they share is a floor below.
"""

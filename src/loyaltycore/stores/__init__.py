"""
Stores: where rows live.

Owns the embedded ones, one a module; each passes ``loyaltycore.testing.StoreContract``.
``kit`` is for those who write another.  Knows nothing of loyalty, only of collections.
Nothing is imported here, so that who uses one store does not wait for the other.
"""

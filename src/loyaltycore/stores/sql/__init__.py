"""
A store on SQLAlchemy Core: PostgreSQL, MariaDB and MySQL, and the dialects like them.

Owns everything that needs the extra ``sql``; nothing outside imports SQLAlchemy.
"""

from __future__ import annotations

from loyaltycore.stores.sql.store import SqlStore


__all__ = ["SqlStore"]

"""
RFM on the frame that the purchases are in already; needs the extra ``dataframe``.

Owns what ``rfm`` does for plain Python, for pandas, polars (eager and lazy), pyarrow,
DuckDB, Ibis, Dask and PySpark: the same numbers, in the caller's own type.  Everything
goes through narwhals, which is imported in this room only.

Example:
    >>> from datetime import date
    >>> import polars
    >>> from loyaltycore.rfm.dataframe import rfm_frame
    >>> bought = polars.DataFrame(
    ...     {"customer_id": ["ada"], "on": [date(2026, 3, 1)], "amount": [1177]}
    ... )
    >>> rfm_frame(bought, as_of=date(2026, 3, 8))["segment"].to_list()
    ['new']
"""

from __future__ import annotations


try:
    from loyaltycore.rfm.dataframe.frames import rfm_cuts, rfm_frame, rfm_table
except ModuleNotFoundError as error:
    if error.name != "narwhals":
        raise
    message = "Frames need narwhals: pip install 'loyaltycore[dataframe]'"
    raise ModuleNotFoundError(message, name="narwhals") from error


__all__ = ["rfm_cuts", "rfm_frame", "rfm_table"]

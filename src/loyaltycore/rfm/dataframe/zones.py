"""
Aware moments as the shop's wall clock shows them.

Owns the one thing that engines do each in their own way: DuckDB and PySpark keep the
zone in the session, so moments in the data have to be moved by their own functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import narwhals as nw

from loyaltycore.errors import InvalidValue


if TYPE_CHECKING:
    from narwhals.dtypes import DType

    from loyaltycore.rfm.dataframe.inspection import AnyFrame

__all__ = ["in_zone"]


def in_zone(frame: AnyFrame, column: str, kind: DType, zone: str) -> AnyFrame:
    """
    Turn aware moments into naive ones of a zone; naive ones stay as they are.

    Args:
        frame: the caller's.
        column: which holds the moments.
        kind: of the column.
        zone: a name of the zone database.

    Raises:
        InvalidValue: there is no such zone, or the engine cannot do it.
    """
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, TypeError):
        remedy = "pass a name such as 'Europe/Berlin'"
        raise InvalidValue("zone", f"is {zone!r}, which is no zone; {remedy}") from None
    if not isinstance(kind, nw.Datetime) or kind.time_zone is None:
        return frame
    native: Any = frame.to_native()
    quoted = column.replace('"', '""')
    engine = frame.implementation
    if engine.is_duckdb():
        moved = f'timezone(\'{zone}\', "{quoted}") AS "{quoted}"'
        return _framed(native.project(f"* REPLACE ({moved})"))
    if engine.is_ibis():
        remedy = "turn it into the shop's local dates in Ibis first"
        raise InvalidValue(column, f"has aware moments; {remedy}")
    if engine.is_pyspark() or engine.is_pyspark_connect():
        return _framed(_in_spark(native, column, zone))
    moment = nw.col(column).dt.convert_time_zone(zone)
    return frame.with_columns(moment.dt.replace_time_zone(None))


def _framed(native: Any) -> AnyFrame:
    """Wrap what an engine returned."""
    frame: AnyFrame = nw.from_native(native)
    return frame


def _in_spark(native: Any, column: str, zone: str) -> Any:
    """Count from the epoch, so that no hour of the session's zone is met twice."""
    name = column.replace("`", "``")
    seconds = f"CAST(unix_micros(`{name}`) / 1000000 AS DECIMAL(18, 6))"
    moment = f"TIMESTAMP_NTZ'1970-01-01' + make_dt_interval(0, 0, 0, {seconds})"
    moved = f"convert_timezone('UTC', '{zone}', {moment}) AS `{name}`"
    others = [
        f"`{other.replace('`', '``')}`" for other in native.columns if other != column
    ]
    return native.selectExpr(*others, moved)

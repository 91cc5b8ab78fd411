"""Every engine that purchases may be in, behind one way to fill and to read it."""

from __future__ import annotations

import importlib
import os
import shutil
from typing import TYPE_CHECKING, Any, Protocol

import attrs
import pytest


if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ENGINES = (
    "pandas",
    "pandas_arrow",
    "polars",
    "polars_lazy",
    "pyarrow",
    "duckdb",
    "ibis",
    "dask",
    "pyspark",
)

SLOW = ("dask", "pyspark")

#: A customer's line, without its id.
Line = tuple[Any, ...]


def asked_for(name: str) -> Any:
    """Import a package of the group ``frames``; without it the test is skipped."""
    if os.environ.get("LOYALTYCORE_FRAMES"):
        return importlib.import_module(name)
    reason = f"needs {name}: make frames"
    return pytest.importorskip(name, reason=reason)


class Engine(Protocol):
    """One kind of frame."""

    name: str

    def frame(self, columns: Mapping[str, Sequence[Any]]) -> Any:
        """Make a frame of columns; days are dates where the engine has them."""
        ...

    def of_arrow(self, table: Any) -> Any:
        """Make a frame of an Arrow table."""
        ...

    def lines(self, frame: Any) -> dict[Any, Line]:
        """Read a scored frame, by customer."""
        ...


@attrs.define
class AnyEngine:
    """What the engines have in common: Arrow in, narwhals out."""

    name: str
    spark: Any = None

    def frame(self, columns: Mapping[str, Sequence[Any]]) -> Any:
        """Make a frame of columns."""
        return self.of_arrow(asked_for("pyarrow").table(dict(columns)))

    def of_arrow(self, table: Any) -> Any:
        """Make a frame of an Arrow table."""
        match self.name:
            case "pandas":
                return with_moments(table.to_pandas())
            case "pandas_arrow":
                pandas = asked_for("pandas")
                return table.to_pandas(types_mapper=pandas.ArrowDtype)
            case "polars":
                return asked_for("polars").from_arrow(table)
            case "polars_lazy":
                return asked_for("polars").from_arrow(table).lazy()
            case "pyarrow":
                return table
            case "duckdb":
                return asked_for("duckdb").from_arrow(table)
            case "ibis":
                return asked_for("ibis").memtable(table)
            case "dask":
                dask = asked_for("dask.dataframe")
                return dask.from_pandas(with_moments(table.to_pandas()), npartitions=2)
            case "pyspark":
                return self.spark.createDataFrame(table)
            case _:
                raise AssertionError(self.name)

    def lines(self, frame: Any) -> dict[Any, Line]:
        """Read a scored frame, by customer."""
        narwhals = asked_for("narwhals")
        rows = narwhals.from_native(frame).lazy().collect().rows()
        found = {customer_id: rest for customer_id, *rest in rows}
        assert len(rows) == len(found), "a customer has one line"
        return {customer_id: tuple(rest) for customer_id, rest in found.items()}


def with_moments(frame: Any) -> Any:
    """Turn objects that are dates into what pandas calls dates."""
    pandas = asked_for("pandas")
    for name in frame.columns:
        if frame[name].dtype == object and name == "on":
            frame[name] = pandas.to_datetime(frame[name])
    return frame


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """One Spark on this machine, for all that ask."""
    sql = asked_for("pyspark.sql")
    if shutil.which("java") is None:
        pytest.skip("PySpark needs Java")
    session = (
        sql.SparkSession.builder.master("local[2]")
        .appName("loyaltycore")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "America/New_York")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


def made(request: pytest.FixtureRequest) -> Engine:
    """One engine, if its package is there."""
    asked_for("narwhals")
    asked_for("pyarrow")
    if request.param == "pyspark":
        return AnyEngine("pyspark", request.getfixturevalue("spark"))
    asked_for(request.param.split("_", maxsplit=1)[0])
    return AnyEngine(request.param)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    return made(request)


@pytest.fixture(params=[name for name in ENGINES if name not in SLOW])
def quick_engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine that answers at once."""
    return made(request)


@pytest.fixture(params=SLOW)
def slow_engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine that plans for many machines first."""
    return made(request)

"""
Every Python block of README.md and docs/ is a test.

A document is one story: its blocks share a namespace, run from top to bottom, in an
empty folder of their own, so that an example may write ``cafe.db`` and leave nothing.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser


# How long an example may take depends on what else the machine does; see the last line
# of a run for what is slow.  A mutation run calls a test many times in one process.
# Everything else is as Hypothesis has it, on CI or not.
settings.register_profile(
    "house",
    settings(),
    deadline=None,
    suppress_health_check=[HealthCheck.differing_executors],
)
settings.load_profile("house")
# For a second and third Python, where the question is the version and not the rule:
# pytest --hypothesis-profile=brief.
settings.register_profile("brief", settings.get_profile("house"), max_examples=20)
# For mutants, where each test is asked thousands of times and one failure is enough.
settings.register_profile(
    "mutants",
    settings.get_profile("house"),
    max_examples=12,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)


POSTGRES = os.environ.get(
    "LOYALTYCORE_TEST_POSTGRES", "postgresql+psycopg://127.0.0.1:5432/test"
)


@cache
def has_postgres() -> bool:
    """Is there a server for the examples that need one?"""
    try:
        sa.create_engine(POSTGRES, poolclass=sa.NullPool).connect().close()
    except sa.exc.SQLAlchemyError:
        return False
    return True


def enter_folder(namespace: dict[str, Any]) -> None:
    """
    Start a document in an empty folder.

    An example that needs PostgreSQL finds a ``url``, and a ``schema`` of its own.
    """
    namespace["has_postgres"] = has_postgres
    namespace["url"] = POSTGRES
    namespace["_leave"] = leave = ExitStack()
    folder = leave.enter_context(
        tempfile.TemporaryDirectory(
            prefix="loyaltycore-docs-", ignore_cleanup_errors=True
        )
    )
    namespace["schema"] = f"docs_{folder.rpartition('-')[2].lower()}"
    leave.callback(os.chdir, Path.cwd())
    os.chdir(folder)


def leave_folder(namespace: dict[str, Any]) -> None:
    """Go back to where we were, and take away folder and schema."""
    if "SqlStore" in namespace and has_postgres():
        engine = sa.create_engine(POSTGRES, poolclass=sa.NullPool)
        with engine.begin() as connection:
            drop = f"DROP SCHEMA IF EXISTS {namespace['schema']} CASCADE"
            connection.execute(sa.text(drop))
    namespace["_leave"].close()


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    patterns=["README.md", "docs/*.md", "docs/**/*.md"],
    setup=enter_folder,
    teardown=leave_folder,
).pytest()


def pytest_configure(config: pytest.Config) -> None:
    """Keep the blocks of a document on one worker when tests run in parallel."""
    if getattr(config.option, "dist", "no") == "load":
        config.option.dist = "loadfile"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what takes minutes, unless asked for, and note suites of stores."""
    is_soaking = bool(os.environ.get("LOYALTYCORE_SOAK"))
    for item in items:
        suite = getattr(item, "cls", None) or object
        if any(
            each.__name__ == "StoreContract" for each in getattr(suite, "__mro__", ())
        ):
            item.user_properties.append(("store contract", suite.__name__))
        if item.get_closest_marker("soak") and not is_soaking:
            item.add_marker(pytest.mark.skip(reason="takes minutes: make soak"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many tests of the contract each store has passed."""
    passed = Counter(
        dict(report.user_properties)["store contract"]
        for report in terminalreporter.stats.get("passed", ())
        if "store contract" in dict(report.user_properties)
    )
    for suite, tests in sorted(passed.items()):
        terminalreporter.write_line(f"store contract: {suite} passed {tests} tests")

"""``python -m loyaltycore.demo``: from the command line to an exit code."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loyaltycore.demo.sample import sample_text
from loyaltycore.demo.story import run
from loyaltycore.errors import LoyaltyError
from loyaltycore.stores.sqlite import SqliteStore


if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_DEFAULT: Final = Path(".demo", "cdnow-demo.db")
_FAILED = 1
_IMPOSSIBLE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the demo.

    Returns:
        0 when everything agreed; 1 when a figure differed or the ledger had a problem;
        2 when the database could not be used.
    """
    options = _parser().parse_args(arguments)
    database: Path = options.database
    out = sys.stdout
    print(f"database: {database}", file=out)
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        store = SqliteStore(database)
        try:
            is_right = run(store, sample_text(), out)
        finally:
            store.close()
    except (LoyaltyError, OSError) as error:
        print(f"demo: {error}", file=sys.stderr)
        print(
            f"The database is {database}: pass --database for another one, or delete"
            " it to start afresh.",
            file=sys.stderr,
        )
        return _IMPOSSIBLE
    print("demo: ok" if is_right else "demo: FAILED, see above", file=out)
    return 0 if is_right else _FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m loyaltycore.demo",
        description="Replay 6,919 real purchases as a cashback programme; prove it.",
        epilog="Running it again on the same file changes nothing.",
    )
    parser.add_argument(
        "--database",
        type=Path,
        default=_DEFAULT,
        metavar="PATH",
        help="the SQLite file to write (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())

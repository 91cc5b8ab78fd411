"""
A real spreadsheet opens what we write, and finds nothing to run in it.

Needs LibreOffice (Debian: libreoffice-calc-nogui); without it the test is skipped.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from loyaltycore.io.writing import written


if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SOFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(
    SOFFICE is None, reason="no LibreOffice; apt-get install libreoffice-calc-nogui"
)

PAYLOADS = (
    "1+1", 'HYPERLINK("http://example.com";"x")', "cmd|' /C calc'!A0", "SUM(A1:A9)",
    'WEBSERVICE("http://example.com")', "A1", "2+3+cmd", "'", "", "=", "-1", "1.5",
)  # fmt: skip
STARTS = (
    "=", "+", "-", "@", "\t=", "\r=", "\n=", "'=", "''=", " =", "\uff1d", "\uff0b",
    "\uff0d", "\uff20", "=-", "+=", "\u200b=", ";=", '"=', ",=",
)  # fmt: skip
HOSTILE = [[start + payload for start in STARTS] for payload in PAYLOADS]


def opened(folder: Path, name: str, lines: Iterable[str]) -> str:
    """Let LibreOffice open a CSV file, and return the sheet as it understood it."""
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
    assert SOFFICE is not None
    subprocess.run(
        [
            SOFFICE,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--infilter=Text - txt - csv (StarCalc):44,34,76",
            "--convert-to",
            "fods",
            "--outdir",
            str(folder),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return path.with_suffix(".fods").read_text("utf-8")


def formulas(sheet: str) -> list[str]:
    """Every formula in a sheet."""
    return re.findall(r'table:formula="([^"]*)"', sheet)


def test_nothing_is_run(tmp_path: Path):
    """Hostile cells are text in a file of ours, and formulas in one without escapes."""
    header = [f"column {number}" for number in range(len(STARTS))]
    raw = [",".join('"' + c.replace('"', '""') + '"' for c in row) for row in HOSTILE]

    ours = opened(tmp_path, "ours", written(header, HOSTILE))
    theirs = opened(tmp_path, "theirs", [line + "\r\n" for line in raw])

    assert [] == formulas(ours)
    assert len(formulas(theirs)) > len(PAYLOADS)
    assert "HYPERLINK" in ours

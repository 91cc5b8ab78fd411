"""The documents: every page can be reached, and every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loyaltycore.schema import COLLECTIONS


ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


def links_of(page: Path) -> list[Path]:
    """Files that a page links to."""
    found = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    return [(page.parent / link).resolve() for link in found]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    """No page links to a file that is not there."""
    missing = [str(link) for link in links_of(page) if not link.exists()]

    assert missing == []


def test_every_page_is_reached_from_the_index() -> None:
    """A reader who starts at the index finds every document."""
    seen: set[Path] = set()
    waiting = [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page not in seen and page.exists():
            seen.add(page)
            waiting += [link for link in links_of(page) if link.suffix == ".md"]

    assert {page for page in DOCS.rglob("*.md") if page not in seen} == set()


def test_every_table_is_explained() -> None:
    """The page about tables has a row for each, and names those that only grow."""
    page = (DOCS / "explanation" / "tables.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| `")]
    explained = {name for row in rows for name in re.findall(r"`(\w+)`", row[1])}
    (sentence,) = re.findall(r"^(.*) are append-only", page, re.MULTILINE)
    growing = {one.name for one in COLLECTIONS.values() if one.append_only}

    assert set(COLLECTIONS) - explained == set()
    assert set(re.findall(r"`(\w+)`", sentence)) == growing

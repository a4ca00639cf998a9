"""docs/PILOTS.md: all eighteen rows, each with its mark, and every test it names is there."""

import re

from test_docs_compliance import ROOT, missing

PAGE = (ROOT / "docs/PILOTS.md").read_text("utf-8")
MARKS = {"runs", "partly", "not yet", "–"}
FILES = re.compile(r"`((?:[a-z]+/)?test_[a-z0-9_]+\.py)")


def rows() -> list[list[str]]:
    """Return the cells of each row."""
    lines = [line for line in PAGE.splitlines() if re.match(r"\| [0-9]+ \|", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_eighteen_rows_are_there_and_say_how_they_stand() -> None:
    assert [int(cells[0]) for cells in rows()] == list(range(1, 19))
    for no, _, money, mark, shown in rows():
        assert mark in MARKS, no
        assert bool(shown) is (mark != "–"), no
        if mark in {"runs", "partly"}:
            assert FILES.search(shown), no
        if mark == "–":
            assert money == "none of its own", no


def test_every_test_that_is_named_exists() -> None:
    assert missing(PAGE) == []
    assert [name for name in FILES.findall(PAGE) if not (ROOT / "tests" / name).exists()] == []
    assert len(FILES.findall(PAGE)) > 8

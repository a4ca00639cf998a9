"""docs/COMPLIANCE.md: every demand is there, says how it stands, and every named test exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/COMPLIANCE.md").read_text("utf-8")
MARKS = {"met", "partly", "not yet", "operator"}
NAMED = re.compile(r"`((?:[a-z]+/)?test_[a-z0-9_]+\.py)::(test_[a-z0-9_]+)`")


def rows() -> dict[str, list[str]]:
    """Return the cells of each demand by number."""
    lines = [line for line in PAGE.splitlines() if re.match(r"\| D[0-9]+ \|", line)]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {one[0].strip(): one for one in cells}


def named(text: str) -> list[tuple[str, str]]:
    return NAMED.findall(text)


def missing(text: str) -> list[str]:
    """Return the tests that a text names and that do not exist."""
    found = []
    for file, name in named(text):
        path = ROOT / "tests" / file
        tree = ast.parse(path.read_text("utf-8")) if path.exists() else ast.Module([], [])
        there = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        if name not in there:
            found.append(f"{file}::{name}")
    return found


def test_every_demand_is_there_once_and_in_order() -> None:
    assert list(rows()) == [f"D{n}" for n in range(1, 37)]


def test_what_is_met_is_shown_and_what_is_not_says_what_is_missing() -> None:
    for number, cells in rows().items():
        assert len(cells) == 5, number
        _, asked, mark, does, shown = cells
        assert "§" in asked, number
        assert mark in MARKS, number
        if mark in {"met", "partly"}:
            assert named(shown), number
        if mark == "partly":
            assert re.search("[Nn]ot yet|owes|not followed", does), number


def test_every_named_test_exists() -> None:
    assert len(named(PAGE)) > 60
    assert missing(PAGE) == []
    assert missing("`test_docs_compliance.py::test_nowhere`") == [
        "test_docs_compliance.py::test_nowhere"
    ]
    assert missing("`test_no_such_file.py::test_x`") == ["test_no_such_file.py::test_x"]

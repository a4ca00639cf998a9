"""docs/mutation_survivors.tsv is of code that exists, under arguments of docs/MUTATION.md."""

import ast
import csv
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs/MUTATION.md").read_text("utf-8")


@cache
def functions(module: str) -> set[str]:
    """Return the functions of a module, those of its classes with the class before them."""
    found = set()
    for node in ast.parse((ROOT / module).read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef):
            inner = [one for one in node.body if isinstance(one, ast.FunctionDef)]
            found |= {f"{node.name}.{one.name}" for one in inner}
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
    return found


def test_every_survivor_is_of_a_function_and_has_its_argument() -> None:
    with (ROOT / "docs/mutation_survivors.tsv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))
    counts: dict[str, int] = {}
    for row in rows:
        assert row["function"] in functions(row["module"]), row
        counts[row["argument"]] = counts.get(row["argument"], 0) + int(row["count"])
    told = dict(re.findall(r"^\| `([a-z]+)` \| (\d+) \|", TEXT, re.MULTILINE))
    assert {name: int(number) for name, number in told.items()} == counts

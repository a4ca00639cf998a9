"""docs/ERRORS.md says what the classes say; run this file as a script to write it anew."""

import importlib
import pkgutil
from pathlib import Path

from approvals.verify.sentences import SENTENCES
from ledger.refusal import REGISTRY, Refusal

DOCUMENT = Path(__file__).parents[1] / "docs/ERRORS.md"
PACKAGES = ("ledger", "approvals", "disclosure", "reports", "app")
HEAD = """# Errors

Every refusal has a code that never changes its meaning. Nothing was written when one is said.
`tests/test_docs_errors.py` holds this page against the code and, run as a script, writes it anew.

## What the counter and the commands say
"""
VERIFY = """
## What `mingbai verify` and the guard find
The first bad place of a books directory is named with its file and line.
"""


def register_all() -> None:
    """Import every module, so that every refusal is registered."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if "migrations" not in module.name:
                importlib.import_module(module.name)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _row(code: str, kind: type[Refusal]) -> str:
    meaning = (kind.__doc__ or "").strip().split("\n\n")[0]
    cells = (code, meaning, kind.says, kind.rule)
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def document() -> str:
    """Return the page that the classes make."""
    register_all()
    rows = [_row(code, REGISTRY[code]) for code in sorted(REGISTRY) if _ours(REGISTRY[code])]
    faults = [f"| {code} | {_cell(SENTENCES[code])} |" for code in sorted(SENTENCES)]
    lines = [
        HEAD,
        "| code | meaning | sentence | rule |",
        "|---|---|---|---|",
        *rows,
        VERIFY,
        "| code | sentence |",
        "|---|---|",
        *faults,
    ]
    return "\n".join(lines) + "\n"


def _ours(kind: type[Refusal]) -> bool:
    return kind.__module__.split(".")[0] in PACKAGES


def test_the_page_says_what_the_classes_say() -> None:
    assert DOCUMENT.read_text("utf-8") == document()


def test_every_refusal_has_a_test_or_a_path() -> None:
    register_all()
    for code, kind in REGISTRY.items():
        assert kind.__doc__, code
        assert kind.says.rstrip("）").endswith("。"), code


if __name__ == "__main__":
    DOCUMENT.write_text(document(), "utf-8")

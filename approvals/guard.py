"""Beancount plugin: refuse every entry whose chain of sign-offs is not whole.

Named in `audit.beancount` by `plugin "approvals.guard"`, so that bean-check and Fava themselves
show what is in the books without having been signed.
"""

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from beancount.core.data import Transaction

from approvals.verify.cache import evaluated
from approvals.verify.entries import judge
from approvals.verify.replay import History

__plugins__ = ("guard",)


class GuardError(NamedTuple):
    """What is wrong with an entry, in Beancount's form of an error."""

    source: dict[str, Any]
    message: str
    entry: Any


def guard(
    entries: list[Any], options_map: dict[str, Any], config: str | None = None
) -> tuple[list[Any], list[GuardError]]:
    """Return the entries as they are, and an error for each that the signed log does not have."""
    del config
    book = Path(options_map["filename"])
    try:
        outcome = evaluated(_village(book))
    except OSError:
        return entries, [_general(book, "没有找到审签记录（事件文件），账簿无法核验。")]
    errors = [_general(book, str(outcome.stop.fault()))] if outcome.stop else []
    found = [entry for entry in entries if isinstance(entry, Transaction)]
    for entry in found:
        sentence = judge(outcome, entry)
        if sentence:
            errors.append(GuardError(entry.meta, sentence, entry))
    return entries, errors + _counted(outcome.history, book, found)


def _village(book: Path) -> Path:
    return book.parent if (book.parent / "village.json").exists() else book.parent.parent


def _general(book: Path, sentence: str) -> GuardError:
    return GuardError({"filename": str(book), "lineno": 0}, sentence, None)


def _counted(history: History, book: Path, found: list[Transaction]) -> list[GuardError]:
    """Return an error for each posted voucher that stands in the book twice or not at all."""
    year = book.parent.name if (book.parent.parent / "village.json").exists() else ""
    times = Counter(entry.meta.get("number") for entry in found)
    due = [number for number in history.numbers if number.startswith(year)]
    wrong = [(number, times[number]) for number in due if times[number] != 1]
    return [
        _general(book, f"{number}：账簿中出现 {count} 次，应当只有一次。")
        for number, count in wrong
    ]

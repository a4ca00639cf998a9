"""Beancount plugin: refuse every entry whose chain of sign-offs is not whole.

Named in `audit.beancount` by `plugin "approvals.guard"`, so that bean-check and Fava themselves
show what is in the books without having been signed.
"""

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from beancount.core.data import Transaction

from approvals.verify.cache import evaluated
from approvals.verify.outcome import Outcome
from approvals.verify.replay import History, Item
from approvals.verify.seals import balances

__plugins__ = ("guard",)
CARRIED = "carried"


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
        sentence = _judge(outcome, entry)
        if sentence:
            errors.append(GuardError(entry.meta, sentence, entry))
    return entries, errors + _counted(outcome.history, book, found)


def _village(book: Path) -> Path:
    return book.parent if (book.parent / "village.json").exists() else book.parent.parent


def _general(book: Path, sentence: str) -> GuardError:
    return GuardError({"filename": str(book), "lineno": 0}, sentence, None)


def _judge(outcome: Outcome, entry: Transaction) -> str:
    """Return what is wrong with an entry, or nothing."""
    history, number = outcome.history, entry.meta.get("number")
    if number is None and entry.meta.get("opening") == CARRIED:
        good = _legs(entry) == _carried(history, entry.date.year)
        return "" if good else f"{entry.date.year} 年年初余额与上年年末不符，不能入账。"
    item = history.numbers.get(number) if isinstance(number, str) else None
    if item is None:
        return f"{number or entry.narration}：{_why(outcome, entry)}，不能入账。"
    different = _difference(history, item, entry)
    return f"{number}：{different}与已审签的凭证不一致，不能入账。" if different else ""


def _why(outcome: Outcome, entry: Transaction) -> str:
    case = outcome.history.cases.get(str(entry.meta.get("case")))
    lacking = case.lacking() if case else "没有审签记录"
    if lacking:
        return lacking
    return "审签记录在此之前有误" if outcome.stop else "没有记账签字"


def _difference(history: History, item: Item, entry: Transaction) -> str:
    """Return the first thing in which an entry differs from its voucher, in words, or nothing."""
    voucher = item.voucher
    payee = voucher.payee.name if voucher.payee else None
    pairs: list[tuple[str, object, object]] = [
        ("日期", voucher.day, entry.date),
        ("摘要", f"{item.number} {voucher.summary}", entry.narration),
        ("收付款方", payee, entry.payee),
        ("内容摘要值", item.digest, entry.meta.get("digest")),
        ("事项编号", item.case, entry.meta.get("case")),
        ("记账序号", item.seq, entry.meta.get("leaf")),
        ("科目或金额", _own(history, item), _legs(entry)),
    ]
    return next((what for what, ours, theirs in pairs if ours != theirs), "")


def _own(history: History, item: Item) -> list[tuple[str, object, str]]:
    return [_leg(history, leg.account, leg.fen) for leg in item.voucher.legs]


def _leg(history: History, code: str, fen: int) -> tuple[str, object, str]:
    return (history.chart().path(code), Decimal(fen).scaleb(-2), "CNY")


def _legs(entry: Transaction) -> list[tuple[str, object, str]]:
    return [
        (leg.account, leg.units and leg.units.number, leg.units.currency if leg.units else "")
        for leg in entry.postings
    ]


def _carried(history: History, year: int) -> list[tuple[str, object, str]]:
    found = balances(history.sums, f"{year - 1:04d}-12")
    return [_leg(history, code, found[code]) for code in sorted(found)]


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

"""An entry as Beancount has read it, held against the voucher that was signed."""

from decimal import Decimal

from beancount.core.data import Transaction

from approvals.verify.outcome import Outcome
from approvals.verify.replay import History, Item
from approvals.verify.seals import balances

CARRIED = "carried"


def judge(outcome: Outcome, entry: Transaction) -> str:
    """Return what is wrong with an entry that Beancount has read (zh-CN), or nothing."""
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

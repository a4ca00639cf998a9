"""Year-end vouchers and corrections, drafted; they walk their chains like any other.

Pure: balances in, vouchers out. Source: domain/statements.md booking rule 4; 98号 art. 51.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from ledger.refusal import Refusal
from ledger.voucher import Leg, Number, Voucher

INCOME = ("501", "502", "503", "504")
EXPENSE = ("511", "512", "513", "514", "515", "521")
RESULT = "321"
SHARED = "322.01"
KEPT = "322.02"
MONEY = frozenset({"101", "102"})


def _of(balances: Mapping[str, int], roots: tuple[str, ...]) -> dict[str, int]:
    return {
        code: fen
        for code, fen in sorted(balances.items())
        if code.partition(".")[0] in roots and fen
    }


def _transfer(village: str, day: date, purpose: str, summary: str, legs: list[Leg]) -> Voucher:
    return Voucher(village, "transfer", day, summary, purpose, tuple(legs))


def _cleared(
    village: str, day: date, what: str, target: str, sums: Mapping[str, int]
) -> list[Voucher]:
    if not sums:
        return []
    total = sum(sums.values())
    legs = [Leg(code, -fen, "") for code, fen in sums.items()]
    if total:
        legs.append(Leg(target, total, ""))
    return [_transfer(village, day, "transfer.closing", what, legs)]


def carry_forward(village: str, year: int, balances: Mapping[str, int]) -> list[Voucher]:
    """Return the vouchers that close the year: income and expense to 321, 321 to 322.02.

    `balances` are those at 31 December (fen, debit positive). Nothing to close gives no voucher.
    """
    day = date(year, 12, 31)
    income, expense = _of(balances, INCOME), _of(balances, EXPENSE)
    found = _cleared(village, day, f"{year}年年末结转各项收入", RESULT, income)
    found += _cleared(village, day, f"{year}年年末结转各项支出", RESULT, expense)
    result = balances.get(RESULT, 0) + sum(income.values()) + sum(expense.values())
    if result:
        word = "本年收益" if result < 0 else "本年亏损"
        legs = [Leg(RESULT, -result, ""), Leg(KEPT, result, "")]
        found.append(_transfer(village, day, "transfer.closing", f"{year}年年末结转{word}", legs))
    return found


def close_shared(village: str, year: int, balances: Mapping[str, int]) -> list[Voucher]:
    """Return the voucher that closes 各项分配 (322.01) into 322.02, if there is anything on it."""
    fen = balances.get(SHARED, 0)
    if not fen:
        return []
    legs = [Leg(KEPT, fen, ""), Leg(SHARED, -fen, "")]
    summary = f"{year}年年末结转各项分配"
    return [_transfer(village, date(year, 12, 31), "transfer.closing", summary, legs)]


def red(wrong: Voucher, number: Number, day: date, why: str = "") -> Voucher:
    """Return the red-letter voucher that writes a posted voucher off (红字冲销).

    Its legs are those of the voucher with opposite signs, in the same order: reversed once more
    they would be what they were.

    Raises:
        RedOfRed: the voucher is itself a reversal; what it undid is entered anew instead.
        EarlierYear: the voucher is of another year, whose errors are corrected in blue.
        RedTooEarly: the day lies before that of the voucher.

    Source: 98号 art. 51.
    """
    if wrong.reverses:
        raise RedOfRed(number=number)
    if day.year != wrong.day.year:
        raise EarlierYear(number=number)
    if day < wrong.day:
        raise RedTooEarly(number=number, day=wrong.day)
    return replace(
        wrong,
        day=day,
        summary=_named("注销", wrong, number, why),
        legs=tuple(leg._replace(fen=-leg.fen) for leg in wrong.legs),
        bank_line="",
        reverses=str(number),
        corrects="",
    )


def blue(wrong: Voucher, number: Number, day: date, why: str = "") -> Voucher:
    """Return the blue voucher that enters a posted one anew, to be put right (订正).

    Source: 98号 art. 51.
    """
    return replace(
        wrong,
        day=day,
        summary=_named("订正", wrong, number, why),
        bank_line="",
        papers=(),
        reverses="",
        corrects=str(number),
    )


def earlier(wrong: Voucher, number: Number, day: date, why: str = "") -> Voucher:
    """Return the beginning of the blue voucher that puts an earlier year's entry right.

    Its legs take the entry back, income and expense through 322.02; legs on cash and bank are left
    out, for what the bank moved it has moved. Who corrects adds what the entry should have been.

    Source: 98号 art. 51 (five).
    """
    sums: dict[str, int] = {}
    for leg in wrong.legs if wrong.kind != "opening" else ():
        top = leg.account.partition(".")[0]
        if top not in MONEY:
            code = KEPT if top in (*INCOME, *EXPENSE) else leg.account
            sums[code] = sums.get(code, 0) - leg.fen
    legs = [Leg(code, fen, "") for code, fen in sums.items() if fen]
    summary = _named("订正", wrong, number, why)
    first = _transfer(wrong.village, day, "transfer.correction", summary, legs)
    return replace(first, corrects=str(number))


def _named(word: str, wrong: Voucher, number: Number, why: str) -> str:
    reason = f"：{why}" if why else ""
    return f"{word}{wrong.day.month}月{wrong.day.day}日{number}凭证{reason}"


class RedOfRed(Refusal):
    """A reversal is not reversed: the entry is made anew."""

    code = "K010"
    says = "{number} 本身是红字冲销凭证，不能再冲销；请重新填制一张正确的凭证。"
    rule = "会计基础工作规范 第五十一条"


class EarlierYear(Refusal):
    """A red-letter voucher writes off an entry of its own year only."""

    code = "K011"
    says = "{number} 不是本年度的凭证，不能红字冲销；请用蓝字填制更正凭证，损益通过 322.02 更正。"
    rule = "会计基础工作规范 第五十一条（五）"


class RedTooEarly(Refusal):
    """A reversal is dated before the voucher it writes off."""

    code = "K012"
    says = "冲销日期早于 {number} 的日期 {day}，请改为当日或以后的日期。"
    status = 422

"""Months: which are sealed, which comes next. A sealed month opens for nobody."""

from datetime import date

from sqlalchemy import Connection

from ledger.posted import store
from ledger.refusal import Refusal


def months(first: str, last: str) -> list[str]:
    """Return the periods from first to last, both included: `2021-11` … `2022-02`."""
    year, month = int(first[:4]), int(first[5:])
    found = []
    while (period := f"{year:04d}-{month:02d}") <= last:
        found.append(period)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004
    return found


def next_period(period: str) -> str:
    """Return the month after."""
    year, month = int(period[:4]), int(period[5:])
    return f"{year + month // 12:04d}-{month % 12 + 1:02d}"


def first_day(period: str) -> date:
    """Return the first day of a month."""
    return date(int(period[:4]), int(period[5:]), 1)


def parse(text: str) -> str:
    """Return the period a text names.

    Raises:
        BadPeriod: the text is not of the form `2021-05`.
    """
    try:
        day = date.fromisoformat(f"{text}-01")
    except ValueError as fault:
        raise BadPeriod(period=text) from fault
    return f"{day:%Y-%m}"


def sealed(conn: Connection, village: str) -> list[str]:
    """Return the sealed periods of a village in order."""
    return [item.period for item in store.seals(conn, village)]


def is_sealed(conn: Connection, village: str, period: str) -> bool:
    """Tell whether a month is closed: it is when it or any later month has been sealed."""
    done = sealed(conn, village)
    return bool(done) and period <= done[-1]


def next_to_seal(conn: Connection, village: str) -> str | None:
    """Return the month whose turn it is to be sealed, or None in an empty village."""
    done = sealed(conn, village)
    if done:
        return next_period(done[-1])
    found = store.periods(conn, village)
    return found[0] if found else None


class BadPeriod(Refusal):
    """The text names no month."""

    code = "P001"
    says = "“{period}”不是月份，月份形如 2021-05。"
    status = 404


class Sealed(Refusal):
    """The month is sealed: nothing is entered into it any more."""

    code = "P002"
    says = "{period} 已经结账封存，不能再记账。请把凭证日期改到未结账的月份，更正用红字凭证。"
    rule = "会计软件基本功能和服务规范（财会〔2024〕12号）第二十一条第三款、第二十四条"


class NotItsTurn(Refusal):
    """Months are sealed in order, each once."""

    code = "P003"
    says = "不能封存 {period}：按顺序应封存的月份是 {turn}。"


class OpenCases(Refusal):
    """Cleared vouchers of the month are not posted yet."""

    code = "P004"
    says = "{period} 还有 {count} 张凭证没有记账（{cases}），请先办结、退回或改期。"
    rule = "会计软件基本功能和服务规范（财会〔2024〕12号）第二十四条"


class Disagreement(Refusal):
    """The two computations of the month's balances differ: legs and Beancount."""

    code = "P005"
    says = (
        "{period} 两套计算不一致：科目 {account} 明细账为 {legs}，Beancount 为 {books}。"
        "请停止结账并核查账簿文件。"
    )
    rule = "docs/ARCHITECTURE.md 两套计算"
    status = 500

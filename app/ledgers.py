"""What the room of ledgers and the package ask for: a ledger of a village, read from the views."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain, islice
from typing import NamedTuple

from sqlalchemy import Connection

from app import budgets
from ledger import budget, ledgers, money, periods
from ledger.accounts import chart_of
from ledger.chart import Chart
from ledger.items import items
from ledger.ledgers import DIMENSIONS, Dimension, Head, Ledger, Line
from ledger.legs import store as legs
from ledger.legs.store import Wanted
from ledger.posted import store as posted
from ledger.refusal import Refusal
from ledger.registers import store as registers
from ledger.registers.dimensions import store as own
from ledger.sums import Entry, Key

KINDS = {
    "trial": "科目余额表",
    "general": "总账",
    "detail": "明细账",
    "journal": "日记账",
    "columns": "多栏账",
    "auxiliary": "辅助核算",
    "vouchers": "凭证",
    "budget": "预算执行",
}
MONEY_ACCOUNT = "102"  # 银行存款: what a 日记账 is of when no account is asked for
CREDIT_ROOTS = frozenset({"Liabilities", "Equity", "Income"})


class Asked(NamedTuple):
    """What is asked for: a kind of ledger, months, an account, words, amounts in fen."""

    kind: str
    first: str
    last: str
    account: str = ""
    level: int = 4
    text: str = ""
    least: int | None = None
    most: int | None = None
    by: str = "item"
    value: str = ""

    @property
    def wanted(self) -> Wanted:
        """Return which legs these are."""
        return Wanted(self.first, self.last, self.account, self.text, self.least, self.most)


class Part(NamedTuple):
    """A ledger or a page of it; `after` is the key that the next page begins behind."""

    ledger: Ledger
    after: Key | None = None


def asked(conn: Connection, village: str, given: dict[str, str]) -> Asked:
    """Read what a form asks for.

    Empty months are the year of the last month with vouchers; of the list of vouchers, that month.

    Raises:
        BadPeriod, NoAccount, BadAmount, BackToFront.
    """
    known = posted.periods(conn, village)
    newest = known[-1] if known else "2000-01"
    last = periods.parse(given["last"]) if given.get("last") else newest
    usual = last if given.get("kind") == "vouchers" else f"{last[:4]}-01"
    first = periods.parse(given["first"]) if given.get("first") else usual
    if first > last:
        raise BackToFront(first=first, last=last)
    kind = given.get("kind", "")
    account = given.get("account", "").partition(" ")[0]
    if kind == "journal":
        account = account or MONEY_ACCOUNT
    if account:
        chart_of(conn, village).get(account)
    level = given.get("level", "")
    return Asked(
        kind if kind in KINDS else "trial",
        first,
        last,
        account,
        int(level) if level in {"1", "2", "3", "4"} else 4,
        given.get("text", "")[:80],
        money.parse_yuan(given["least"]) if given.get("least") else None,
        money.parse_yuan(given["most"]) if given.get("most") else None,
        given["by"] if given.get("by") in dimensions(conn, village) else "item",
        given.get("value", "")[:200],
    )


def dimensions(conn: Connection, village: str) -> dict[str, Dimension]:
    """Return the auxiliary dimensions of a village: those of every voucher, then its own."""
    return {**DIMENSIONS, **ledgers.own_dimensions(own.known(conn, village))}


def before(period: str) -> str:
    """Return the period that ends before a month begins; 2021-00 holds the opening balances."""
    return f"{period[:4]}-{int(period[5:]) - 1:02d}"


def ledger(
    conn: Connection, village: str, want: Asked, after: Key | None = None, limit: int = 0
) -> Part:
    """Return a ledger, of the long ones at most `limit` lines behind a key (0: all of them).

    Raises:
        NoAccount, AccountMissing.
    """
    chart = chart_of(conn, village)
    if want.kind in {"detail", "journal"}:
        return _detail(conn, village, want, chart, after, limit)
    if want.kind == "budget":
        return Part(_budget(conn, village, want))
    if want.kind == "columns":
        return Part(_columns(conn, village, want, chart))
    heads, lines = {
        "trial": (ledgers.TRIAL, _trial),
        "general": (ledgers.GENERAL, _general),
        "auxiliary": (ledgers.AUXILIARY, _auxiliary),
        "value": (ledgers.DETAIL, _of_value),
        "vouchers": (VOUCHERS, _vouchers),
    }["value" if want.kind == "auxiliary" and want.value else want.kind]
    made = _made(want, chart, heads, lines(conn, village, want, chart))
    if want.kind == "auxiliary":
        title = dimensions(conn, village)[want.by].title
        made = made._replace(about=f"{title}{'：' if want.value else ''}{want.value}　{made.about}")
    return Part(made)


def _budget(conn: Connection, village: str, want: Asked) -> Ledger:
    """Return budget against actual of the year of the last month; of one item by month."""
    year = want.last[:4]
    first, last = max(want.first, f"{year}-01"), want.last
    done = budgets.actual_of(conn, village, int(year))
    adopted = registers.budget_of(conn, village, int(year))
    note = registers.budget_resolution(conn, village, int(year))
    about = f"{year}年　{first} 至 {last}　{note.note if note else '没有采用的预算'}"
    if want.value in items():
        about = f"{items()[want.value].zh}　{about}"
        months = periods.months(f"{year}-01", last)
        lines = budget.by_month(adopted.get(want.value, 0), done.get(want.value, {}), months)
        return Ledger(KINDS["budget"], about, budget.MONTHS, lines)
    return Ledger(KINDS["budget"], about, budget.HEADS, budget.lines(adopted, done, first, last))


VOUCHERS = (
    Head("凭证号"),
    Head("日期"),
    Head("摘要", wide=True),
    Head("收支项目"),
    Head("对方"),
    *ledgers.money("金额"),
)


def _made(want: Asked, chart: Chart, heads: tuple[Head, ...], lines: Iterator[Line]) -> Ledger:
    about = f"{want.first} 至 {want.last}"
    if want.account:
        about = f"{want.account} {chart.get(want.account).name}　{about}"
    return Ledger(KINDS[want.kind], about, heads, lines)


def _trial(conn: Connection, village: str, want: Asked, chart: Chart) -> Iterator[Line]:
    opening = legs.balances(conn, village, before(want.first))
    moved = legs.turnovers(conn, village, want.first, want.last)
    year = legs.turnovers(conn, village, f"{want.last[:4]}-01", want.last)
    return ledgers.trial(opening, moved, year, chart, want.level)


def _general(conn: Connection, village: str, want: Asked, chart: Chart) -> Iterator[Line]:
    opening = legs.balances(conn, village, before(want.first))
    by_month = legs.monthly(conn, village, want.first, want.last)
    earlier = legs.turnovers(conn, village, f"{want.first[:4]}-01", before(want.first))
    used = {*opening, *earlier, *chain.from_iterable(by_month.values())}
    tops = {want.account} if want.account else {code.partition(".")[0] for code in used}
    for code in sorted(tops):
        if not want.account:
            yield Line(("", f"{code} {chart.get(code).name}", None, None, "", None), heavy=True)
        start = sum(
            fen for one, fen in opening.items() if one == code or one.startswith(f"{code}.")
        )
        months = {
            period: ledgers.under(by_month.get(period, {}), code)
            for period in periods.months(want.first, want.last)
        }
        yield from ledgers.general(code, start, months, ledgers.under(earlier, code), want.first)


def _detail(
    conn: Connection, village: str, want: Asked, chart: Chart, after: Key | None, limit: int
) -> Part:
    wanted = want.wanted
    running = bool(want.account) and not wanted.narrowed
    entries: Iterator[Entry] = legs.search(conn, village, wanted, after, limit + 1 if limit else 0)
    following, more = None, False
    if limit:
        page = list(entries)
        more = len(page) > limit
        entries = iter(page[:limit])
        following = page[limit - 1].key if more else None
    start = _balance_at(conn, village, want, after) if running else None
    until = None if wanted.narrowed or limit else _spans(want.kind)
    lines = ledgers.detail(start, entries, posted.reversing(conn, village), until)
    if start is not None:
        day, words = ("", "承前页") if after else (want.first, "期初余额")
        head = ledgers.carried(day, words, start)
        lines = chain((head,), lines)
        if not more:
            end = _sum_under(legs.balances(conn, village, want.last), want.account)
            lines = chain(lines, (ledgers.carried(want.last, "期末余额", end),))
    return Part(_made(want, chart, ledgers.DETAIL, lines), following)


def _spans(kind: str) -> Callable[[Entry], str]:
    return (lambda one: str(one.day)) if kind == "journal" else (lambda one: one.period)


def _balance_at(conn: Connection, village: str, want: Asked, after: Key | None) -> int:
    if after is None:
        return _sum_under(legs.balances(conn, village, before(want.first)), want.account)
    # The months before are summed already; of the key's own month the legs are.
    period = f"{after[0]:%Y-%m}"
    start = _sum_under(legs.balances(conn, village, before(period)), want.account)
    month = want.wanted._replace(first=period, last=period)
    return start + legs.net_through(conn, village, month, after)


def _sum_under(balances: dict[str, int], code: str) -> int:
    return sum(fen for one, fen in balances.items() if one == code or one.startswith(f"{code}."))


def _columns(conn: Connection, village: str, want: Asked, chart: Chart) -> Ledger:
    if not want.account:
        raise AccountMissing
    account = chart.get(want.account)
    depth = want.account.count(".") + 2
    entries = legs.search(conn, village, want.wanted)
    if chart.children(want.account):

        def name(one: Entry) -> str:
            code = ".".join(one.account.split(".")[:depth])
            return f"{code} {chart.get(code).name}"

    else:
        vouchers = posted.vouchers(conn, village, want.first, want.last)
        purposes = {item.case: items()[item.voucher.purpose].zh for item in vouchers}

        def name(one: Entry) -> str:
            return purposes.get(one.case, "期初余额")

    sign = -1 if account.root in CREDIT_ROOTS else 1
    heads, lines = ledgers.columns(entries, name, sign)
    return _made(want, chart, heads, iter(lines))


def _auxiliary(conn: Connection, village: str, want: Asked, chart: Chart) -> Iterator[Line]:
    found = (item.voucher for item in posted.vouchers(conn, village, want.first, want.last))
    return ledgers.auxiliary(found, dimensions(conn, village)[want.by], want.account, chart)


def _of_value(conn: Connection, village: str, want: Asked, _: Chart) -> Iterator[Line]:
    of = dimensions(conn, village)[want.by].of
    found = {
        item.case: item.voucher for item in posted.vouchers(conn, village, want.first, want.last)
    }
    chosen = (
        one
        for one in legs.search(conn, village, want.wanted)
        if one.case in found and of(found[one.case], found[one.case].legs[one.line]) == want.value
    )
    return ledgers.detail(None, chosen, posted.reversing(conn, village), None)


def _vouchers(conn: Connection, village: str, want: Asked, _: Chart) -> Iterator[Line]:
    for item in posted.vouchers(conn, village, want.first, want.last):
        voucher = item.voucher
        payee = voucher.payee.name if voucher.payee else ""
        words = f"{item.number} {voucher.summary} {payee}"
        codes = (leg.account for leg in voucher.legs)
        if want.text not in words or not any(_within(code, want.account) for code in codes):
            continue
        if not (want.least or 0) <= abs(voucher.total) <= (want.most or abs(voucher.total)):
            continue
        cells = (str(item.number), str(voucher.day), voucher.summary)
        kind = items()[voucher.purpose].zh
        yield Line((*cells, kind, payee, voucher.total), case=item.case)


def _within(code: str, account: str) -> bool:
    return not account or code == account or code.startswith(f"{account}.")


def key_of(text: str) -> Key | None:
    """Read the key of a page's address, `2021-05-03_120_1`; None for anything else."""
    parts = text.split("_")
    try:
        day, voucher, line = parts
        return date.fromisoformat(day), int(voucher), int(line)
    except ValueError:
        return None


def address_of(key: Key) -> str:
    """Return a key as it stands in an address."""
    return "_".join(map(str, key))


def first_lines(lines: Iterator[Line], most: int) -> list[Line]:
    """Return the lines of a ledger for paper.

    Raises:
        TooLong: there are more than `most`.
    """
    found = list(islice(lines, most + 1))
    if len(found) > most:
        raise TooLong(most=most)
    return found


class BackToFront(Refusal):
    """The first month comes after the last."""

    code = "W310"
    says = "起始月份 {first} 晚于截止月份 {last}，请对调后再查。"
    status = 422


class AccountMissing(Refusal):
    """A multi-column ledger is of one account."""

    code = "W311"
    says = "多栏账要先选一个科目，例如 513 管理费用。"
    status = 422


class TooLong(Refusal):
    """The ledger is too long for paper."""

    code = "W312"
    says = "这本账超过 {most} 行，不宜打印成 PDF。请缩小月份或科目范围，或下载 Excel。"
    status = 422

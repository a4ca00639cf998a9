"""账簿 to look at: 总账, 明细账, 日记账, 科目余额表, 多栏账, 辅助核算, as plain lines of cells.

Every ledger is the same value, so that page, spreadsheet and paper show the same figures. A line
says what it can be followed to: an account, a month, a case, a value of an auxiliary dimension.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from ledger.chart import Chart
from ledger.items import items
from ledger.registers import dimensions as defined
from ledger.sums import Entry, Turnover
from ledger.voucher import Leg, Voucher

Cell = str | int | None
NOTHING = Turnover(0, 0)


class Head(NamedTuple):
    """A column: its heading, whether its ints are fen, whether it takes what room is left."""

    title: str
    money: bool = False
    wide: bool = False


class Line(NamedTuple):
    """A line: cells as the heads have them, and what it can be followed to (empty: nothing)."""

    cells: tuple[Cell, ...]
    heavy: bool = False
    account: str = ""
    period: str = ""
    case: str = ""
    value: str = ""


class Ledger(NamedTuple):
    """A ledger; `lines` may be read once only."""

    title: str
    about: str
    heads: tuple[Head, ...]
    lines: Iterable[Line]


def money(*titles: str) -> tuple[Head, ...]:
    """Return heads of columns of fen."""
    return tuple(Head(title, money=True) for title in titles)


TRIAL = (
    Head("科目编号"),
    Head("科目名称", wide=True),
    *money("期初借方", "期初贷方", "本期借方", "本期贷方"),
    *money("本年累计借方", "本年累计贷方", "期末借方", "期末贷方"),
)
GENERAL = (
    Head("月份"),
    Head("摘要", wide=True),
    *money("借方", "贷方"),
    Head("方向"),
    *money("余额"),
)
DETAIL = (Head("日期"), Head("凭证号"), Head("科目"), Head("摘要", wide=True), *GENERAL[2:])
AUXILIARY = (
    Head("核算项目", wide=True),
    Head("科目", wide=True),
    Head("笔数"),
    *money("借方", "贷方"),
)


def side(fen: int) -> str:
    """Return the side a balance stands on."""
    return "借" if fen > 0 else "贷" if fen < 0 else "平"


def moved(fen: int, *, red: bool) -> Turnover:
    """Return the turnover of a leg: red letters come off the side where the original stood."""
    return Turnover(fen, 0) if (fen > 0) != red else Turnover(0, -fen)


def plus(left: Turnover, right: Turnover) -> Turnover:
    """Return the sum of two turnovers."""
    return Turnover(left.debit + right.debit, left.credit + right.credit)


def under(sums: Mapping[str, Turnover], code: str) -> Turnover:
    """Return what moved on an account and its details."""
    found = NOTHING
    for account, change in sums.items():
        if account == code or account.startswith(f"{code}."):
            found = plus(found, change)
    return found


def trial(
    opening: Mapping[str, int],
    period: Mapping[str, Turnover],
    year: Mapping[str, Turnover],
    chart: Chart,
    level: int,
) -> Iterator[Line]:
    """Give 科目余额表 down to a level of accounts (1 is the top), and its totals.

    `opening` are the balances before the first month, `period` and `year` what moved in the months
    asked for and from the beginning of the year of the last.
    """
    parts: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    total: tuple[int, ...] = (0,) * 8
    for code in opening.keys() | period.keys() | year.keys():
        figures = _eight(opening.get(code, 0), period.get(code, NOTHING), year.get(code, NOTHING))
        total = _added((total, figures))
        names = code.split(".")
        for depth in range(1, min(len(names), level) + 1):
            parts[".".join(names[:depth])].append(figures)
    for code in sorted(parts):
        name = "　" * code.count(".") + chart.get(code).name
        yield Line((code, name, *_added(parts[code])), account=code)
    yield Line(("", "合计", *total), heavy=True)


def _eight(before: int, period: Turnover, year: Turnover) -> tuple[int, ...]:
    after = before + period.net
    return (*_sides(before), *period, *year, *_sides(after))


def _sides(fen: int) -> tuple[int, int]:
    return max(fen, 0), max(-fen, 0)


def _added(figures: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(sum(column) for column in zip(*figures, strict=True))


def general(
    code: str, before: int, months: Mapping[str, Turnover], year: Turnover, first: str
) -> Iterator[Line]:
    """Give 总账 of an account: the balance before, then each month's sum and the year's so far.

    `months` holds every month asked for, in order; `year` what moved from the beginning of the
    year to the month before `first`.
    """
    yield Line((first, "期初余额", None, None, side(before), abs(before)), account=code)
    balance, so_far = before, year
    for period, change in months.items():
        so_far = plus(NOTHING if period.endswith("-01") else so_far, change)
        balance += change.net
        state = (side(balance), abs(balance))
        yield Line((period, "本月合计", *change, *state), account=code, period=period)
        yield Line((period, "本年累计", *so_far, *state), heavy=True)


def detail(
    before: int | None,
    entries: Iterable[Entry],
    red: set[str],
    until: Callable[[Entry], str] | None,
) -> Iterator[Line]:
    """Give the lines of 明细账 with the balance after each; no balances where `before` is None.

    `until` names the day or month that a sum closes (本日合计, 本月合计); None: no sums.
    """
    balance, open_, part = before, "", NOTHING
    for one in entries:
        change = moved(one.fen, red=one.case in red)
        span = until(one) if until else ""
        if span != open_:
            if open_:
                yield _closed(open_, part)
            open_, part = span, NOTHING
        part = plus(part, change)
        balance = None if balance is None else balance + one.fen
        state = ("", None) if balance is None else (side(balance), abs(balance))
        named = (str(one.day), one.number, one.account, one.summary)
        sums = (change.debit or None, change.credit or None)
        yield Line((*named, *sums, *state), account=one.account, case=one.case)
    if open_:
        yield _closed(open_, part)


def _closed(span: str, part: Turnover) -> Line:
    word = "本月合计" if len(span) == len("2021-01") else "本日合计"
    return Line((span, "", "", word, *part, "", None), heavy=True)


def carried(day: str, words: str, fen: int) -> Line:
    """Return the line of 明细账 that says a balance: 期初余额, 承前页, 期末余额."""
    return Line((day, "", "", words, None, None, side(fen), abs(fen)), heavy=True)


def columns(
    entries: Iterable[Entry], name: Callable[[Entry], str], sign: int
) -> tuple[tuple[Head, ...], list[Line]]:
    """Return heads and lines of 多栏账: each entry under the column that `name` gives it.

    `sign` is 1 where debits add and -1 where credits do; a year's entries fit into memory.
    """
    rows = [(one, name(one), sign * one.fen) for one in entries]
    titles = sorted({title for _, title, _ in rows})
    heads = (Head("日期"), Head("凭证号"), Head("摘要", wide=True), *money("合计", *titles))
    lines = [
        Line(
            (
                str(one.day), one.number, one.summary, fen,
                *(fen if title == own else None for title in titles),
            ),
            case=one.case,
        )
        for one, own, fen in rows
    ]  # fmt: skip
    by_title: dict[str, int] = defaultdict(int)
    for _, own, fen in rows:
        by_title[own] += fen
    total = (sum(by_title.values()), *(by_title[title] for title in titles))
    return heads, [*lines, Line(("", "", "合计", *total), heavy=True)]


class Dimension(NamedTuple):
    """An auxiliary dimension: its title, and its value on a leg (empty: the leg has none)."""

    title: str
    of: Callable[[Voucher, Leg], str]


OWN = "dim-"  # before the code of a dimension that a village defined
# A further dimension of every voucher is one line here; a village defines its own by itself.
DIMENSIONS = {
    "item": Dimension("收支项目", lambda voucher, _: items()[voucher.purpose].zh),
    "payee": Dimension(
        "对方单位或个人", lambda voucher, _: voucher.payee.name if voucher.payee else ""
    ),
    "handler": Dimension("经手人", lambda voucher, _: voucher.handler),
    "fund": Dimension("专项资金", lambda voucher, _: voucher.fund),
}


def own_dimensions(
    known: Mapping[defined.Dimension, Iterable[defined.Value]],
) -> dict[str, Dimension]:
    """Return the dimensions that a village defined, each value under the name it has now."""
    return {
        f"{OWN}{one.code}": Dimension(
            one.zh, _of_own(one.code, {value.code: value.shown for value in values})
        )
        for one, values in known.items()
    }


def _of_own(code: str, names: Mapping[str, str]) -> Callable[[Voucher, Leg], str]:
    def of(_: Voucher, leg: Leg) -> str:
        found = next((dim for dim in leg.dims if dim.code == code), None)
        return names.get(found.value, str(found)) if found else ""

    return of


def auxiliary(
    vouchers: Iterable[Voucher], by: Dimension, account: str, chart: Chart
) -> Iterator[Line]:
    """Give 辅助核算汇总: for each value and account, how many legs and what moved."""
    sums: dict[tuple[str, str], tuple[int, Turnover]] = {}
    for voucher in vouchers:
        for leg in voucher.legs:
            value = by.of(voucher, leg)
            if not value or not _within(leg.account, account):
                continue
            count, so_far = sums.get((value, leg.account), (0, NOTHING))
            change = moved(leg.fen, red=bool(voucher.reverses))
            sums[value, leg.account] = (count + 1, plus(so_far, change))
    total = NOTHING
    for (value, code), (count, change) in sorted(sums.items()):
        total = plus(total, change)
        title = f"{code} {chart.get(code).name}"
        yield Line((value, title, count, *change), account=code, value=value)
    yield Line(("合计", "", sum(count for count, _ in sums.values()), *total), heavy=True)


def _within(code: str, account: str) -> bool:
    return not account or code == account or code.startswith(f"{account}.")

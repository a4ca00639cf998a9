"""The quarter and the year of a village as villagers see them: made of its sealed months alone.

Nothing is computed anew: every figure is taken from the sheets of the months, each named with its
digits and digest, so that whoever holds the sheets can add them up.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection

from disclosure import audits, comparing, redact, render
from disclosure.comparing import Beside
from disclosure.compose import compose
from disclosure.redact import Profile
from disclosure.seven import Book, seven
from disclosure.sheet import Answer, Claim, Erratum, Fund, Sheet
from ledger import periods
from ledger.posted import store as posted
from ledger.refusal import Refusal

YEAR = re.compile(r"[0-9]{4}")
QUARTERS = ("第一季度", "第二季度", "第三季度", "第四季度")


class Month(NamedTuple):
    """A month of an edition: its four figures in fen, its 24 digits, the digest of its sheet."""

    period: str
    opening_fen: int
    income_fen: int
    spending_fen: int
    closing_fen: int
    digits: str
    digest: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A quarter or a year: sums of its months, balances at its end, the seven ledgers."""

    village: str
    name: str
    township: str
    span: str
    months: tuple[Month, ...]
    beside: tuple[Beside, ...]
    banks: tuple[Fund, ...]
    funds: tuple[Fund, ...]
    assets: tuple[Fund, ...]
    receivables: tuple[Claim, ...]
    payables: tuple[Claim, ...]
    distribution: tuple[Claim, ...]
    errata: tuple[Erratum, ...]
    answers: tuple[Answer, ...]
    audit: str
    telephone: str
    books: tuple[Book, ...]

    @property
    def opening_fen(self) -> int:
        """Return the money before the first month."""
        return self.months[0].opening_fen

    @property
    def income_fen(self) -> int:
        """Return what came in."""
        return sum(month.income_fen for month in self.months)

    @property
    def spending_fen(self) -> int:
        """Return what went out."""
        return sum(month.spending_fen for month in self.months)

    @property
    def closing_fen(self) -> int:
        """Return the money after the last month."""
        return self.months[-1].closing_fen

    @property
    def title(self) -> str:
        """Return the span in words: `2021年第二季度`, `2021年`."""
        return title(self.span)


def title(span: str) -> str:
    """Return a span in words."""
    year, _, quarter = span.partition("-Q")
    return f"{year}年{QUARTERS[int(quarter) - 1] if quarter else ''}"


def months_of(span: str) -> list[str]:
    """Return the months of `2021-Q2` or `2021`.

    Raises:
        BadSpan: the text names neither a quarter nor a year.
    """
    if YEAR.fullmatch(span):
        return periods.months(f"{span}-01", f"{span}-12")
    try:
        return audits.months_of(span)
    except audits.BadQuarter as fault:
        raise BadSpan(span=span) from fault


def whole(conn: Connection, village: str) -> list[str]:
    """Return the quarters and years of which every month is sealed, the newest first."""
    sealed, known = set(periods.sealed(conn, village)), posted.periods(conn, village)
    first = min((one for one in known if not one.endswith("-00")), default="")
    found = []
    for year in sorted({one[:4] for one in sealed}, reverse=True):
        for span in (year, *(f"{year}-Q{at}" for at in (4, 3, 2, 1))):
            months = [one for one in months_of(span) if one >= first]
            if months and sealed.issuperset(months):
                found.append(span)
    return found


def edition(
    conn: Connection, village: str, span: str, telephone: str = "", profile: Profile = "wall"
) -> Edition:
    """Return a quarter or a year of a village, as the wall or the web may show it.

    Raises:
        BadSpan: there is no such span.
        SpanOpen: a month of it is not sealed; names which.
    """
    first = min(posted.periods(conn, village), default="9999-12")
    months = [one for one in months_of(span) if one >= first]
    left = sorted(set(months) - set(periods.sealed(conn, village)))
    if left or not months:
        raise SpanOpen(span=title(span), months="、".join(left) or "全部")
    whole_ = [compose(conn, village, one, telephone) for one in months]
    shown = [redact.redact(one, profile) for one in whole_]
    last = shown[-1]
    return Edition(
        village=village,
        name=last.name,
        township=last.township,
        span=span,
        months=tuple(map(_month, whole_)),
        beside=comparing.beside(conn, village, months[0], months[-1]),
        banks=_funds([one.banks for one in shown]),
        funds=_funds([one.funds for one in shown]),
        assets=_funds([one.assets for one in shown]),
        receivables=last.receivables,
        payables=last.payables,
        distribution=_summed([one.distribution for one in shown]),
        errata=tuple(row for one in shown for row in one.errata),
        answers=tuple({row.number: row for one in shown for row in one.answers}.values()),
        audit=audits.marks(conn, village).get(span, ""),
        telephone=telephone,
        books=seven(conn, village, shown, profile),
    )


def _month(sheet: Sheet) -> Month:
    figures = (sheet.opening_fen, sheet.income_fen, sheet.spending_fen, sheet.closing_fen)
    return Month(sheet.period, *figures, sheet.digits, render.digest(sheet))


def _funds(months: list[tuple[Fund, ...]]) -> tuple[Fund, ...]:
    """Return what each fund held before the first month, gained, lost and holds after the last."""
    found: dict[str, Fund] = {}
    for fund in (fund for month in months for fund in month):
        had = found.get(fund.name)
        opening = had.opening_fen if had else fund.opening_fen
        gained = fund.in_fen + (had.in_fen if had else 0)
        lost = fund.out_fen + (had.out_fen if had else 0)
        found[fund.name] = Fund(fund.name, opening, gained, lost, opening + gained - lost)
    return tuple(found.values())


def _summed(months: list[tuple[Claim, ...]]) -> tuple[Claim, ...]:
    found: dict[tuple[str, str], int] = {}
    for one in (claim for month in months for claim in month):
        found[one[:2]] = found.get(one[:2], 0) + one.fen
    return tuple(Claim(*names, fen) for names, fen in found.items() if fen)


class SpanOpen(Refusal):
    """A month of the quarter or year is not sealed yet."""

    code = "N043"
    says = "{span}还有月份没有结账（{months}），各月都结账后才有{span}公开表。"
    rule = "月公示、季审计、年决算"
    status = 404


class BadSpan(Refusal):
    """The text names neither a quarter nor a year."""

    code = "N044"
    says = "“{span}”不是季度或年度，季度请写成 2021-Q2，年度请写成 2021。"
    status = 404

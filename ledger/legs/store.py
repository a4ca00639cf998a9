"""Write and read the legs of posted vouchers. Every figure of every sheet is a query here."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from ledger.legs.tables import leg, leg_dim, turnover
from ledger.sums import Entry, Key, Turnover
from ledger.voucher import Number, Voucher


class Wanted(NamedTuple):
    """Which legs are asked for: periods, an account with its details, words, amounts in fen."""

    first: str
    last: str
    account: str = ""
    text: str = ""
    least: int | None = None
    most: int | None = None

    @property
    def narrowed(self) -> bool:
        """Tell whether words or amounts leave legs of the account out."""
        return bool(self.text) or self.least is not None or self.most is not None


def write(conn: Connection, number: Number, seq: int, case: str, voucher: Voucher) -> None:
    """Write the legs of a posting (leaf `seq`) and add them to the month's sums."""
    period = period_of(voucher)
    common = {
        "village": voucher.village,
        "voucher": seq,
        "period": period,
        "day": voucher.day,
        "number": str(number),
        "kind": voucher.kind,
        "case": case,
    }
    rows = [
        {**common, "line": line, "account": item.account, "fen": item.fen, "summary": item.summary}
        for line, item in enumerate(voucher.legs)
    ]
    conn.execute(insert(leg), rows)
    marks = [
        {"village": voucher.village, "voucher": seq, "line": line, "code": dim.code,
         "value": dim.value}
        for line, item in enumerate(voucher.legs)
        for dim in item.dims
    ]  # fmt: skip
    if marks:
        conn.execute(insert(leg_dim), marks)
    for code, change in sums(voucher).items():
        _add(conn, voucher.village, period, code, change)


def period_of(voucher: Voucher) -> str:
    """Return the period of a voucher's legs; opening balances lie before the first month.

    `2021-00` sorts before `2021-01`: an opening balance is in every balance and in no turnover.
    """
    return f"{voucher.day.year:04d}-00" if voucher.kind == "opening" else voucher.period


def sums(voucher: Voucher) -> dict[str, Turnover]:
    """Return the turnover a voucher adds to each account.

    A red-letter voucher takes its amounts off the side where the original stood (红字冲销).
    """
    found: dict[str, Turnover] = {}
    for item in voucher.legs:
        debit, credit = found.get(item.account, Turnover(0, 0))
        if (item.fen > 0) != bool(voucher.reverses):
            debit += item.fen
        else:
            credit -= item.fen
        found[item.account] = Turnover(debit, credit)
    return found


_SAME = (
    turnover.c.village == bindparam("in_village"),
    turnover.c.period == bindparam("in_period"),
    turnover.c.account == bindparam("in_account"),
)
_MORE = (
    update(turnover)
    .where(*_SAME)
    .values(
        debit=turnover.c.debit + bindparam("more_debit"),
        credit=turnover.c.credit + bindparam("more_credit"),
    )
)


def _add(conn: Connection, village: str, period: str, code: str, change: Turnover) -> None:
    where = {"in_village": village, "in_period": period, "in_account": code}
    more = {"more_debit": change.debit, "more_credit": change.credit}
    if not conn.execute(_MORE, {**where, **more}).rowcount:
        row = {"village": village, "period": period, "account": code, **change._asdict()}
        conn.execute(insert(turnover), row)


def balances(conn: Connection, village: str, until: str) -> dict[str, int]:
    """Return the balance in fen of every account through the period; zero balances left out."""
    total = func.sum(turnover.c.debit - turnover.c.credit)
    query = (
        select(turnover.c.account, total)
        .where(turnover.c.village == village, turnover.c.period <= until)
        .group_by(turnover.c.account)
        .order_by(turnover.c.account)
    )
    return {code: int(fen) for code, fen in conn.execute(query) if fen}


def turnovers(conn: Connection, village: str, first: str, last: str) -> dict[str, Turnover]:
    """Return debit and credit turnover in fen of every account moved from first to last period."""
    query = (
        select(turnover.c.account, func.sum(turnover.c.debit), func.sum(turnover.c.credit))
        .where(
            turnover.c.village == village,
            turnover.c.period >= first,
            turnover.c.period <= last,
        )
        .group_by(turnover.c.account)
        .order_by(turnover.c.account)
    )
    return {code: Turnover(int(d), int(c)) for code, d, c in conn.execute(query)}


def monthly(
    conn: Connection, village: str, first: str, last: str
) -> dict[str, dict[str, Turnover]]:
    """Return turnovers by period and account, from first to last period."""
    query = (
        select(turnover)
        .where(
            turnover.c.village == village,
            turnover.c.period >= first,
            turnover.c.period <= last,
        )
        .order_by(turnover.c.period, turnover.c.account)
    )
    found: dict[str, dict[str, Turnover]] = {}
    for row in conn.execute(query):
        found.setdefault(row.period, {})[row.account] = Turnover(int(row.debit), int(row.credit))
    return found


def money_by_kind(
    conn: Connection, village: str, first: str, last: str, roots: Sequence[str]
) -> dict[str, int]:
    """Return by voucher kind what first to last period added to the accounts under some roots."""
    under = or_(
        *(leg.c.account == root for root in roots),
        *(leg.c.account.startswith(f"{root}.", autoescape=True) for root in roots),
    )
    query = (
        select(leg.c.kind, func.sum(leg.c.fen))
        .where(leg.c.village == village, leg.c.period >= first, leg.c.period <= last, under)
        .group_by(leg.c.kind)
    )
    return {kind: int(fen) for kind, fen in conn.execute(query)}


def entries(
    conn: Connection, village: str, first: str, last: str, account: str | None = None
) -> list[Entry]:
    """Return the legs from first to last period by day and number; of one account if asked.

    An account code takes its detail accounts along.
    """
    columns = [leg.c[name] for name in Entry._fields]
    query = select(*columns).where(
        leg.c.village == village, leg.c.period >= first, leg.c.period <= last
    )
    if account is not None:
        under = leg.c.account.startswith(f"{account}.", autoescape=True)
        query = query.where(or_(leg.c.account == account, under))
    ordered = query.order_by(leg.c.day, leg.c.voucher, leg.c.line)
    return [Entry(*row) for row in conn.execute(ordered)]


def search(
    conn: Connection, village: str, wanted: Wanted, after: Key | None = None, limit: int = 0
) -> Iterator[Entry]:
    """Give the wanted legs in the order of the books, those behind a key, at most `limit`.

    Month by month, so that nothing longer than a month is ever sorted or waited for.
    """
    first = max(wanted.first, f"{after[0]:%Y-%m}") if after else wanted.first
    months = select(turnover.c.period).where(
        turnover.c.village == village, turnover.c.period >= first, turnover.c.period <= wanted.last
    )
    found = 0
    for period in conn.execute(months.distinct().order_by(turnover.c.period)).scalars().all():
        month = wanted._replace(first=period, last=period)
        for entry in _month(conn, village, month, after):
            yield entry
            found += 1
            if found == limit:
                return


def _month(conn: Connection, village: str, wanted: Wanted, after: Key | None) -> Iterator[Entry]:
    query = select(*(leg.c[name] for name in Entry._fields)).where(*_wanted(village, wanted))
    if wanted.text:
        words = (column.contains(wanted.text, autoescape=True) for column in _WORDS)
        query = query.where(or_(*words))
    if wanted.least is not None:
        query = query.where(func.abs(leg.c.fen) >= wanted.least)
    if wanted.most is not None:
        query = query.where(func.abs(leg.c.fen) <= wanted.most)
    if after is not None:
        query = query.where(_place > after)
    for row in conn.execute(query.order_by(*_place.clauses)):
        yield Entry(*row)


def net_through(conn: Connection, village: str, wanted: Wanted, key: Key) -> int:
    """Return debit less credit in fen of the account's legs in the periods, through a key."""
    total = select(func.sum(leg.c.fen)).where(*_wanted(village, wanted), _place <= key)
    return int(conn.execute(total).scalar() or 0)


def by_value(
    conn: Connection, village: str, code: str, until: str = "9999-12"
) -> dict[tuple[str, str], int]:
    """Return what was posted on each value of a dimension and account through a period, in fen."""
    same = (
        (leg.c.village == leg_dim.c.village)
        & (leg.c.voucher == leg_dim.c.voucher)
        & (leg.c.line == leg_dim.c.line)
    )
    query = (
        select(leg_dim.c.value, leg.c.account, func.sum(leg.c.fen))
        .join(leg, same)
        .where(leg_dim.c.village == village, leg_dim.c.code == code, leg.c.period <= until)
        .group_by(leg_dim.c.value, leg.c.account)
    )
    return {(value, account): int(fen) for value, account, fen in conn.execute(query)}


_place = tuple_(leg.c.day, leg.c.voucher, leg.c.line)
_WORDS = (leg.c.summary, leg.c.number)


def _wanted(village: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    where = [leg.c.village == village, leg.c.period >= wanted.first, leg.c.period <= wanted.last]
    if wanted.account:
        # A range, unlike a pattern, is found through the index: `/` is the sign after `.`.
        below = and_(leg.c.account > f"{wanted.account}.", leg.c.account < f"{wanted.account}/")
        where.append(or_(leg.c.account == wanted.account, below))
    return where


def clear(conn: Connection, village: str) -> None:
    """Drop the view of a village; `ledger.rebuild` alone calls this."""
    for table in (leg, leg_dim, turnover):
        conn.execute(delete(table).where(table.c.village == village))

"""Raise fees, enter what was paid, read how everybody stands; nothing is changed or deleted.

Nothing is entered into a sealed month, so what its sheet says of fees stays as it was.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256

from sqlalchemy import Connection, func, insert, select

from ledger import periods
from ledger.bank import store as bank
from ledger.money import yuan
from ledger.registers.levies import (
    CAP,
    BadReceipt,
    Known,
    Levy,
    Receipt,
    Row,
    Stand,
    check,
    due,
    matched,
    stands,
)
from ledger.registers.levies.tables import levy, levy_receipt, levy_row
from ledger.registers.membership import store as membership

FOREVER = "9999-12"


def known(conn: Connection, village: str, day: date) -> dict[str, Known]:
    """Return the households of the register on a day, by number."""
    found = membership.as_of(conn, village, day).houses
    return {number: Known(one.group, one.head, one.count) for number, one in found.items()}


def all_of(conn: Connection, village: str) -> list[Levy]:
    """Return the fees of a village, by their first month and title."""
    query = select(levy).where(levy.c.village == village).order_by(levy.c.first, levy.c.title)
    return [Levy(*row[1:]) for row in conn.execute(query)]


def add(conn: Connection, village: str, one: Levy, rows: Sequence[Row], cap: int = CAP) -> Levy:
    """Raise a fee with its assessed list, which stays as it is, and return it.

    Raises:
        BadLevy: see `check`. Sealed: it would begin in a sealed month.
    """
    check(one, all_of(conn, village), cap)
    if periods.is_sealed(conn, village, periods.parse(one.first)):
        raise periods.Sealed(period=one.first)
    periods.parse(one.last)
    made = one._replace(id=sha256(f"{village} {one.title}".encode()).hexdigest()[:32])
    conn.execute(insert(levy).values(village=village, **made._asdict()))
    named = [{"village": village, "levy": made.id, **row._asdict()} for row in rows]
    conn.execute(insert(levy_row), named)
    return made


def rows(conn: Connection, village: str, name: str, *, named: bool = True) -> list[Row]:
    """Return the assessed list of a fee; without names nothing sealed is opened."""
    mine = (levy_row.c.village == village) & (levy_row.c.levy == name)
    sealed = set() if named else {"head", "why"}
    columns = [levy_row.c[field] for field in Row._fields if field not in sealed]
    query = select(*columns).where(mine).order_by(levy_row.c.household)
    found = conn.execute(query).mappings()
    return [Row(*(row.get(field, "") for field in Row._fields)) for row in found]


def receipts(conn: Connection, village: str, name: str) -> list[Receipt]:
    """Return what was paid of a fee, in order."""
    mine = (levy_receipt.c.village == village) & (levy_receipt.c.levy == name)
    query = select(*(levy_receipt.c[field] for field in Receipt._fields)).where(mine)
    return [Receipt(*row) for row in conn.execute(query.order_by(levy_receipt.c.no))]


def standing(
    conn: Connection, village: str, one: Levy, until: str, *, named: bool = True
) -> list[Stand]:
    """Return how every household stands with a fee through a month."""
    paid = receipts(conn, village, one.id)
    return stands(one, rows(conn, village, one.id, named=named), paid, until)


def receive(conn: Connection, village: str, one: Levy, paid: Iterable[Receipt]) -> int:
    """Enter what was paid, all or nothing; return how many were entered.

    Raises:
        BadReceipt: the household is not assessed or would have paid more than the fee comes to; a
            sealed month; no money; a bank line that does not hold so much.
    """
    fresh = list(paid)
    names = {row.household: row for row in rows(conn, village, one.id)}
    sums: dict[str, int] = {}
    for before in receipts(conn, village, one.id):
        sums[before.household] = sums.get(before.household, 0) + before.fen
    for new in fresh:
        _check(conn, village, one, names.get(new.household), new)
        sums[new.household] = sums.get(new.household, 0) + new.fen
        most = due(one, names[new.household], one.last)
        if sums[new.household] > most:
            why = f"户 {new.household} 全部应交 {yuan(most)} 元，这样就多交了"
            raise BadReceipt(why=why)
    _check_lines(conn, village, fresh)
    no = conn.execute(
        select(func.max(levy_receipt.c.no)).where(levy_receipt.c.village == village)
    ).scalar()
    rows_ = [
        {"village": village, "levy": one.id, **new._replace(no=at)._asdict()}
        for at, new in enumerate(fresh, start=(no or 0) + 1)
    ]
    if rows_:
        conn.execute(insert(levy_receipt), rows_)
    return len(rows_)


def _check(conn: Connection, village: str, one: Levy, row: Row | None, new: Receipt) -> None:
    if row is None:
        raise BadReceipt(why=f"“{one.title}”的花名册上没有户 {new.household}")
    if new.fen <= 0:
        raise BadReceipt(why=f"户 {new.household} 的金额须大于零")
    if periods.is_sealed(conn, village, f"{new.day:%Y-%m}"):
        raise BadReceipt(why=f"{new.day:%Y-%m} 已封存，请写在还没有封存的月份")


def _check_lines(conn: Connection, village: str, fresh: Sequence[Receipt]) -> None:
    used = in_lines(conn, village)
    for key in {one.line for one in fresh if one.line}:
        line = bank.get(conn, village, key)
        taken = used.get(key, 0) + sum(one.fen for one in fresh if one.line == key)
        if taken > line.in_fen:
            raise BadReceipt(why=f"{line.day} 的银行流水只有 {yuan(line.in_fen)} 元")


def in_lines(conn: Connection, village: str) -> dict[str, int]:
    """Return how much of each bank line is entered as fees, in fen."""
    total = func.sum(levy_receipt.c.fen)
    mine = (levy_receipt.c.village == village) & (levy_receipt.c.line != "")
    query = select(levy_receipt.c.line, total).where(mine).group_by(levy_receipt.c.line)
    return {key: int(fen) for key, fen in conn.execute(query)}


def take_from_bank(conn: Connection, village: str, one: Levy, account: str, until: date) -> int:
    """Enter what the bank's lines of an account say beyond doubt; return how many households."""
    found = standing(conn, village, one, FOREVER)
    used = set(in_lines(conn, village))
    first = periods.first_day(one.first)
    lines = [
        answered.line
        for answered in bank.lines(conn, village, account, until)
        if answered.line.day >= first
        and not periods.is_sealed(conn, village, f"{answered.line.day:%Y-%m}")
    ]
    return receive(conn, village, one, matched(found, lines, used))

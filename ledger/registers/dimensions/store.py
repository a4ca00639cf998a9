"""Auxiliary dimensions of a village and their values, kept and read."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, insert, select

from ledger.accounts import chart_of
from ledger.registers import store as registers
from ledger.registers.dimensions import (
    CONTRACT,
    LONGEST,
    OWN,
    BadDimension,
    Dimension,
    Value,
    check,
    check_value,
)
from ledger.registers.dimensions.tables import dimension, dimension_value
from ledger.registers.holdings import store as holdings

MOST, MOST_TEXT = 12, 400
RENTED = Dimension(CONTRACT, "合同", "Contract", "contracts", ("112", "113", "501", "502"))


def all_of(conn: Connection, village: str) -> list[Dimension]:
    """Return the dimensions of a village by code."""
    query = select(dimension).where(dimension.c.village == village).order_by(dimension.c.code)
    found = [
        Dimension(code, zh, en, source, tuple(accounts.split()), *days)
        for _, code, zh, en, source, accounts, *days in conn.execute(query)
    ]
    if all(one.code != CONTRACT for one in found) and holdings.contracts(conn, village):
        found = sorted([*found, RENTED])
    return found


def keep(conn: Connection, village: str, one: Dimension) -> None:
    """Keep a dimension, in the place of one with its code; its values stay.

    Raises:
        BadDimension: it cannot be, names accounts that are not there, or is one too many.
    """
    check(one)
    chart = chart_of(conn, village)
    for code in one.accounts:
        if not chart.knows(code):
            raise BadDimension(why=f"本村没有科目 {code}")
    accounts = " ".join(one.accounts)
    others = [other for other in all_of(conn, village) if other.code != one.code]
    if len(others) >= MOST or len(accounts) > MOST_TEXT:
        raise BadDimension(why=f"一个村最多 {MOST} 个辅助核算项目，科目也不宜太多")
    mine = (dimension.c.village == village) & (dimension.c.code == one.code)
    conn.execute(delete(dimension).where(mine))
    row = {"village": village, **one._asdict(), "accounts": accounts}
    conn.execute(insert(dimension).values(**row))


def keep_values(conn: Connection, village: str, code: str, values: Iterable[Value]) -> None:
    """Keep values of a dimension that has its own, each in the place of one with its code.

    Raises:
        BadDimension: there is no such dimension, its values are a register's, or one cannot be.
    """
    known = {one.code: one for one in all_of(conn, village)}
    if code not in known or known[code].source != OWN:
        raise BadDimension(why="没有这个项目，或它的档案来自登记簿，不在这里改")
    for value in values:
        check_value(value)
        mine = (
            (dimension_value.c.village == village)
            & (dimension_value.c.dimension == code)
            & (dimension_value.c.code == value.code)
        )
        conn.execute(delete(dimension_value).where(mine))
        row = {"village": village, "dimension": code, **value._asdict()}
        conn.execute(insert(dimension_value).values(**row))


def values_of(conn: Connection, village: str, one: Dimension) -> list[Value]:
    """Return the values of a dimension by code, those of a register as they stand today."""
    if one.source == "households":
        return [Value(item.household, "") for item in registers.holdings(conn, village)]
    if one.source == "contracts":
        return [
            Value(item.number, item.subject[:LONGEST]) for item in holdings.contracts(conn, village)
        ]
    if one.source == "assets":
        return [
            Value(item.number, item.name, None, item.left)
            for item in registers.assets(conn, village)
        ]
    query = (
        select(dimension_value)
        .where(dimension_value.c.village == village, dimension_value.c.dimension == one.code)
        .order_by(dimension_value.c.code)
    )
    return [Value(row.code, row.name, row.first, row.last) for row in conn.execute(query)]


def known(conn: Connection, village: str) -> dict[Dimension, list[Value]]:
    """Return every dimension of a village with its values."""
    return {one: values_of(conn, village, one) for one in all_of(conn, village)}

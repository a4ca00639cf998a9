"""The registers of a village: shares and asset cards."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from ledger.accounts import chart_of
from ledger.distribution import Holding
from ledger.registers.assets import Asset, check_card
from ledger.registers.shares import Register, digest, register
from ledger.registers.tables import asset, budget, household, resolved

__all__ = [
    "Resolved",
    "adopt_budget",
    "assets",
    "budget_of",
    "budget_resolution",
    "digest",
    "holdings",
    "keep_asset",
    "register_of",
    "write",
]


def write(conn: Connection, village: str, holdings: Iterable[Holding]) -> None:
    """Replace the register of a village."""
    conn.execute(delete(household).where(household.c.village == village))
    rows = [
        {
            "village": village,
            "id": item.household,
            "group": item.group,
            "head": item.head,
            "people": item.people,
            "shares": item.shares,
            "account_tail": item.account_tail,
        }
        for item in holdings
    ]
    if rows:
        conn.execute(insert(household), rows)


def holdings(conn: Connection, village: str) -> list[Holding]:
    """Return the register of a village in the order of household."""
    query = select(household).where(household.c.village == village).order_by(household.c.id)
    return [
        Holding(row.id, row.group, row.head, row.people, row.shares, row.account_tail)
        for row in conn.execute(query)
    ]


def register_of(conn: Connection, village: str, as_of: date) -> Register:
    """Return the register of a village as it stands, dated `as_of`.

    Raises:
        BadRegister: nobody holds a share, or a household cannot stand in a register.
    """
    return register(village, as_of, holdings(conn, village))


def assets(conn: Connection, village: str) -> list[Asset]:
    """Return the asset cards of a village in the order of number."""
    query = select(asset).where(asset.c.village == village).order_by(asset.c.number)
    return [Asset(*(getattr(row, field) for field in Asset._fields)) for row in conn.execute(query)]


def keep_asset(conn: Connection, village: str, card: Asset) -> None:
    """Keep a card, in the place of one with its number; feed an opening import one by one.

    Raises:
        BadCard: the figures, or accounts that are no leaves of the village's chart.
    """
    check_card(card, chart_of(conn, village))
    mine = (asset.c.village == village) & (asset.c.number == card.number)
    conn.execute(delete(asset).where(mine))
    conn.execute(insert(asset).values(village=village, **card._asdict()))


class Resolved(NamedTuple):
    """Who adopted a budget by which resolution, and when."""

    note: str
    day: date
    person: str


def budget_of(conn: Connection, village: str, year: int) -> dict[str, int]:
    """Return the budget of a year by item in fen; empty where none is adopted."""
    query = select(budget).where(budget.c.village == village, budget.c.year == year)
    return {row.item: row.fen for row in conn.execute(query)}


def budget_resolution(conn: Connection, village: str, year: int) -> Resolved | None:
    """Return the resolution that adopted the budget of a year, or None."""
    query = select(resolved).where(resolved.c.village == village, resolved.c.year == year)
    row = conn.execute(query).first()
    return None if row is None else Resolved(row.note, row.day, row.person)


def adopt_budget(
    conn: Connection, village: str, year: int, figures: Mapping[str, int], by: Resolved
) -> None:
    """Keep the budget of a year, in the place of the one before it."""
    for table in (budget, resolved):
        conn.execute(delete(table).where(table.c.village == village, table.c.year == year))
    rows = [
        {"village": village, "year": year, "item": item, "fen": fen}
        for item, fen in figures.items()
    ]
    if rows:
        conn.execute(insert(budget), rows)
    conn.execute(insert(resolved).values(village=village, year=year, **by._asdict()))

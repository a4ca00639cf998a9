"""The registers of a village: shares and asset cards."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from ledger.accounts import chart_of
from ledger.distribution import Holding
from ledger.registers.assets import Asset, check_card
from ledger.registers.shares import Register, digest, register
from ledger.registers.tables import asset, asset_method, asset_use, budget, household, resolved

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
    """Return the asset cards of a village in the order of number, with the work they have done."""
    done: dict[str, list[tuple[str, int]]] = {}
    query = select(asset_use).where(asset_use.c.village == village).order_by(asset_use.c.period)
    for row in conn.execute(query):
        done.setdefault(row.number, []).append((row.period, row.units))
    query = select(asset).where(asset.c.village == village).order_by(asset.c.number)
    return [
        Asset(**{name: getattr(row, name) for name in _CARD}, uses=tuple(done.get(row.number, ())))
        for row in conn.execute(query)
    ]


_CARD = [name for name in Asset._fields if name != "uses"]


def keep_asset(conn: Connection, village: str, card: Asset) -> None:
    """Keep a card, in the place of one with its number; feed an opening import one by one.

    Raises:
        BadCard: the figures, or accounts that are no leaves of the village's chart.
    """
    check_card(card, chart_of(conn, village))
    mine = (asset.c.village == village) & (asset.c.number == card.number)
    conn.execute(delete(asset).where(mine))
    row = {name: getattr(card, name) for name in _CARD}
    conn.execute(insert(asset).values(village=village, **row))


def keep_use(conn: Connection, village: str, number: str, period: str, units: int) -> None:
    """Keep how much work an asset did in a month, in the place of what was said before."""
    mine = (
        (asset_use.c.village == village)
        & (asset_use.c.number == number)
        & (asset_use.c.period == period)
    )
    conn.execute(delete(asset_use).where(mine))
    row = {"village": village, "number": number, "period": period, "units": units}
    conn.execute(insert(asset_use).values(**row))


class Changed(NamedTuple):
    """A changed method of depreciation: when, by whom, from which month, with what charged, why."""

    number: str
    at: str
    person: str
    was: str
    method: str
    since: str
    charged: int
    why: str


def note_change(conn: Connection, village: str, one: Changed) -> None:
    """Add a changed method to those of an asset; what was noted stays."""
    mine = (asset_method.c.village == village) & (asset_method.c.number == one.number)
    last = conn.execute(select(func.max(asset_method.c.no)).where(mine)).scalar() or 0
    conn.execute(insert(asset_method).values(village=village, no=last + 1, **one._asdict()))


def changes(conn: Connection, village: str) -> list[Changed]:
    """Return every changed method of a village's assets, the latest first."""
    query = select(asset_method).where(asset_method.c.village == village)
    rows = conn.execute(query.order_by(asset_method.c.at.desc(), asset_method.c.no.desc()))
    return [Changed(*(getattr(row, name) for name in Changed._fields)) for row in rows]


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

"""The registers of a village: shares and asset cards."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, delete, insert, select

from ledger.accounts import chart_of
from ledger.distribution import Holding
from ledger.registers.assets import Asset, check_card
from ledger.registers.shares import Register, digest, register
from ledger.registers.tables import asset, household

__all__ = ["assets", "digest", "holdings", "keep_asset", "register_of", "write"]


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

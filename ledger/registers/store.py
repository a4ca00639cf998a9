"""The share register of a village."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, delete, insert, select

from ledger.distribution import Holding
from ledger.registers.shares import Register, digest, register
from ledger.registers.tables import household

__all__ = ["digest", "holdings", "register_of", "write"]


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

"""How the contracts of a village stand in its books, and the rents that a month asks for."""

from datetime import date

from sqlalchemy import Connection

from approvals import register
from ledger.legs import store as legs
from ledger.registers import rents
from ledger.registers.dimensions import CONTRACT
from ledger.registers.holdings import Contract
from ledger.registers.holdings import store as holdings
from ledger.registers.rents import Due, Rent


def standing(conn: Connection, village: str, day: date) -> list[Rent]:
    """Return every contract of a village with what it brought and owes on a day, by number."""
    found = holdings.contracts(conn, village)
    if not found:
        return []
    sums = legs.by_value(conn, village, CONTRACT)
    opened = register.of(conn, village).facts["opened"][:7]
    return [rents.stand(one, sums, opened, day) for one in found]


def of_month(conn: Connection, village: str, period: str) -> list[tuple[Contract, Due]]:
    """Return the rents that fall due in a month and whose accounts were told."""
    return [
        (one, due)
        for one in holdings.contracts(conn, village)
        if one.income and one.owed
        for due in rents.dues(one)
        if due.period == period
    ]

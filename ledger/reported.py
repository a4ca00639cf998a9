"""The statements of a village through a month, made from its views."""

from sqlalchemy import Connection

from ledger import statements
from ledger.accounts import chart_of
from ledger.legs import store as legs
from ledger.posted import store as posted
from ledger.statements import Statement, Year


def statements_of(conn: Connection, village: str, period: str) -> list[Statement]:
    """Return 会村01表, 会村02表 and 科目余额表 through a period.

    Raises:
        StatementUntied: they do not agree in themselves or with each other.
    """
    year = int(period[:4])
    begin = opening(conn, village, year)
    closing = legs.balances(conn, village, period)
    sheet = statements.balance_sheet(closing, begin)
    this = year_of(conn, village, year, period)
    income = statements.income_statement(this, year_of(conn, village, year - 1))
    statements.tie(sheet, income)
    moved = legs.turnovers(conn, village, f"{year}-01", period)
    return [sheet, income, statements.trial_balance(begin, moved, chart_of(conn, village))]


def opening(conn: Connection, village: str, year: int) -> dict[str, int]:
    """Return the balances with which a year begins, opening vouchers included."""
    return legs.balances(conn, village, f"{year:04d}-00")


def year_of(conn: Connection, village: str, year: int, until: str = "") -> Year:
    """Return a year's movements through a period (the whole year if none is given)."""
    items = posted.vouchers(conn, village, f"{year:04d}-01", until or f"{year:04d}-12")
    return statements.year_of(opening(conn, village, year), [item.voucher for item in items])

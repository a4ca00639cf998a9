"""How the bank accounts of a village stand against the bank's statements."""

from datetime import timedelta
from typing import Literal, NamedTuple

from sqlalchemy import Connection

from ledger import periods
from ledger.accounts import chart_of
from ledger.bank import store
from ledger.bank.reconciling import Reconciliation, reconcile
from ledger.chart import Chart
from ledger.legs import store as legs
from ledger.posted import store as posted
from ledger.voucher import BANK, Number

FIRST = "0000-00"


class Point(NamedTuple):
    """Why an account is not reconciled: no statement of the month, or a difference (fen)."""

    account: str
    why: Literal["no statement", "difference"]
    fen: int


def reconciliation(
    conn: Connection, village: str, account: str, period: str
) -> Reconciliation | None:
    """Return an account's reconciliation at the end of a month; None without a bank line."""
    end = periods.first_day(periods.next_period(period)) - timedelta(days=1)
    entries = legs.entries(conn, village, FIRST, period, account)
    lines = [(one.line, one.case) for one in store.lines(conn, village, account, end)]
    found = reconcile(entries, lines)
    roots = _roots(conn, village, found) if found else {}
    return reconcile(entries, lines, roots) if roots else found


def _roots(conn: Connection, village: str, found: Reconciliation) -> dict[str, str]:
    """Return the corrected case of each correction among what only the books have."""
    roots = {}
    for case in dict.fromkeys(item.case for item in found.book_only):
        item = posted.by_case(conn, village, case)
        number = item.voucher.reverses or item.voucher.corrects if item else ""
        wrong = posted.by_number(conn, village, Number.parse(number)) if number else None
        if wrong is not None:
            roots[case] = wrong.case
    return roots


def leaves(chart: Chart) -> list[str]:
    """Return the codes of the bank accounts of a chart that entries may be on."""
    bank = (code for code in chart.accounts if code.partition(".")[0] == BANK)
    return [code for code in bank if chart.is_leaf(code)]


def open_points(conn: Connection, village: str, period: str) -> list[Point]:
    """Return what keeps a month from being reconciled with the bank; nothing when it is.

    An account that the books moved in the month, or that holds money, needs a statement that goes
    on into the month; what is adjusted must be equal. Items in transit are lawful, and named in the
    statement.
    """
    balances = legs.balances(conn, village, period)
    moved = legs.turnovers(conn, village, period, period)
    found = []
    for account in leaves(chart_of(conn, village)):
        made = reconciliation(conn, village, account, period)
        fen = balances.get(account, 0)
        if made is None:
            if fen or account in moved:
                found.append(Point(account, "no statement", fen))
        elif made.until < periods.first_day(period) and account in moved:
            found.append(Point(account, "no statement", fen))
        elif made.difference:
            found.append(Point(account, "difference", made.difference))
    return found

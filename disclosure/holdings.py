"""Balances as rows of the sheet: accounts, funds, assets, who owes whom."""

from collections.abc import Mapping, Sequence

from disclosure.groups import under
from disclosure.sheet import Claim, Fund
from ledger.chart import Chart
from ledger.sums import Turnover

FUNDS = ("231", "241", "311")
CLAIMS = ("112", "113", "211", "212", "213", "214", "221")
ASSETS = ("131", "132", "134", "151", "153", "161")

Balances = Mapping[str, int]
Turnovers = Mapping[str, Turnover]
STILL = Turnover(0, 0)
SPLIT = "—"  # between the name of an account and that of its detail


def total(balances: Balances, roots: Sequence[str]) -> int:
    """Return the balance in fen of several accounts and their details."""
    return sum(fen for code, fen in balances.items() if under(code, roots))


def net(moved: Turnovers, roots: Sequence[str]) -> int:
    """Return what a month added to several accounts and their details, debit less credit."""
    return sum(change.net for code, change in moved.items() if under(code, roots))


def before(closing: Balances, moved: Turnovers) -> dict[str, int]:
    """Return the balances before a month's turnovers; zero balances left out."""
    codes = closing.keys() | moved.keys()
    found = {code: closing.get(code, 0) - moved.get(code, STILL).net for code in codes}
    return {code: fen for code, fen in found.items() if fen}


def named(chart: Chart, code: str) -> str:
    """Return the name of an account, after that of the account above it: 银行存款—基本户."""
    account = chart.get(code)
    above = chart.get(account.parent).name + SPLIT if account.parent else ""
    return f"{above}{account.name}"


def funds(
    chart: Chart, opening: Balances, moved: Turnovers, roots: Sequence[str], side: int
) -> tuple[Fund, ...]:
    """Return what each of these accounts held, gained, lost and holds, in fen.

    `side` is 1 where debit is gain (assets) and -1 where credit is.
    """
    codes = sorted(code for code in opening.keys() | moved.keys() if under(code, roots))
    found = []
    for code in codes:
        change = moved.get(code, STILL)
        gained, lost = change if side > 0 else (change.credit, change.debit)
        held = side * opening.get(code, 0)
        found.append(Fund(named(chart, code), held, gained, lost, held + gained - lost))
    return tuple(found)


def claims(chart: Chart, closing: Balances, side: int) -> tuple[Claim, ...]:
    """Return who owes the collective (side 1) or is owed (side -1); sides are never netted.

    Source: 农村集体经济组织会计制度 113 内部往来 (kept and shown per household, by side)
    """
    return tuple(
        Claim(chart.get(code.partition(".")[0]).name, chart.get(code).name, side * fen)
        for code, fen in sorted(closing.items())
        if under(code, CLAIMS) and side * fen > 0
    )

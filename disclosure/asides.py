"""What stands beside the money on the sheet: who gave, who worked, who owes a fee.

Only what is fixed once its month is sealed: vouchers of the log, and registers that take no line
for a sealed month.
"""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection

from disclosure.sheet import Aside
from ledger.money import yuan
from ledger.posted.store import Posted
from ledger.registers.levies import groups
from ledger.registers.levies import store as levies


def of_month(
    conn: Connection, village: str, period: str, vouchers: Iterable[Posted]
) -> tuple[Aside, ...]:
    """Return the lines beside the money of a month, part by part."""
    return (*gifts(vouchers), *fees(conn, village, period))


def gifts(vouchers: Iterable[Posted]) -> Iterator[Aside]:
    """Give who gave how much to which fund in a month, red letters taken off."""
    sums: dict[tuple[str, str], int] = {}
    for item in vouchers:
        voucher = item.voucher
        if voucher.fund and voucher.kind == "receipt" and voucher.payee:
            key = (voucher.fund, voucher.payee.name)
            sums[key] = sums.get(key, 0) + voucher.total
    for (fund, giver), fen in sorted(sums.items()):
        if fen:
            yield Aside("gift", giver, fund, fen)


def fees(conn: Connection, village: str, period: str) -> Iterator[Aside]:
    """Give how each group stands with each fee at the end of a month, in arrears by fen.

    A fee whose last month is over is shown while somebody owes. Nobody is named.
    """
    for one in levies.all_of(conn, village):
        if one.first > period:
            continue
        found = groups(levies.standing(conn, village, one, period, named=False))
        if period > one.last and not any(row.left for row in found):
            continue
        for row in found:
            free = f"（免收{row.exempt}户）" if row.exempt else ""
            sums = f"应收{yuan(row.due)}元，已收{yuan(row.paid)}元，收缴率{row.percent}%"
            words = f"{one.title}：{row.households}户{free}{sums}，还欠"
            name = f"{row.name}组" if row.name.isdecimal() else row.name or "全村"
            yield Aside("levy", name, words, row.left)

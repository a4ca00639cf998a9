"""Compose a month's sheet from the views: month-range queries only, whatever the books' age."""

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from approvals import register
from disclosure import answers, asides, groups, holdings, oddly, posting, redact, signers, tie
from disclosure.groups import MONEY
from disclosure.sheet import Sheet
from ledger.accounts import chart_of
from ledger.digits import digits
from ledger.legs import store as legs
from ledger.log import store as log
from ledger.log.act import Event
from ledger.posted import store as posted
from ledger.posted.store import Posted


def compose(conn: Connection, village: str, period: str, telephone: str = "") -> Sheet:
    """Return the sheet of a month as the books and the log stand now; amounts in fen.

    The sheet of a sealed month never changes afterwards, but for its marks and posting days. It is
    the sheet of the wall: names in full, no numbers of identity cards, bank accounts or mobiles.

    Raises:
        UnknownVillage: the village has no log.
        SheetUntied: figures do not tie to each other or to the balances; names the difference.

    Source: 农村集体经济组织财务公开规定 (农经发〔2011〕13号)
    """
    people = register.of(conn, village)
    vouchers = vouchers_of(conn, village, period)
    cases = [item.case for item in vouchers]
    events = log.about(conn, village, cases) if cases else []
    lines = groups.split(vouchers, signers.approvers(events, people))
    acts = signers.acts_of(conn, village, period)
    figures, year_fen = _figures(conn, village, period)
    sheet = Sheet(
        village=village,
        name=people.facts["name"],
        township=people.facts["township"],
        period=period,
        **figures,
        **lines._asdict(),
        resources=(),
        distribution=groups.shared(chart_of(conn, village), vouchers),
        errata=groups.errata(conn, village, vouchers),
        answers=answers.until(conn, village, period),
        marks=signers.marks(acts, people),
        **_seal(acts.get("month.sealed"), village, period),
        telephone=telephone,
        **_notice(acts.get("sheet.published")),
        hung=posting.hung(conn, village, period, _leaf(acts.get("month.sealed"))),
        urgent=posting.urgent(conn, village, vouchers, people),
        odd=oddly.counted(conn, vouchers, events, people, acts.get("month.sealed")),
        asides=asides.of_month(conn, village, period, vouchers),
    )
    tie.check(sheet, year_fen)
    return redact.redact(sheet, "wall")


def vouchers_of(conn: Connection, village: str, period: str) -> list[Posted]:
    """Return a month's vouchers but for opening balances, which lie before every month."""
    return vouchers_between(conn, village, period, period)


def vouchers_between(conn: Connection, village: str, first: str, last: str) -> list[Posted]:
    """Return the vouchers of several months but for opening balances."""
    found = posted.vouchers(conn, village, first, last)
    return [item for item in found if item.voucher.kind != "opening"]


def _figures(conn: Connection, village: str, period: str) -> tuple[dict[str, Any], int]:
    """Return the figures of balances, and what cash and bank have gained this year."""
    chart, first = chart_of(conn, village), f"{period[:4]}-01"
    months = legs.monthly(conn, village, first, period)
    moved = months.get(period, {})
    closing = legs.balances(conn, village, period)
    opening = holdings.before(closing, moved)
    income, spending = money_of_months(conn, village, period, period)
    year_income, year_spending = money_of_months(conn, village, first, period)
    figures = {
        "opening_fen": holdings.total(opening, MONEY),
        "income_fen": income,
        "spending_fen": spending,
        "closing_fen": holdings.total(closing, MONEY),
        "year_income_fen": year_income,
        "year_spending_fen": year_spending,
        "banks": holdings.funds(chart, opening, moved, MONEY, 1),
        "funds": holdings.funds(chart, opening, moved, holdings.FUNDS, -1),
        "receivables": holdings.claims(chart, closing, 1),
        "payables": holdings.claims(chart, closing, -1),
        "assets": holdings.funds(chart, opening, moved, holdings.ASSETS, 1),
    }
    return figures, sum(holdings.net(month, MONEY) for month in months.values())


def money_of_months(conn: Connection, village: str, first: str, last: str) -> tuple[int, int]:
    """Return (income, spending) in fen as the sheets of several months have them."""
    by_kind = legs.money_by_kind(conn, village, first, last, MONEY)
    return by_kind.get("receipt", 0), -by_kind.get("payment", 0)


def _leaf(seal: Event | None) -> int:
    return seal.seq if seal else register.NEVER


def _seal(event: Event | None, village: str, period: str) -> dict[str, Any]:
    if event is None:
        return {"sealed": "", "size": 0, "root": "", "digits": "", "registrar": ""}
    line = event.line()
    said = line["statement"]
    root = said["body"]["root"]
    return {
        "sealed": said["at"][:10],
        "size": said["body"]["size"],
        "root": root,
        "digits": _digits(root, village, period),
        "registrar": line["signatures"][0]["key"],
    }


@lru_cache(maxsize=4096)
def _digits(root: str, village: str, period: str) -> str:
    # scrypt is slow on purpose; a page that is read often must not pay for it each time.
    return digits(bytes.fromhex(root), village, period)


def _notice(event: Event | None) -> dict[str, Any]:
    if event is None:
        return {"posted": None, "until": None}
    body = event.statement()["body"]
    return {name: date.fromisoformat(body[name]) for name in ("posted", "until")}

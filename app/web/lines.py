"""Bank lines at the desk: what to make of one, what it may pay, what may be booked already."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from approvals.standing import Standing
from ledger.accounts import chart_of
from ledger.bank import Line
from ledger.bank import store as bank_lines
from ledger.bank.matching import Proposal, learned, propose, standard_rules
from ledger.posted import store as posted
from ledger.posted.store import Posted

SHOWN, NEAR = 50, timedelta(days=15)


def unanswered(conn: Connection, village: str) -> list[Line]:
    """Return the lines that the desk shows: the oldest that no voucher answers."""
    return bank_lines.unmatched(conn, village)[:SHOWN]


def payments(conn: Connection, standing: Standing) -> list[Line]:
    """Return the open bank lines that can be a case's payment: its account, its amount."""
    paid = [leg for leg in standing.voucher.legs if leg.account.startswith("102") and leg.fen < 0]
    return [
        line
        for leg in paid
        for line in bank_lines.unmatched(conn, standing.village, leg.account)
        if line.out_fen == -leg.fen
    ]


def twins(
    account: str, line: Line, past: Sequence[Posted], under_way: Sequence[Standing]
) -> list[tuple[str, str]]:
    """Return cases that move the account by a line's amount near its day but name no line."""
    moved = line.in_fen - line.out_fen
    known = [(item.case, item.voucher) for item in past]
    known += [(one.case, one.voucher) for one in under_way]
    return [
        (case, voucher.summary)
        for case, voucher in known
        if not voucher.bank_line
        and abs(voucher.day - line.day) <= NEAR
        and any(leg.account == account and leg.fen == moved for leg in voucher.legs)
    ]


def card(
    conn: Connection, village: str, line: Line, under_way: Sequence[Standing]
) -> dict[str, Any]:
    """Return what the desk shows of a line: its proposed voucher, why, and what may be the same."""
    account = bank_lines.account_of(conn, village, line.key)
    first, last = (f"{day:%Y-%m}" for day in (line.day - NEAR, line.day + NEAR))
    proposal = proposed(conn, village, account, line)
    voucher = proposal.voucher
    other = next(leg.account for leg in voucher.legs if leg.account != account)
    return {
        "key": line.key,
        "day": line.day,
        "fen": line.in_fen - line.out_fen,
        "party": line.party,
        "text": line.text,
        "item": voucher.purpose,
        "account": other,
        "summary": voucher.summary,
        "reason": proposal.reason,
        "sure": proposal.sure,
        "twins": twins(account, line, posted.vouchers(conn, village, first, last), under_way),
    }


def proposed(conn: Connection, village: str, account: str, line: Line) -> Proposal:
    """Return the voucher proposed for a line, learnt from the year before it."""
    last = f"{line.day:%Y-%m}"
    first = f"{line.day.year - 1:04d}-{line.day.month:02d}"
    past = posted.vouchers(conn, village, first, last)
    rules = learned(standard_rules(), past)
    return propose(line, village, account, rules, chart_of(conn, village))

"""Bank lines at the desk: what to make of one, which payment it is, what is booked already."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app import rents
from app.web.workbench import payable
from approvals.standing import Standing
from ledger.accounts import chart_of
from ledger.bank import Line, paying
from ledger.bank import store as bank_lines
from ledger.bank.matching import Lore, Proposal, learned, lore, propose, standard_rules
from ledger.bank.paying import Due, Pair
from ledger.chart import Chart
from ledger.posted import store as posted
from ledger.posted.store import Posted
from ledger.registers import rents as contracts
from ledger.registers.rents import Rent

NEAR = timedelta(days=31)


class Known(NamedTuple):
    """What lines are held against: the chart, the rules, the vouchers near them, cases under way.

    `rents` are the contracts as they stand;
    `taken` are the cases that a line of the account answers already.
    """

    chart: Chart
    lore: Lore
    past: Sequence[Posted]
    under_way: Sequence[Standing]
    taken: frozenset[str]
    rents: Sequence[Rent] = ()


class Twin(NamedTuple):
    """A case that moves the account by a line's amount near its day and that no line answers."""

    case: str
    summary: str
    number: str
    day: date


def known(
    conn: Connection,
    village: str,
    account: str,
    lines: Sequence[Line],
    under_way: Sequence[Standing] = (),
) -> Known:
    """Return what some lines of an account are held against, learnt from the year before them."""
    first = min((line.day for line in lines), default=date.max)
    last = max((line.day for line in lines), default=date.min)
    past: list[Posted] = []
    if lines:
        since = f"{first.year - 1:04d}-{first.month:02d}"
        past = posted.vouchers(conn, village, since, f"{last + NEAR:%Y-%m}")
    until = f"{last:%Y-%m}"
    rules = learned(standard_rules(), [one for one in past if one.period <= until])
    taken = bank_lines.cases(conn, village, account)
    owing = rents.standing(conn, village, last) if lines else []
    return Known(chart_of(conn, village), lore(rules), past, under_way, taken, owing)


def proposed(known_: Known, village: str, account: str, line: Line) -> Proposal:
    """Return the voucher proposed for a line: the rent of a contract, or what the rules say."""
    usual = propose(line, village, account, known_.lore, known_.chart)
    rent = contracts.fitting(known_.rents, line.party, line.text, line.in_fen)
    if not line.in_fen or rent is None:
        return usual
    return Proposal(
        contracts.answered(usual.voucher, rent, account), *contracts.reason(rent, line.in_fen)
    )


def twins(known_: Known, account: str, lines: Iterable[Line]) -> dict[str, list[Twin]]:
    """Return by line the cases that may be the same movement."""
    moved: dict[int, list[Twin]] = defaultdict(list)
    cases = [(item.case, item.voucher, str(item.number)) for item in known_.past]
    cases += [(one.case, one.voucher, "") for one in known_.under_way]
    for case, voucher, number in cases:
        if case in known_.taken or voucher.kind == "opening":
            continue
        twin = Twin(case, voucher.summary, number, voucher.day)
        for fen in {leg.fen for leg in voucher.legs if leg.account == account}:
            moved[fen].append(twin)
    return {
        line.key: [
            twin for twin in moved[line.in_fen - line.out_fen] if abs(twin.day - line.day) <= NEAR
        ]
        for line in lines
    }


def dues(under_way: Iterable[Standing]) -> list[Due]:
    """Return the payments that are signed and wait for the bank, oldest first."""
    found = (
        paying.due_of(one.case, one.voucher, cleared(one)) for one in under_way if payable(one)
    )
    return [due for due in found if due is not None]


def cleared(standing: Standing) -> date:
    """Return the day of the last approval."""
    return max(datetime.fromisoformat(one.at).date() for one in standing.signoffs)


def payments(conn: Connection, village: str, under_way: Sequence[Standing]) -> list[Pair]:
    """Return the bank lines of all accounts that are, or look like, signed payments.

    A payment whose voucher was made from its line has that line already.
    """
    found, wanted = [], dues(under_way)
    named = {one.case: one.voucher.bank_line for one in under_way if one.voucher.bank_line}
    for due in [one for one in wanted if one.case in named]:
        wanted.remove(due)
        if bank_lines.has(conn, village, named[due.case]):
            line = bank_lines.get(conn, village, named[due.case])
            found.append(Pair(line, due, paying.fit(due.payee, line)))
    for account in dict.fromkeys(due.account for due in wanted):
        open_ = bank_lines.unmatched(conn, village, account)
        found += paying.pairs(wanted, open_, account)
    return found


def fitting(conn: Connection, standing: Standing) -> list[Line]:
    """Return the open bank lines that can be a case's payment: account, amount and payee."""
    (due,) = dues([standing]) or (None,)
    if due is None:
        return []
    open_ = bank_lines.unmatched(conn, standing.village, due.account)
    same = [line for line in open_ if line.out_fen == due.fen]
    return [line for line in same if paying.fit(due.payee, line).how != "odd"]


def card(line: Line, proposal: Proposal, same: Sequence[Twin], account: str) -> dict[str, Any]:
    """Return what the room shows of a line: its proposed voucher, why, and what may be the same."""
    voucher = proposal.voucher
    other = next(leg.account for leg in voucher.legs if leg.account != account)
    return {
        **plain(line),
        "item": voucher.purpose,
        "account": other,
        "voucher": voucher.summary,
        "reason": proposal.reason,
        "sure": proposal.sure and not same,
        "twins": same,
    }


def plain(line: Line) -> Mapping[str, Any]:
    """Return what a page shows of a line; of an account number the last four signs."""
    return {
        "key": line.key,
        "day": line.day,
        "fen": line.in_fen - line.out_fen,
        "party": line.party,
        "tail": paying.tail(line.party_account),
        "text": " ".join(dict.fromkeys(text for text in (line.summary, line.purpose) if text)),
        "balance": line.balance_fen,
    }

"""The end of a year: the vouchers that carry income and expense forward, proposed in their order.

What is left to carry is computed from the balances each time, so the second click finds nothing
once the first is posted. Source: domain/statements.md booking rule 4.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection

from app import drafts, proposals
from app.proposals import DRAFT, ENTERED, OPEN, Proposal
from approvals import cases
from ledger import closing, periods
from ledger.legs import store as legs
from ledger.log import store as log
from ledger.posted import store as posted
from ledger.refusal import Refusal

STALE = "stale"
DECEMBER = "-12"


def steps(conn: Connection, village: str, period: str) -> list[Proposal]:
    """Return the year-end vouchers that are not posted yet, in order; none in another month.

    `state` is that of a proposal, or stale: a draft whose amounts are no longer those of the books.
    """
    if not period.endswith(DECEMBER):
        return []
    found = proposals.placed(conn, village, period, list(_asked(conn, village, period)))
    return [_fresh(conn, village, period, one) for one in found]


def _asked(conn: Connection, village: str, period: str) -> Iterator[Proposal]:
    year, balances = int(period[:4]), legs.balances(conn, village, period)
    left = closing.carry_forward(village, year, balances)
    # What was distributed is closed when the surplus itself has been carried forward.
    left = left or closing.close_shared(village, year, balances)
    done = [
        item.voucher.summary
        for item in posted.vouchers(conn, village, period, period)
        if item.voucher.purpose == "transfer.closing" and not item.voucher.reverses
    ]
    for voucher in left:
        # A late entry is carried forward by a further voucher of the same words.
        item = f"closing.{voucher.summary[7:]}.{done.count(voucher.summary)}"
        yield Proposal(item, voucher.summary, drafts.typed(voucher), voucher.total, OPEN, "")


def _fresh(conn: Connection, village: str, period: str, one: Proposal) -> Proposal:
    if one.state == ENTERED and _posted(conn, village, one):
        return one._replace(state=OPEN, link="")  # found alike, but posted: the amount is a new one
    if one.state != DRAFT:
        return one
    kept = drafts.get(conn, village, proposals.draft_id(village, period, one.item))
    same = kept is not None and _amounts(kept.fields) == _amounts(one.fields)
    return one if same else one._replace(state=STALE)


def _posted(conn: Connection, village: str, one: Proposal) -> bool:
    return cases.standing_of(conn, village, one.link.rpartition("/")[2]).state == "posted"


def _amounts(fields: Mapping[str, str]) -> dict[str, str]:
    sides = ("account", "debit", "credit")
    return {name: text for name, text in fields.items() if name.startswith(sides)}


def make(conn: Connection, village: str, period: str, person: str, now: datetime) -> int:
    """Make drafts of the year-end vouchers that are left, and return how many were made.

    Raises:
        BadPeriod, Sealed.
        BeforeYearEnd: something of the year is still to be entered, which would change the sums.
    """
    log.hold(conn, village)
    if periods.is_sealed(conn, village, periods.parse(period)):
        raise periods.Sealed(period=period)
    why = _unready(conn, village, period)
    if why:
        raise BeforeYearEnd(period=period, why=why)
    fresh = [one for one in steps(conn, village, period) if one.state == OPEN]
    for one in fresh:
        proposals.make_one(conn, village, period, one, person, now)
    return len(fresh)


def _unready(conn: Connection, village: str, period: str) -> str:
    turn = periods.next_to_seal(conn, village)
    if not period.endswith(DECEMBER):
        return "年末结转在十二月"
    if turn != period:
        return f"先封存 {turn}"
    others = [
        one.voucher.summary
        for one in cases.open_cases(conn, village)
        if one.voucher.period == period and one.voucher.purpose != "transfer.closing"
    ]
    if others:
        return f"“{others[0]}”等 {len(others)} 张凭证还没有记账"
    missing = [
        one.title for one in proposals.of_month(conn, village, period) if one.state != ENTERED
    ]
    return f"“{missing[0]}”等 {len(missing)} 项还没有填制" if missing else ""


class BeforeYearEnd(Refusal):
    """Entries of the year are still missing, so income and expense are not final."""

    code = "W630"
    says = "{period} 还不能做年末结转：{why}。请先办完，再结转。"
    rule = "农村集体经济组织会计制度（财会〔2023〕14号）本年收益"

"""What the books propose for a month: wear of assets, accruals, the shop, what comes round.

Nothing is entered by itself: one confirmation makes drafts, which walk their chains like any other
voucher. A proposal is known by its month and item, so whatever is clicked twice is made once; one
that somebody has entered by hand is recognised by its accounts.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from app import drafts, regular, rents
from app.drafts import Saved
from app.tables import proposal
from approvals import cases
from ledger import depreciation, periods
from ledger.legs import store as legs
from ledger.log import store as log
from ledger.posted import store as posted
from ledger.registers import rents as contracts
from ledger.registers import shop
from ledger.registers import store as registers
from ledger.registers.assets import WEARS
from ledger.registers.shop import store as shops
from ledger.voucher import Voucher

RENT = "应收租金：合同 "
OPEN, DRAFT, ENTERED, LOST = "open", "draft", "entered", "lost"


class Proposal(NamedTuple):
    """A voucher that a month asks for: what it is, its fields, where it stands, where it is.

    `state` is open (not made yet), draft, entered (a case, posted or under way) or lost (its
    template is gone).
    """

    item: str
    title: str
    fields: Mapping[str, str]
    fen: int
    state: str
    link: str


def of_month(conn: Connection, village: str, period: str) -> list[Proposal]:
    """Return what a month asks for, in order: wear, rents that fall due, what comes round."""
    asked = [
        *_wear(conn, village, period),
        *_rents(conn, village, period),
        *_round(conn, village, period),
        *_shop(conn, village, period),
    ]
    return placed(conn, village, period, asked)


def placed(conn: Connection, village: str, period: str, asked: list[Proposal]) -> list[Proposal]:
    """Return proposals of a month with where each stands."""
    if not asked:
        return []
    query = select(proposal).where(proposal.c.village == village, proposal.c.period == period)
    known = {row.item: row for row in conn.execute(query)}
    there = _entered(conn, village, period)
    taken = {row.case for row in known.values()}  # what was made of one proposal is no other
    free = [(case, voucher) for case, voucher in there if case not in taken]
    return [_placed(conn, village, one, known.get(one.item), there, free) for one in asked]


def _wear(conn: Connection, village: str, period: str) -> Iterable[Proposal]:
    found = depreciation.propose(village, period, registers.assets(conn, village))
    for root, voucher in found.items():
        title = f"计提{WEARS[root].title}"
        yield Proposal(f"wear.{root}", title, drafts.typed(voucher), voucher.total, OPEN, "")


def _rents(conn: Connection, village: str, period: str) -> Iterable[Proposal]:
    for contract, due in rents.of_month(conn, village, period):
        voucher = contracts.voucher(village, contract, due)
        item = f"rent.{sha256(contract.number.encode()).hexdigest()[:32]}"
        title = f"{RENT}{contract.number}"
        yield Proposal(item, title, drafts.typed(voucher), due.fen, OPEN, "")


def _round(conn: Connection, village: str, period: str) -> Iterable[Proposal]:
    for one in regular.all_of(conn, village):
        if not one.schedule.at(period):
            continue
        kept = drafts.get(conn, village, one.template) if one.template else None
        fields = regular.fields(one, period, kept.fields if kept else None)
        lost = one.basis == "template" and kept is None
        fen = drafts.total(fields)
        yield Proposal(f"round.{one.id}", one.name, fields, fen, LOST if lost else OPEN, "")
        last = regular.final(conn, village, one, period)
        if last[0]:
            fields = regular.fields(one, period, None, last)
            yield Proposal(f"held.{one.id}", last[1], fields, last[0], OPEN, "")


def _shop(conn: Connection, village: str, period: str) -> Iterable[Proposal]:
    """Give what the points shop asks for: goods that left it, and points that are owed."""
    terms = shops.terms_of(conn, village)
    if terms is None:
        return
    last = depreciation.last_day(period)
    owed = shop.worth(terms, shops.left(conn, village, last))
    before = legs.balances(conn, village, _month_before(period)).get(terms.owed, 0)
    out = shop.spent(shops.lines(conn, village, last), period)
    voucher = shop.voucher(village, terms, period, out, owed + before)
    if voucher is not None:
        yield Proposal("shop", shop.TITLE, drafts.typed(voucher), voucher.total, OPEN, "")


def _month_before(period: str) -> str:
    """Return the period through which the balance before a month stands: `2021-00` for January."""
    return f"{period[:4]}-{int(period[5:]) - 1:02d}"


def _entered(conn: Connection, village: str, period: str) -> list[tuple[str, Voucher]]:
    """Return case and voucher of what is in the books of a month or on its way there.

    What was written off in red is there no more.
    """
    done = posted.vouchers(conn, village, period, period)
    undone = {item.voucher.reverses for item in posted.vouchers(conn, village, period, "9999-12")}
    found = [(item.case, item.voucher) for item in done if str(item.number) not in undone]
    under_way = [(one.case, one.voucher) for one in cases.open_cases(conn, village)]
    return [
        (case, voucher)
        for case, voucher in (*found, *under_way)
        if voucher.period == period and not voucher.reverses
    ]


def _placed(
    conn: Connection,
    village: str,
    one: Proposal,
    row: Any,  # noqa: ANN401 - a row of the table
    there: list[tuple[str, Voucher]],
    free: list[tuple[str, Voucher]],
) -> Proposal:
    alive = {case for case, _ in there}
    if row is not None and row.case in alive:
        return one._replace(state=ENTERED, link=f"/case/{village}/{row.case}")
    if row is not None and drafts.get(conn, village, row.draft) is not None:
        return one._replace(state=DRAFT, link=f"/desk/{village}/voucher?draft={row.draft}")
    for case, voucher in free:
        if _alike(one, voucher):
            return one._replace(state=ENTERED, link=f"/case/{village}/{case}")
    return one


def _alike(one: Proposal, voucher: Voucher) -> bool:
    """Tell whether a voucher is what was proposed, entered by hand."""
    if one.item.startswith("rent."):
        return contracts.booked(voucher, one.title.removeprefix(RENT))
    if voucher.purpose != one.fields.get("purpose"):
        return False
    credits_ = {leg.account for leg in voucher.legs if leg.fen < 0}
    wanted = {one.fields[name] for name in _rows(one.fields, "credit")}
    if one.item.startswith("wear."):
        return bool(credits_ & wanted)
    debits = {leg.account for leg in voucher.legs if leg.fen > 0}
    theirs = {one.fields[name] for name in _rows(one.fields, "debit")}
    named = one.title in voucher.summary
    return named and (debits, credits_) == (theirs, wanted)


def _rows(fields: Mapping[str, str], side: str) -> list[str]:
    return [f"account{row}" for row in range(drafts.MOST_ROWS) if fields.get(f"{side}{row}")]


def make(
    conn: Connection, village: str, period: str, chosen: Iterable[str], person: str, now: datetime
) -> int:
    """Make drafts of the chosen proposals that are open, and return how many were made.

    Raises:
        BadPeriod, Sealed, TooMany.
    """
    log.hold(conn, village)  # of two clicks at once the second finds what the first has made
    if periods.is_sealed(conn, village, periods.parse(period)):
        raise periods.Sealed(period=period)
    wanted = set(chosen)
    asked = of_month(conn, village, period)
    fresh = [one for one in asked if one.state == OPEN and one.item in wanted]
    for one in fresh:
        make_one(conn, village, period, one, person, now)
    return len(fresh)


def draft_id(village: str, period: str, item: str) -> str:
    """Return the id of the draft that a proposal becomes."""
    return sha256(f"{village} {period} {item}".encode()).hexdigest()[:32]


def make_one(
    conn: Connection, village: str, period: str, one: Proposal, person: str, now: datetime
) -> None:
    """Make the draft of a proposal that is open."""
    name = draft_id(village, period, one.item)
    drafts.save(conn, village, person, Saved(name, 0), one.fields, now)
    mine = _mine(village, period, one.item)
    conn.execute(delete(proposal).where(mine))
    row = {"village": village, "period": period, "item": one.item, "draft": name, "case": ""}
    conn.execute(insert(proposal).values(**row))


def _mine(village: str, period: str, item: str) -> Any:  # noqa: ANN401 - a condition
    return (
        (proposal.c.village == village) & (proposal.c.period == period) & (proposal.c.item == item)
    )


def entered(conn: Connection, village: str, name: str, case: str) -> None:
    """Note that a draft was submitted as a case; a draft that nobody proposed is passed over."""
    mine = (proposal.c.village == village) & (proposal.c.draft == name)
    conn.execute(update(proposal).where(mine).values(case=case))

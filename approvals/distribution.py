"""From a plan to a frozen roll: reckoned on the books, open, objected to, resolved, bound."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection

from approvals import acts, membership
from approvals.acts import Desk
from approvals.keys import Hand
from ledger import waterfall
from ledger.distribution import Plan, Roll
from ledger.legs import store as legs
from ledger.log import store as log
from ledger.log.act import Event
from ledger.money import yuan
from ledger.refusal import Refusal
from ledger.registers.membership import store as members
from ledger.registers.membership.entry import Entry
from ledger.registers.membership.fold import State
from ledger.registers.plans import Draft
from ledger.registers.plans import store as plans
from ledger.reported import statements_of
from ledger.waterfall import Outcome, Stake

FROZEN = "distribution.frozen"
OPEN_DAYS = 10  # 农村集体经济组织法 art. 46: the plan lies open so long before the meeting
OBJECTION_DAYS = 7
NET, OPENING, INTO = 14, 15, 16
OWN_MONEY, NOT_OWN = ("101", "102"), ("231", "241")
EVER = "9999-12"


class Means(NamedTuple):
    """What there is to distribute, in fen; `cash` is own money at hand, no earmarked money."""

    surplus: int
    losses: int
    cash: int


def means(conn: Connection, village: str, year: int) -> Means:
    """Return what a year's books leave for distribution: 可分配收益, earlier losses, own money."""
    _, income, _ = statements_of(conn, village, f"{year}-12")
    begin = income.line(OPENING)
    surplus = income.line(NET) + max(begin, 0) + income.line(INTO)
    held = legs.balances(conn, village, EVER)
    cash = sum(fen for code, fen in held.items() if code[:3] in OWN_MONEY)
    bound = -sum(fen for code, fen in held.items() if code[:3] in NOT_OWN)
    return Means(surplus, max(-begin, 0), cash - max(bound, 0))


def stakes(state: State) -> list[Stake]:
    """Return the households of a register with their shares by kind."""
    return [
        Stake(one.number, one.group, one.head, one.count, dict(one.shares), one.account[-4:])
        for one in state.houses.values()
        if one.count or one.shares
    ]


def preview(conn: Connection, village: str, year: int, text: str, day: date) -> Outcome:
    """Return what a plan would give on a day, from the books and the register.

    Raises:
        BadPlan, NoSurplus, TooMuch, BadRegister; Borrowed: own money does not reach.
    """
    there = means(conn, village, year)
    held = stakes(members.as_of(conn, village, day))
    found = waterfall.pour(year, there.surplus, there.losses, waterfall.read(text), held)
    asked = found.total("members") + found.total("pool") + found.total("other")
    if asked > there.cash:
        raise Borrowed(asked=yuan(asked), cash=yuan(there.cash))
    return found


def decided(found: Outcome) -> Plan:
    """Return an outcome as the plan from which the voucher is made."""
    other = found.total("other") + found.total("pool") + found.total("branches")
    return Plan(
        found.year, found.surplus, found.total("losses"), found.total("reserve"),
        found.total("members"), other, found.total("kept"),
    )  # fmt: skip


def open_plan(conn: Connection, village: str, year: int, opened: date, meeting: date) -> None:
    """Open the latest version of a plan to everybody until the meeting on it.

    Raises:
        NoPlan; TooShort: fewer than ten days before the meeting; Frozen: it is decided.
    """
    one = _plan(conn, village, year)
    _not_frozen(conn, village, year)
    if meeting < opened + timedelta(days=OPEN_DAYS):
        raise TooShort(least=opened + timedelta(days=OPEN_DAYS), meeting=meeting)
    plans.open_plan(conn, village, one, opened, meeting)


def redraw(conn: Connection, village: str, year: int, text: str, day: date) -> Outcome:
    """Keep a new version of a plan after trying it out; it has to be opened anew.

    Raises:
        Frozen: the year is decided; Refusal: of `preview`.
    """
    _not_frozen(conn, village, year)
    found = preview(conn, village, year, text, day)
    plans.draft(conn, village, year, text)
    return found


def freeze(conn: Connection, hand: Hand, desk: Desk, year: int, resolution: str) -> Event:
    """Freeze a year's roll as the meeting resolved on it, on the register that the log holds.

    Raises:
        NoPlan, NotOpened, TooEarly, Unanswered, NoResolution, NotAdopted, Frozen.
    """
    log.hold(conn, desk.village)
    if desk.nonce and log.has_nonce(conn, desk.village, desk.nonce):
        return log.events(conn, desk.village, kinds=(FROZEN,), subject=str(year))[-1]
    _not_frozen(conn, desk.village, year)
    one, today = _plan(conn, desk.village, year), desk.at.date()
    if one.opened is None or one.meeting is None:
        raise NotOpened
    ready = max(one.meeting, one.opened + timedelta(days=OBJECTION_DAYS))
    if today < ready:
        raise TooEarly(day=ready)
    waiting = [item.no for item in plans.objections(conn, desk.village, year) if not item.answer]
    if waiting:
        raise Unanswered(count=len(waiting))
    if not resolution.strip():
        raise NoResolution
    held = _adopted(conn, desk.village, today)
    found = preview(conn, desk.village, year, one.text, today)
    body = {**_body(found), "walk": _walk(one, found, resolution, held)}
    entries = granted(found, today, resolution)
    if entries:
        # The roll rests on the register before; the same act binds the lines that follow from it.
        lines = membership.add(conn, desk, entries)
        made = membership.register_on(conn, desk.village, today).digest()
        body["granted"] = {**lines, "digest": made}
    return acts.record(conn, hand, desk, FROZEN, str(year), body)


def granted(found: Outcome, day: date, resolution: str) -> list[Entry]:
    """Return the lines that the bonus shares of a distribution add to the register (派送股权)."""
    facts = {"resolution": resolution.strip(), "reason": f"{found.year}年度派送股权"}
    kinds = {layer.id: layer.into for layer in found.bonus_layers}
    return [
        Entry("given", day, one.household, share=kinds[name], count=counts[at], facts=facts)
        for name, counts in found.bonuses.items()
        for at, one in enumerate(found.stakes)
        if counts[at]
    ]


def _body(found: Outcome) -> dict[str, Any]:
    plan = decided(found)
    return {
        "year": plan.year,
        "surplus": plan.surplus,
        "reserve": plan.reserve,
        "members": plan.members,
        "other": plan.other,
        "allotment": found.roll().digest(),
    }


def _walk(one: Draft, found: Outcome, resolution: str, register: str) -> dict[str, Any]:
    return {
        "losses": found.total("losses"),
        "plan": waterfall.digest(one.text),
        "opened": str(one.opened),
        "meeting": str(one.meeting),
        "resolution": resolution.strip(),
        "register": register,
    }


def _adopted(conn: Connection, village: str, today: date) -> str:
    """Return the digest of the register that the log holds, if it is the one of today."""
    bound = membership.bound(conn, village)
    if not bound:
        raise NotAdopted
    digest = bound[-1].digest
    if membership.register_on(conn, village, today).digest() != digest:
        raise NotAdopted
    return digest


def _plan(conn: Connection, village: str, year: int) -> Draft:
    one = plans.latest(conn, village, year)
    if one is None:
        raise NoPlan(year=year)
    return one


def _not_frozen(conn: Connection, village: str, year: int) -> None:
    if log.events(conn, village, kinds=(FROZEN,), subject=str(year)):
        raise Frozen(year=year)


def frozen_plan(conn: Connection, village: str, year: int) -> tuple[Plan, str]:
    """Return a frozen distribution as the plan of its voucher, and the resolution.

    Raises:
        NoPlan: nothing was frozen that says how it was decided.
    """
    frozen = log.events(conn, village, kinds=(FROZEN,), subject=str(year))
    body = frozen[-1].statement()["body"] if frozen else {}
    if "walk" not in body:
        raise NoPlan(year=year)
    surplus, losses = body["surplus"], body["walk"]["losses"]
    reserve, members_, other = body["reserve"], body["members"], body["other"]
    kept = surplus - losses - reserve - members_ - other
    decided_ = Plan(year, surplus, losses, reserve, members_, other, kept)
    return decided_, body["walk"]["resolution"]


def roll_of(conn: Connection, village: str, year: int, frozen: Event) -> Roll | None:
    """Return the roll of a distribution that walked this way, or None for one that did not.

    It is reckoned anew from the plan and the register of then; the caller compares the digest.
    """
    body: dict[str, Any] = frozen.statement()["body"]
    if "walk" not in body:
        return None
    kept = plans.by_text(conn, village, year)
    text = next(
        (one.text for one in kept if waterfall.digest(one.text) == body["walk"]["plan"]), ""
    )
    found = membership.state_at(conn, village, frozen.seq)
    held = stakes(found[1]) if found else []
    layers = waterfall.read(text)
    return waterfall.pour(year, body["surplus"], body["walk"]["losses"], layers, held).roll()


class NoPlan(Refusal):
    """There is no plan for the year."""

    code = "D021"
    says = "{year} 年还没有分配方案，请先测算并保存。"
    status = 422


class TooShort(Refusal):
    """The plan would lie open for too short a time."""

    code = "D022"
    says = "方案要在会前公开至少十日：最早 {least} 开会，填的是 {meeting}。"
    rule = "农村集体经济组织法 第四十六条"
    status = 422


class NotOpened(Refusal):
    """The plan has not been opened."""

    code = "D023"
    says = "方案还没有公开。请先写明公开日期和会议日期，公开至少十日、异议期至少七日。"
    rule = "农村集体经济组织法 第四十六条"


class Borrowed(Refusal):
    """Own money does not reach: what is missing would have to be borrowed."""

    code = "D024"
    says = (
        "方案要付出 {asked} 元，账上自有资金（不含专项和一事一议资金）只有 {cash} 元，"
        "不得举债分配。"
    )
    rule = "财农〔2021〕121号 第十五条、第二十八条"
    status = 422


class TooEarly(Refusal):
    """The meeting or the days for objections are not over."""

    code = "D027"
    says = "会议还没有开或异议期未满，{day} 起才能定案。"
    rule = "农村集体经济组织法 第四十六条"


class Unanswered(Refusal):
    """Objections wait for an answer."""

    code = "D028"
    says = "还有 {count} 条异议没有答复，答复后才能定案。"


class NoResolution(Refusal):
    """The resolution is not named."""

    code = "D029"
    says = "请写明成员大会或成员代表大会的决议文号。"
    rule = "农村集体经济组织法 第二十六条至第二十八条"
    status = 422


class NotAdopted(Refusal):
    """The register of today is not the one that the log holds."""

    code = "D030"
    says = "份额登记簿没有签名登记，或登记后有变动，请先在“成员与份额”里签名登记现在的登记簿。"
    rule = "农村集体经济组织法 第四十条"


class Frozen(Refusal):
    """The year's distribution is decided."""

    code = "D031"
    says = "{year} 年的分配已经定案，不能再改方案。"

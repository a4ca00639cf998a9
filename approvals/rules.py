"""Who may sign what, in turn and by distinct hands. Pure."""

from datetime import date
from typing import NamedTuple

from approvals.policy import METHODS, Step
from approvals.register import Register, title
from approvals.standing import Signoff, Standing
from ledger.refusal import Refusal


def step_of(standing: Standing, name: str) -> Step:
    """Return the waiting step of this name.

    Raises:
        Finished: the case takes no sign-offs any more.
        OutOfTurn: the step is not waiting now.
    """
    if standing.state != "signing":
        raise Finished(state=STATES[standing.state])
    for step in standing.waiting():
        if step["id"] == name:
            return step
    turn = "、".join(step["title"] for step in standing.waiting())
    raise OutOfTurn(step=_title(standing, name), turn=turn)


def _title(standing: Standing, name: str) -> str:
    titles = {step["id"]: step["title"] for step in standing.chain["steps"]}
    return str(titles.get(name, name))


def may_decide(
    standing: Standing,
    register: Register,
    step: Step,
    person: str,
    seat: str,
    day: date,
    giver: str = "",
) -> None:
    """Refuse a person who may take no part in a step at all.

    `giver` is the holder who has lent the seat: with the delegate one voice, so what bars the one
    bars both.

    Raises:
        NoSeat, NotLent, MakerSigns, TwoHats, AlreadySigned, Recused.
    """
    if giver and (giver, seat) not in register.lent(person, day, standing.chain["id"]):
        raise NotLent(seat=title(seat), giver=register.name(giver))
    allowed = step["seats"]
    if _all_recused(standing, register, step, day):
        allowed = [*allowed, *step["deputies"]]
    if seat not in allowed or not (giver or register.holds(person, seat, day)):
        raise NoSeat(step=step["title"], seats="、".join(title(s) for s in step["seats"]))
    for voice in (person, giver) if giver else (person,):
        _may_speak(standing, step, voice)


def _may_speak(standing: Standing, step: Step, person: str) -> None:
    if person in standing.makers:
        raise MakerSigns
    mine = [s for s in standing.signoffs if person == s.person or _spoken(s, person)]
    if any(s.decision == "recuse" for s in mine):
        raise Recused
    if any(s.step == step["id"] for s in mine if s.decision == "approve"):
        raise AlreadySigned(step=step["title"])
    others = [s.step for s in mine if s.decision == "approve" and not _meeting(standing, s.step)]
    if others:
        raise TwoHats(other=_title(standing, others[0]))


def _spoken(signoff: Signoff, person: str) -> bool:
    # Who lent a seat has spoken by the delegate's approval; a recusal is the delegate's own.
    return signoff.giver == person and signoff.decision == "approve"


def _meeting(standing: Standing, name: str) -> bool:
    # Who chairs a meeting reports its vote; that is no approval of their own.
    return any(s["id"] == name and s["kind"] == "meeting" for s in standing.chain["steps"])


def check_method(step: Step, method: str) -> None:
    """Refuse a method below the least that a step asks for.

    Raises:
        LowMethod: names the method that is needed.
    """
    if METHODS.index(method) < METHODS.index(step["method"]):
        raise LowMethod(step=step["title"], method=WORDS[step["method"]])


def _all_recused(standing: Standing, register: Register, step: Step, day: date) -> bool:
    holders = {person for seat in step["seats"] for person in register.holders(seat, day)}
    return bool(holders) and holders <= standing.recused()


def may_approve(standing: Standing, register: Register, person: str) -> None:
    """Refuse an approval by the payee or by somebody near to the payee.

    Raises:
        MustRecuse: they may only recuse, or send the case back.
    """
    payee = standing.voucher.payee
    if payee is not None and register.related(person, payee.name):
        raise MustRecuse(payee=payee.name)


def asked_of(
    standing: Standing, register: Register, person: str, day: date
) -> list[tuple[Step, str, str]]:
    """Return what a person is asked for now: step, seat, and who lent it ("" for their own).

    Meetings ask their chair.
    """
    lent = register.lent(person, day, standing.chain["id"])
    found = []
    for step in standing.waiting():
        places = [("", seat) for seat in (*step["seats"], *step["deputies"])]
        if step["kind"] != "meeting":
            places += lent
        for giver, seat in places:
            try:
                may_decide(standing, register, step, person, seat, day, giver)
            except Refusal:
                continue
            found.append((step, seat, giver))
            break
    return found


class Stuck(NamedTuple):
    """A step that nobody may decide now: why, by name, and whom that leaves to act."""

    step: Step
    why: str
    turn_to: str


def stuck(standing: Standing, register: Register, day: date) -> list[Stuck]:
    """Return the waiting steps that nobody may approve; a step is never skipped for that.

    They go to the registrar, who seats a holder or a deputy, or back to the maker.
    """
    found = []
    for step in standing.waiting():
        holders = _holders(register, step, day)
        barred = _all_barred(standing, register, step, day)
        if "" in barred.values():
            continue
        own = [register.name(p) + why for p, why in barred.items() if p in holders]
        why = "；".join(own) or "、".join(title(seat) for seat in step["seats"]) + "空缺"
        found.append(Stuck(step, why, title("registrar")))
    return found


def able(standing: Standing, register: Register, step: Step, day: date) -> list[str]:
    """Return who may approve a waiting step now, holders before those whom a seat is lent to."""
    barred = _all_barred(standing, register, step, day)
    return [person for person, why in barred.items() if not why]


def _holders(register: Register, step: Step, day: date) -> list[str]:
    seats = [*step["seats"], *step["deputies"]]
    return [person for seat in seats for person in register.holders(seat, day)]


def _all_barred(standing: Standing, register: Register, step: Step, day: date) -> dict[str, str]:
    people = [*_holders(register, step, day), *(one.to for one in register.delegations)]
    return {p: _barred(standing, register, step, p, day) for p in dict.fromkeys(people)}


def _barred(standing: Standing, register: Register, step: Step, person: str, day: date) -> str:
    """Return why a person cannot take a waiting step, in words; empty when they can."""
    if step["kind"] != "meeting" and register.related(person, _payee(standing)):
        return "是收款方或其亲属，应当回避"
    for found, _, _ in asked_of(standing, register, person, day):
        if found["id"] == step["id"]:
            return ""
    if person in standing.recused():
        return "已回避"
    if person in standing.makers:
        return "是制单人"
    return "已签别的步骤，或须待在任者全部回避后方能代签"


def _payee(standing: Standing) -> str:
    payee = standing.voucher.payee
    return payee.name if payee else ""


def check_tally(step: Step, roster: int, present: int, favour: int, against: int) -> None:
    """Refuse a meeting without a quorum or a majority, or whose figures cannot be.

    Raises:
        BadTally, NoQuorum, Rejected.
    """
    votes_fit = favour >= 0 and against >= 0 and favour + against <= present <= roster
    if not votes_fit:
        raise BadTally(roster=roster, present=present, votes=favour + against)
    if roster < step["roster_least"]:
        raise ShortRoster(least=step["roster_least"], roster=roster)
    a, b = step["present"]
    if present * b < a * roster:
        raise NoQuorum(title=step["title"], roster=roster, present=present, share=f"{a}/{b}")
    a, b = step["favour"]
    base = roster if step["base"] == "all" else present
    passed = favour * b > a * base if step["strict"] else favour * b >= a * base
    if not passed:
        raise Rejected(title=step["title"], favour=favour, base=base)


WORDS = {"paper": "纸质签字", "pin": "签名密码", "passkey": "通行密钥"}
STATES = {
    "signing": "正在审签",
    "returned": "已退回",
    "cleared": "已审签完毕",
    "paid": "已付款",
    "posted": "已记账",
    "withdrawn": "已撤回",
}


class Finished(Refusal):
    """The case takes no sign-offs any more."""

    code = "A010"
    says = "该事项{state}，不需要再签。"


class OutOfTurn(Refusal):
    """The step's turn has not come, or is over."""

    code = "A011"
    says = "还没有轮到或已经签过“{step}”，现在等待的是：{turn}。"
    rule = "三堆镇 逐级审签"


class NoSeat(Refusal):
    """The person does not hold the seat that the step asks for on this day."""

    code = "A012"
    says = "“{step}”须由在任的{seats}签，您现在没有这个席位（可能任期已满）。请联系镇登记员。"
    rule = "docs/FORMATS.md seats; TRUST 换届"
    status = 403


class NotLent(Refusal):
    """Nobody has lent this seat to the person, or not for this day or chain."""

    code = "A023"
    says = "{giver} 没有在今天把“{seat}”委托给您办理这类事项，您不能代签。"
    rule = "TRUST 委托：有期限、有范围、不得转委托"
    status = 403


class MakerSigns(Refusal):
    """Who made the voucher signs no other step of it."""

    code = "A013"
    says = "这张凭证是您制单的，不能再由您审签。"
    rule = "会计法 第二十五条：不相容岗位分离"
    status = 403


class TwoHats(Refusal):
    """One person, one step."""

    code = "A014"
    says = "您已经签过“{other}”，同一人在一件事项里只能签一步。"
    rule = "八审会签：一人一步"
    status = 403


class AlreadySigned(Refusal):
    """The person has signed this step already."""

    code = "A015"
    says = "您已经签过“{step}”，不用再签。"


class MustRecuse(Refusal):
    """The payee, or somebody near to the payee, cannot approve."""

    code = "A016"
    says = "收款方“{payee}”是您本人或亲属、关联企业，您应当回避，不能审签；请选择“回避”。"
    rule = "农村集体经济组织法 第三十一条（近亲属回避）"
    status = 403


class Recused(Refusal):
    """The person has recused from this case."""

    code = "A017"
    says = "您已回避这件事项，不能再签。"
    status = 403


class BadTally(Refusal):
    """The figures of a vote cannot be."""

    code = "A018"
    says = "票数对不上：应到 {roster} 人，实到 {present} 人，投票合计 {votes} 票。请核对会议记录。"
    status = 422


class NoQuorum(Refusal):
    """Too few were present."""

    code = "A019"
    says = "{title}应到 {roster} 人，实到 {present} 人，不足 {share}，会议不成立。"
    rule = "村民委员会组织法 第二十六条"


class Rejected(Refusal):
    """The meeting did not carry the resolution."""

    code = "A020"
    says = "{title}赞成 {favour} 票（基数 {base}），没有通过。请由制单人退回或撤回。"
    rule = "村民委员会组织法 第二十六条；农村集体经济组织法 第二十八条"


class ShortRoster(Refusal):
    """The roster is smaller than the law allows."""

    code = "A021"
    says = "名册 {roster} 人，少于规定的 {least} 人，请核对名册。"
    rule = "农村集体经济组织法 第二十八条"


class LowMethod(Refusal):
    """The step asks for a stronger way of signing."""

    code = "A022"
    says = "“{step}”须用{method}签，您用的方式级别不够。"
    rule = "docs/FORMATS.md step method"
    status = 403

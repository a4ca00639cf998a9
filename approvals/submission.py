"""Submit a voucher for its chain, amend it, withdraw it."""

import secrets
from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from sqlalchemy import Connection

from approvals import boards, earmarks, funds, register, rules, signing, standing
from approvals.acts import Desk, enact, seat_for, write
from approvals.cases import open_cases, standing_of
from approvals.keys import Hand
from approvals.policy import choose, lacking
from approvals.register import Register
from approvals.standing import Standing
from ledger.accounts import chart_of
from ledger.items import items
from ledger.log import store as log
from ledger.periods import Sealed, is_sealed
from ledger.posted import store as posted
from ledger.refusal import Refusal
from ledger.voucher import Number, Paper, Voucher, check, check_papers


def submit(conn: Connection, hand: Hand, desk: Desk, voucher: Voucher, case: str = "") -> Standing:
    """Submit a voucher for its chain: a new case, or the next revision of one.

    Raises:
        Refusal: of `ledger.voucher.check`, or UnknownItem, NoPayee, Sealed, LineUsed, PaperUsed,
            BadReversal, NotYours, Finished; of `approvals.funds` for restricted money.
    """
    log.hold(conn, desk.village)
    people = register.of(conn, desk.village)
    seat = seat_for(people, hand, "voucher.submitted", desk.at.date())
    case = case or new_case(desk)
    _check_voucher(conn, desk, voucher, case)
    chain = choose(people.current(), voucher)
    missing = lacking(chain, voucher)
    if missing:
        raise PapersMissing(chain=chain["title"], papers="、".join(missing))
    boards.check_notice(conn, desk.village, chain, voucher, desk.at.date())
    funds.check_use(people.current(), voucher)
    earmarks.check_left(conn, people.current(), voucher, lambda: _under_way(conn, desk, case))
    skips = [
        {"step": step["id"], "rule": "vacant"}
        for step in chain["steps"]
        if step["skip_if_vacant"] and _vacant(people, step["seats"], desk.at.date())
    ]
    if len(skips) == len(chain["steps"]):
        raise NothingToSign(chain=chain["title"])
    before = _before(conn, hand, desk, case)
    revision = before.revision + 1 if before else 1
    text, policy = voucher.digest(), people.policy
    body = {
        "revision": revision,
        "voucher": voucher.body(),
        "digest": text,
        "policy": policy,
        "chain": chain["id"],
        "skips": skips,
        "head": signing.first_head(revision, text, policy, chain["id"], skips),
    }
    event = write(conn, hand, desk, "voucher.submitted", seat, case, body)
    return standing.follow(before, event, people)


def _under_way(conn: Connection, desk: Desk, case: str) -> list[Voucher]:
    return [one.voucher for one in open_cases(conn, desk.village) if one.case != case]


def new_case(desk: Desk) -> str:
    """Return the name of a new case: the day and eight hex digits, the same for one nonce.

    An act that is done twice under its nonce is then one case, and a passkey can sign its name.
    """
    unlike = sha256(desk.nonce.encode()).hexdigest() if desk.nonce else secrets.token_hex(4)
    return f"{desk.at:%Y%m%d}-{unlike[:8]}"


def _vacant(people: Register, seats: Sequence[str], day: date) -> bool:
    return not any(people.holders(seat, day) for seat in seats)


def _before(conn: Connection, hand: Hand, desk: Desk, case: str) -> Standing | None:
    if not log.events(conn, desk.village, subject=case):
        return None
    before = standing_of(conn, desk.village, case)
    if before.state in {"paid", "posted", "withdrawn"}:
        raise rules.Finished(state=rules.STATES[before.state])
    if hand.person not in before.makers:
        raise NotYours
    return before


def _check_voucher(conn: Connection, desk: Desk, voucher: Voucher, case: str) -> None:
    if voucher.village != desk.village:
        raise WrongVillage
    check(voucher, chart_of(conn, desk.village))
    if voucher.purpose not in items():
        raise UnknownItem(item=voucher.purpose)
    if is_sealed(conn, desk.village, voucher.period):
        raise Sealed(period=voucher.period)
    _check_once(conn, voucher, case)
    nameless = voucher.payee is None or not voucher.payee.name.strip()
    if voucher.kind == "payment" and not voucher.reverses and nameless:
        raise NoPayee
    if voucher.reverses:
        _check_reversal(conn, voucher, case)
    if voucher.corrects:
        corrected = Number.parse(voucher.corrects)
        if posted.by_number(conn, voucher.village, corrected) is None:
            raise BadReversal(number=voucher.corrects, why="账上没有这张凭证")
    if voucher.kind == "opening" and posted.anything_but_openings(conn, voucher.village):
        raise LateStart


def _check_once(conn: Connection, voucher: Voucher, case: str) -> None:
    if voucher.bank_line:
        other = posted.case_of_bank_line(conn, voucher.village, voucher.bank_line)
        if other not in {None, case}:
            raise LineUsed(case=other)
    if voucher.reverses or voucher.corrects:  # a correction rests on the papers of the entry
        return
    _check_papers(conn, voucher.papers, case)


def _check_papers(conn: Connection, papers: Sequence[Paper], case: str) -> None:
    for paper in papers:
        used = posted.use_of_paper(conn, paper.digest, paper.number, case)
        if used is not None:
            where = register.of(conn, used[0]).facts["name"]
            raise PaperUsed(title=paper.title, number=paper.number, village=where, case=used[1])


def _check_reversal(conn: Connection, voucher: Voucher, case: str) -> None:
    number = Number.parse(voucher.reverses)
    wrong = posted.by_number(conn, voucher.village, number)
    if wrong is None:
        raise BadReversal(number=voucher.reverses, why="账上没有这张凭证")
    if wrong.voucher.reverses:
        raise BadReversal(number=voucher.reverses, why="它本身是红字凭证，请另填正确的凭证")
    other = posted.case_that_reverses(conn, voucher.village, voucher.reverses)
    if other not in {None, case}:
        raise BadReversal(number=voucher.reverses, why=f"已由事项 {other} 冲销")
    inverse = [(leg.account, -leg.fen, leg.dims) for leg in wrong.voucher.legs]
    legs = [(leg.account, leg.fen, leg.dims) for leg in voucher.legs]
    if wrong.voucher.kind != voucher.kind or inverse != legs:
        raise BadReversal(number=voucher.reverses, why="红字凭证的科目和金额须与原凭证逐行相反")


def withdraw(conn: Connection, hand: Hand, desk: Desk, case: str, reason: str) -> Standing:
    """Withdraw a case that is not paid or posted; only its maker may."""
    log.hold(conn, desk.village)
    before = standing_of(conn, desk.village, case)
    if before.state in {"paid", "posted", "withdrawn"}:
        raise rules.Finished(state=rules.STATES[before.state])
    if hand.person not in before.makers:
        raise NotYours
    body = {"revision": before.revision, "reason": reason}
    event = enact(conn, hand, desk, "case.withdrawn", case, body)
    return standing.follow(before, event, register.of(conn, desk.village))


def add_papers(
    conn: Connection, hand: Hand, desk: Desk, case: str, papers: Sequence[Paper], reason: str
) -> Standing:
    """Add papers to a case that is under way or posted: an act of its own, seen by everybody.

    What was signed stays as it was signed; the trail says who added what, when and why.

    Raises:
        Finished: the case was withdrawn.
        NoReason: no reason, or no paper.
        PaperUsed: another case of the township uses one of the papers.
    """
    log.hold(conn, desk.village)
    before = standing_of(conn, desk.village, case)
    if before.state == "withdrawn":
        raise rules.Finished(state=rules.STATES[before.state])
    if not reason.strip() or not papers:
        raise NoReason
    check_papers(papers)
    _check_papers(conn, papers, case)
    body = {"digest": before.digest, "papers": [one.body() for one in papers], "reason": reason}
    event = enact(conn, hand, desk, "papers.added", case, body)
    return standing.follow(before, event, register.of(conn, desk.village))


class PapersMissing(Refusal):
    """The chain asks for kinds of papers that the voucher does not have."""

    code = "A070"
    says = "“{chain}”要求附上{papers}，请补传并注明种类后再提交。"
    rule = "会计基础工作规范 第四十八条；村里采用的审签办法"
    status = 422


class NoReason(Refusal):
    """Papers are added with a reason, and there are papers."""

    code = "A071"
    says = "补充附件要选好文件并写明原因。"
    status = 422


class WrongVillage(Refusal):
    """The voucher names another village."""

    code = "A032"
    says = "凭证上的村与当前账套不一致，请切换到正确的村。"
    status = 422


class UnknownItem(Refusal):
    """The purpose is no item of the catalogue."""

    code = "A033"
    says = "收支项目 {item} 不存在，请从目录中选择。"
    rule = "农经发〔2011〕13号 公开目录"
    status = 422


class NoPayee(Refusal):
    """A payment without a payee."""

    code = "A034"
    says = "付款凭证必须写明收款方，请填写收款单位或个人。"
    rule = "会计基础工作规范 第四十八条"
    status = 422


class LineUsed(Refusal):
    """The bank line is answered by another case."""

    code = "A035"
    says = "这条银行流水已经用于事项 {case}，不能重复入账。"
    rule = "财会〔2024〕12号 第二十一条第二款（防止重复入账）"


class PaperUsed(Refusal):
    """The receipt or invoice is used by another case in the township."""

    code = "A036"
    says = "票据“{title}”{number} 已用于 {village} 的事项 {case}，同一张票据不能报两次。"
    rule = "财会〔2024〕11号 第二十五条（防止重复入账）"


class BadReversal(Refusal):
    """The red-letter voucher does not mirror its original."""

    code = "A037"
    says = "红字冲销 {number} 不成立：{why}。"
    rule = "会计基础工作规范 第五十一条"
    status = 422


class NotYours(Refusal):
    """Only the maker amends or withdraws a case."""

    code = "A038"
    says = "只有制单人可以修改或撤回这件事项。"
    status = 403


class NothingToSign(Refusal):
    """Every step of the chain would be skipped."""

    code = "A051"
    says = "“{chain}”的所有席位都空缺，没有人可以审签。请镇登记员先补齐席位。"
    rule = "三堆镇 逐级审签；缺位不得静默跳过"


class LateStart(Refusal):
    """Opening balances after other vouchers."""

    code = "A052"
    says = "账上已有其他凭证，不能再提交期初余额。期初有误请填更正凭证。"
    rule = "docs/FORMATS.md Rules that close holes"

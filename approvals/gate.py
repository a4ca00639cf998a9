"""The gate: the only way into the books."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from approvals import earmarks, register, rules
from approvals.acts import Desk, make_act, seat_for
from approvals.cases import open_cases, standing_of
from approvals.keys import Hand
from approvals.register import REGISTRAR
from approvals.standing import Standing, ready
from ledger import canonical, note, periods, posting, views
from ledger.book import files, load
from ledger.legs import store as legs
from ledger.log import store as log
from ledger.log.act import Act, Event, Signature
from ledger.posted import store as posted
from ledger.posted.store import Posted, Seal
from ledger.refusal import Refusal
from ledger.reported import statements_of
from ledger.voucher import Number


class Books(NamedTuple):
    """Where the books directory of all villages is; a seal compares it with the legs."""

    root: Path


def post(conn: Connection, hand: Hand, desk: Desk, case: str) -> Posted:
    """Post a case whose chain is whole, in the caller's transaction.

    Raises:
        ChainOpen: steps or the payment are missing; names them.
        CashierPosts: the cashier of the case posts it.
        Refusal: of `ledger.posting.post`.
    """
    log.hold(conn, desk.village)
    people = register.of(conn, desk.village)
    seat = seat_for(people, hand, "voucher.posted", desk.at.date())
    standing = standing_of(conn, desk.village, case)
    if standing.state == "posted":
        raise posting.AlreadyPosted(number=standing.number)
    if not ready(standing):
        raise ChainOpen(missing=missing(standing))
    if hand.person == standing.payer:
        raise CashierPosts
    earmarks.check_left(conn, people.policies[standing.policy], standing.voucher)
    order = posting.Order(case, standing.revision, standing.voucher)

    def write(number: Number) -> tuple[Act, tuple[Signature, ...]]:
        act = make_act(desk, "voucher.posted", hand, seat, case, _body(standing, number))
        return act, (hand.sign(act.to_sign()),)

    return posting.post(conn, order, write)


def _body(standing: Standing, number: Number) -> dict[str, object]:
    return {
        "revision": standing.revision,
        "digest": standing.digest,
        "head": standing.head,
        "year": number.year,
        "class": number.kind,
        "no": number.no,
        "period": standing.voucher.period,
    }


def missing(standing: Standing) -> str:
    """Return what a case still lacks, in words."""
    if standing.state in {"returned", "withdrawn"}:
        return rules.STATES[standing.state]
    steps = [step["title"] for step in standing.steps() if not standing.satisfied(step)]
    return "、".join(steps) or "出纳付款"


def seal(conn: Connection, hand: Hand, desk: Desk, period: str, books: Books) -> Event:
    """Close and seal a month: nobody opens it again.

    The books are projected, Beancount computes the balances of the month's end from the files, the
    legs give theirs, and both must be the same to the fen. The statements made from them must tie.

    Raises:
        NotItsTurn: another month comes first.
        OpenCases: vouchers of the month are still under way.
        Disagreement: the two computations differ; names the account.
        StatementUntied: the month's statements do not agree.
        Unwitnessed: the month before lacks cosignatures.
    """
    village = desk.village
    log.hold(conn, village)
    seat_for(register.of(conn, village), hand, "month.sealed", desk.at.date())
    turn = periods.next_to_seal(conn, village)
    if turn != period:
        raise periods.NotItsTurn(period=period, turn=turn or "（尚无凭证）")
    before = posted.seals(conn, village)
    if before:
        _check_witnessed(conn, village, before[-1])
    still = [case for case in open_cases(conn, village) if case.voucher.period == period]
    if still:
        names = "、".join(case.voucher.summary for case in still[:3])
        raise periods.OpenCases(period=period, count=len(still), cases=names)
    balances = legs.balances(conn, village, period)
    _compare(conn, village, period, balances, books)
    statements_of(conn, village, period)
    size, root = log.size(conn, village), log.root(conn, village)
    origin = f"mingbai/{village}"
    checkpoint = note.Checkpoint(origin, size, root, (f"period {period}",))
    text = note.sign_note(note.checkpoint_text(checkpoint), origin, hand.public, hand.raw)
    body = {
        "period": period,
        "size": size,
        "root": root.hex(),
        "balances": canonical.digest(balances),
        "note": text.splitlines(),  # canonical strings hold no line feeds
        "previous": sha256(before[-1].note.encode()).hexdigest() if before else "",
    }
    act = make_act(desk, "month.sealed", hand, REGISTRAR, period, body)
    return views.record(conn, act, (hand.sign(act.to_sign()),))


class Witnessed(NamedTuple):
    """How a seal stands: the witnesses that it is under, who has cosigned it, how many must."""

    witnesses: Mapping[str, str]
    signed: tuple[str, ...]
    quorum: int


def witnessed(conn: Connection, village: str, seal: Seal) -> Witnessed:
    """Return how a seal stands with the witnesses that were named when it was made."""
    named = log.events(conn, village, kinds=("witnesses.set",))
    at_seal = [event for event in named if event.seq < seal.seq]
    if not at_seal:
        return Witnessed({}, (), 0)
    body = at_seal[-1].statement()["body"]
    names = {one["name"]: one["public"] for one in body["witnesses"]}
    lines = log.events(conn, village, kinds=("seal.cosigned",), subject=seal.period)
    signed = tuple(event.statement()["body"]["witness"] for event in lines)
    return Witnessed(names, signed, body["quorum"])


def witnessed_of(conn: Connection, village: str, period: str) -> Witnessed:
    """Return how the seal of a month stands with its witnesses.

    Raises:
        NoSuchWitness: the month is not sealed.
    """
    for seal in posted.seals(conn, village):
        if seal.period == period:
            return witnessed(conn, village, seal)
    raise NoSuchWitness(name=period)


def _check_witnessed(conn: Connection, village: str, seal: Seal) -> None:
    state = witnessed(conn, village, seal)
    if len(state.signed) < state.quorum:
        raise Unwitnessed(period=seal.period, signed=len(state.signed), quorum=state.quorum)


def cosign(conn: Connection, hand: Hand, desk: Desk, name: str, line: str) -> Event:
    """Hand in a witness's cosignature of the last sealed month.

    Raises:
        NoSuchWitness: nothing is sealed, the witness was not named before the seal, or has signed.
        BadCosignature: the line is not this witness's over this seal.
        NotEntitled, StrangeKey: the hand is not the server's.
    """
    log.hold(conn, desk.village)
    seat = seat_for(register.of(conn, desk.village), hand, "seal.cosigned", desk.at.date())
    sealed = posted.seals(conn, desk.village)
    state = witnessed(conn, desk.village, sealed[-1]) if sealed else Witnessed({}, (), 0)
    if name not in state.witnesses or name in state.signed:
        raise NoSuchWitness(name=name)
    text = note.split_note(sealed[-1].note)[0]
    note.check_cosignature(line, text, name, bytes.fromhex(state.witnesses[name]))
    body = {"period": sealed[-1].period, "witness": name, "line": line}
    act = make_act(desk, "seal.cosigned", hand, seat, sealed[-1].period, body)
    return views.record(conn, act, (hand.sign(act.to_sign()),))


def _compare(
    conn: Connection, village: str, period: str, balances: dict[str, int], books: Books
) -> None:
    files.project(conn, village, books.root, [period])
    main = books.root / village / period[:4] / "main.beancount"
    realised = load.balances(main, periods.first_day(periods.next_period(period)))
    for code in sorted(balances.keys() | realised.keys()):
        ours, theirs = balances.get(code, 0), realised.get(code, 0)
        if ours != theirs:
            raise periods.Disagreement(
                period=period,
                account=code,
                legs=f"{ours / 100:.2f}",
                books=f"{theirs / 100:.2f}",
            )


class ChainOpen(Refusal):
    """The chain of the case is not whole."""

    code = "G001"
    says = "还不能记账，缺：{missing}。"
    rule = "三堆镇 逐级审签后方能办理"


class Unwitnessed(Refusal):
    """The month before lacks cosignatures."""

    code = "G003"
    says = "{period} 封账只有 {signed} 方见证，至少要 {quorum} 方。请先请见证方签，再封下一个月。"
    rule = "TRUST 见证法定数 2q−n>f"


class NoSuchWitness(Refusal):
    """The witness cannot cosign the last seal."""

    code = "G004"
    says = "“{name}”不是最近一次封账的见证方，或已经见证过。"


class CashierPosts(Refusal):
    """The cashier who paid may not post."""

    code = "G002"
    says = "付款的出纳不能自己记账，请由会计记账。"
    rule = "会计法 第三十七条"
    status = 403

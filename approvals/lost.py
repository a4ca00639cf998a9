"""The registrar's key is lost: the witnesses of the last seal ask for a new one."""

from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from approvals import gate, register
from approvals.acts import Desk, KeyTaken, make_act
from approvals.keys import ALG, Hand
from approvals.register import REGISTRAR
from ledger import views
from ledger.log import store as log
from ledger.log.act import Event
from ledger.posted import store as posted
from ledger.refusal import Refusal
from ledger.witnesses import Lost

KIND = "registrar.replaced"


def request(conn: Connection, village: str, new: Hand, reason: str) -> Lost:
    """Return what a village's witnesses are asked to sign.

    Raises:
        NoneToAsk: no month is sealed under witnesses; nobody could vouch for a new key.
    """
    sealed = posted.seals(conn, village)
    if not sealed or not gate.witnessed(conn, village, sealed[-1]).witnesses:
        raise NoneToAsk(village=village)
    last = sealed[-1]
    previous = register.of(conn, village).registrar
    return Lost(
        village, last.period, last.seq, last.root, previous, new.key, new.public.hex(), reason
    )


def replace(
    conn: Connection, new: Hand, desk: Desk, reason: str, endorsed: Mapping[str, bytes]
) -> Event:
    """Set the registrar's new key, which signs over the root so far; `endorsed` by witness.

    Raises:
        NoneToAsk; NotEndorsed: a signature is none of a witness's over this request; TooFew.
        KeyTaken: the new key stands in the log already.
    """
    log.hold(conn, desk.village)
    people = register.of(conn, desk.village)
    if new.key in people.ever:
        raise KeyTaken
    asked = request(conn, desk.village, new, reason)
    state = gate.witnessed(conn, desk.village, posted.seals(conn, desk.village)[-1])
    for name, value in endorsed.items():
        if name not in state.witnesses:
            raise NotEndorsed(village=desk.village, witness=name)
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(state.witnesses[name]))
        try:
            public.verify(value, asked.to_sign())
        except InvalidSignature as fault:
            raise NotEndorsed(village=desk.village, witness=name) from fault
    if len(endorsed) < state.quorum:
        raise TooFew(village=desk.village, found=len(endorsed), quorum=state.quorum)
    body = {
        "key": new.key,
        "alg": ALG,
        "public": new.public.hex(),
        "previous": asked.previous,
        "root": log.root(conn, desk.village).hex(),
        "reason": reason,
        "period": asked.period,
        "endorsed": [{"witness": name, "value": value.hex()} for name, value in endorsed.items()],
    }
    act = make_act(desk, KIND, new, REGISTRAR, new.key, body)
    return views.record(conn, act, (new.sign(act.to_sign()),))


class NoneToAsk(Refusal):
    """No witness has seen the village's log."""

    code = "A110"
    says = "{village} 还没有在见证方见证下封过账，没有人能证明账本，丢失的登记员密钥换不了。"
    rule = "docs/TRUST.md Root of trust"


class NotEndorsed(Refusal):
    """The signature is not by a witness of the last seal over this request."""

    code = "A111"
    says = "{village}：“{witness}”不是最近一次封账的见证方，或它签的不是这份申请。请重新请它签。"
    rule = "docs/FORMATS.md A lost registrar's key"
    status = 403


class TooFew(Refusal):
    """Fewer witnesses than the quorum ask for the new key."""

    code = "A112"
    says = "{village}：只有 {found} 个见证方同意，至少要 {quorum} 个，登记员没有更换。"
    rule = "TRUST 见证法定数 2q−n>f"

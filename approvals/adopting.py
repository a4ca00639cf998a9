"""Adopt a policy: the registrar signs it first, then the seats that the one in force names.

Every hand is a leaf of its own, so that one may sign today and another next week. The policy is in
force from the leaf on with which more than half of the holders of every such seat have signed.
"""

from sqlalchemy import Connection

from approvals import earmarks, funds, register, soundness
from approvals.acts import Desk, NotEntitled, check_key, write
from approvals.keys import Hand
from approvals.policy import Policy, adopters, digest, whole
from approvals.register import REGISTRAR, Register
from ledger.log import store as log
from ledger.log.act import Event
from ledger.refusal import Refusal

KIND = "policy.adopted"


def adopt_policy(conn: Connection, hand: Hand, desk: Desk, policy: Policy) -> Event:
    """Sign a policy for the cases submitted from when every seat that must has signed it.

    Raises:
        BadPolicy: it is no policy, or two of its chains have one id.
        Undercuts: a law forbids it.
        BadFund: a fund of it cannot be, or one that holds money is left out.
        NotEntitled, StrangeKey; NotProposed: the registrar has not signed this text;
            Agreed: the hand has signed it already.
    """
    log.hold(conn, desk.village)
    people = register.of(conn, desk.village)
    check_key(people, hand)
    seat, policy = _seat(people, hand, desk), whole(policy)
    name, old = digest(policy), funds.of(people.current()) if people.policy else []
    earmarks.check_funds(conn, desk.village, old, funds.of(policy))
    if seat == REGISTRAR:
        check_lawful(policy)
    elif name not in people.proposed:
        raise NotProposed
    if name in people.proposed and hand.person in {who for _, who in people.proposed[name].hands}:
        raise Agreed
    body = {"policy": policy, "digest": name}
    return write(conn, hand, desk, KIND, seat, policy["id"], body)


def _seat(people: Register, hand: Hand, desk: Desk) -> str:
    named = adopters(people.current()) if people.policy else []
    for seat in (REGISTRAR, *named):
        if people.holds(hand.person, seat, desk.at.date()):
            return seat
    raise NotEntitled(seats="、".join(register.title(seat) for seat in (REGISTRAR, *named)))


def check_lawful(policy: Policy) -> None:
    """Refuse a policy that undercuts a law.

    Raises:
        Undercuts: names the first place and the article.
    """
    for one in soundness.unlawful(policy):
        raise Undercuts(chain=one.chain, why=one.sentence().rstrip("。"), law=one.rule)


class Undercuts(Refusal):
    """A chain asks for less than a law does."""

    code = "A120"
    says = "“{chain}”不能这样规定：{why}（{law}）。请改好再签。"
    rule = "村民委员会组织法；农村集体经济组织法；会计法"
    status = 422


class NotProposed(Refusal):
    """The registrar signs a policy first; then the seats of the village do."""

    code = "A121"
    says = "这份办法镇登记员还没有签，或者已经生效、已被别的办法取代。请刷新页面看看。"
    rule = "docs/FORMATS.md Policy and chain"


class Agreed(Refusal):
    """One person signs a policy once."""

    code = "A122"
    says = "这份办法您已经签过，还在等其他席位签。"

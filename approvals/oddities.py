"""Odd patterns of a case, said in plain sentences: what to look at twice, never a verdict. Pure.

One hand with many seats is the fraud that chains of signatures do not stop: dongles kept in a shop,
seals kept in an office (docs/TRUST.md). Nothing here refuses anything.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from approvals.standing import Signoff, Standing
from ledger.money import yuan
from ledger.voucher import Voucher

SECONDS = 30  # two people do not read and sign one case within half a minute of each other
NIGHT, MORNING = 22, 6
NEAR = timedelta(days=30)
ROUND_FEN = 100_000  # whole thousands of yuan

TITLES = {
    "device": "几个人的签名来自同一台设备",
    "hurried": "几个人在半分钟内接连签名",
    "night": "夜里签名",
    "paper": "有纸质签字",
    "late": "附件在签名以后才补",
    "split": "分开付款、合计超过一档",
    "payee": "第一次付给的收款方",
    "account": "收款账号和上次不同",
    "round": "金额是整千元",
}


class Oddity(NamedTuple):
    """A pattern that somebody should look at: its kind (`TITLES`) and a sentence about the case."""

    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is looked at: the case, the devices of its leaves, other vouchers to the same payee.

    `earlier` are those posted within a year before, the newest last; `near` those of the same
    purpose within thirty days, posted or under way.
    """

    standing: Standing
    devices: Mapping[int, str]
    earlier: Sequence[Voucher] | None
    near: Sequence[Voucher]
    name: Callable[[str], str]


def of(facts: Facts) -> tuple[Oddity, ...]:
    """Return the odd patterns of a case, the gravest first."""
    found = (
        ("device", one_device(facts)),
        ("hurried", hurried(facts)),
        ("night", at_night(facts)),
        ("split", split(facts)),
        ("account", new_account(facts)),
        ("payee", new_payee(facts)),
        ("late", late_papers(facts)),
        ("paper", on_paper(facts)),
        ("round", round_sum(facts)),
    )
    return tuple(Oddity(kind, says) for kind, says in found if says)


def _own(facts: Facts) -> list[Signoff]:
    """Return the approvals that people gave by their own keys, in order."""
    meetings = {s["id"] for s in facts.standing.chain["steps"] if s["kind"] == "meeting"}
    return [
        one
        for one in facts.standing.signoffs
        if one.decision == "approve" and one.method != "paper" and one.step not in meetings
    ]


def _names(facts: Facts, people: Sequence[str]) -> str:
    return "、".join(facts.name(person) for person in dict.fromkeys(people))


def one_device(facts: Facts) -> str:
    """Tell whether several people signed on one device."""
    hands: dict[str, list[str]] = {}
    for one in _own(facts):
        if facts.devices.get(one.seq):
            hands.setdefault(facts.devices[one.seq], []).append(one.person)
    shared = [people for people in hands.values() if len(set(people)) > 1]
    return "；".join(f"{_names(facts, people)}的签名来自同一台设备" for people in shared)


def hurried(facts: Facts) -> str:
    """Tell whether people signed within seconds of each other."""
    pairs = [
        (one, two, seconds)
        for one, two in pairwise(_own(facts))
        if one.person != two.person and (seconds := _apart(one, two)) < SECONDS
    ]
    return "；".join(
        f"{_names(facts, [one.person, two.person])}的签名只隔 {seconds} 秒"
        for one, two, seconds in pairs
    )


def _apart(one: Signoff, two: Signoff) -> int:
    return int((_at(two) - _at(one)).total_seconds())


def _at(one: Signoff) -> datetime:
    return datetime.fromisoformat(one.at)


def at_night(facts: Facts) -> str:
    """Tell who signed between ten in the evening and six in the morning."""
    late = [one for one in _own(facts) if not MORNING <= _at(one).hour < NIGHT]
    return "；".join(f"{facts.name(one.person)}在 {_at(one):%H:%M} 签名" for one in late)


def on_paper(facts: Facts) -> str:
    """Tell how many of the approvals are wet signatures."""
    given = [one for one in facts.standing.signoffs if one.decision == "approve"]
    wet = sum(one.method == "paper" for one in given)
    return f"{len(given)} 个签名里有 {wet} 个是纸质签字" if wet else ""


def late_papers(facts: Facts) -> str:
    """Tell whether papers came after somebody had signed."""
    count = facts.standing.late
    return f"有 {count} 份附件是有人签名以后才补的" if count else ""


def split(facts: Facts) -> str:
    """Tell whether payments to one payee for one purpose stay below a tier only one by one."""
    bound, voucher = facts.standing.chain["below_fen"], facts.standing.voucher
    if bound is None or voucher.kind != "payment" or voucher.payee is None:
        return ""
    parts = [one.total for one in facts.near if 0 < one.total < bound]
    total = voucher.total + sum(parts)
    if not parts or not 0 < voucher.total < bound <= total:
        return ""
    return (
        f"前后 30 天付给“{voucher.payee.name}”的同一项目共 {len(parts) + 1} 笔、"
        f"合计 {yuan(total)} 元，超过这一档 {yuan(bound - 1)} 元的上限；分开付就少经几步审签"
    )


def new_payee(facts: Facts) -> str:
    """Tell whether nothing was paid to this payee within a year."""
    voucher = facts.standing.voucher
    first = voucher.kind == "payment" and voucher.payee is not None and facts.earlier == []
    return f"一年内第一次付给“{voucher.payee.name}”" if first and voucher.payee else ""


def new_account(facts: Facts) -> str:
    """Tell whether the payee's bank account is another one than last time."""
    payee = facts.standing.voucher.payee
    known = [one.payee.account for one in facts.earlier or [] if one.payee and one.payee.account]
    if payee is None or not payee.account or not known or known[-1] == payee.account:
        return ""
    return f"“{payee.name}”的收款账号和上次付款不同，请核对"


def round_sum(facts: Facts) -> str:
    """Tell whether a payment is of whole thousands."""
    voucher = facts.standing.voucher
    whole = voucher.kind == "payment" and voucher.total > 0 and voucher.total % ROUND_FEN == 0
    return f"金额是整千元（{yuan(voucher.total)} 元）" if whole else ""


def near(voucher: Voucher, others: Sequence[Voucher]) -> Iterator[Voucher]:
    """Return the other payments to the same payee for the same purpose within thirty days."""
    for one in others:
        if (
            one.kind == voucher.kind == "payment"
            and one.payee is not None
            and voucher.payee is not None
            and one.payee.name == voucher.payee.name
            and one.purpose == voucher.purpose
            and not (one.reverses or one.corrects)
            and _close(one.day, voucher.day)
        ):
            yield one


def _close(one: date, two: date) -> bool:
    return abs(one - two) <= NEAR

"""Who must sign this? A chain tried on a voucher that nobody has submitted. Pure.

It asks the same rules as a real case (`approvals.rules`), of a standing that stands in no log.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from approvals import policy, rules
from approvals.policy import Chain, Policy, Step
from approvals.register import Register
from approvals.standing import Signoff, Standing, need
from ledger.refusal import Refusal
from ledger.voucher import Kind, Leg, Paper, Party, Voucher

KIN, MAKER, KEYLESS, SPARE, BARRED = (
    "是收款方或其亲属、关联企业，须回避",
    "是制单人，不能审签",
    "还没有登记签名密钥",
    "在任者全部回避时才代签",
    "现在不能签这一步",
)
REASONS = (KIN, MAKER, KEYLESS, SPARE, BARRED)


class Question(NamedTuple):
    """What is to be paid, received or transferred: amount in fen, kinds of papers at hand."""

    kind: Kind
    purpose: str
    fen: int
    payee: str = ""
    maker: str = ""
    papers: tuple[str, ...] = ()


class Voice(NamedTuple):
    """Who holds a step's seat, or borrows it from `giver`; `why` they cannot sign, if so."""

    person: str
    name: str
    seat: str
    giver: str = ""
    why: str = ""


class Row(NamedTuple):
    """A step: how many must approve, who could today, who could not; recorders of a meeting."""

    step: Step
    need: int
    skipped: bool
    able: tuple[Voice, ...]
    barred: tuple[Voice, ...]
    recorders: tuple[str, ...] = ()

    @property
    def short(self) -> int:
        """Return how many people are missing today."""
        if self.skipped:
            return 0
        people = {one.person for one in self.able}
        if self.step["kind"] == "meeting":
            pairs = any(chair != other for chair in people for other in self.recorders)
            return int(not pairs)
        return max(self.need - len(people), 0)


class Trial(NamedTuple):
    """A chain with who could sign each step today, and which papers it asks for besides."""

    chain: Chain
    voucher: Voucher
    rows: tuple[Row, ...]
    papers: tuple[str, ...]

    @property
    def crowded(self) -> tuple[str, ...]:
        """Return the titles of steps that lack a person once everybody signs one step only."""
        return crowded(self.rows)


def tried(chosen: Policy, register: Register, asked: Question, day: date) -> Trial:
    """Return what a policy would ask of a voucher on a day.

    Raises:
        NoChain: no chain covers it.
    """
    voucher = _voucher(register.village, asked, day)
    chain = policy.choose(chosen, voucher)
    found = rows(chain, register, voucher, day, asked.maker)
    return Trial(chain, voucher, found, tuple(policy.lacking(chain, voucher)))


def _voucher(village: str, asked: Question, day: date) -> Voucher:
    legs = (Leg("", asked.fen, ""), Leg("", -asked.fen, ""))
    papers = tuple(Paper("", "", "", kind) for kind in asked.papers)
    payee = Party(asked.payee, "", "") if asked.payee else None
    return Voucher(village, asked.kind, day, "", asked.purpose, legs, "", payee, papers)


def rows(
    chain: Chain, register: Register, voucher: Voucher, day: date, maker: str = ""
) -> tuple[Row, ...]:
    """Return who could sign each step of a chain on a day; whoever is near to the payee recuses."""
    begun = _standing(chain, register, voucher, day, maker)
    return tuple(_row(begun, register, step, day) for step in chain["steps"])


def _standing(
    chain: Chain, register: Register, voucher: Voucher, day: date, maker: str
) -> Standing:
    skips = tuple(
        step["id"]
        for step in chain["steps"]
        if step["skip_if_vacant"] and not any(register.holders(seat, day) for seat in step["seats"])
    )
    needs = {
        step["id"]: need(step, sum(len(register.holders(seat, day)) for seat in step["seats"]))
        for step in chain["steps"]
    }
    payee = voucher.payee.name if voucher.payee else ""
    away = tuple(
        Signoff(1, "", person, "", "", "", "recuse", "", 0, "")
        for person in register.people
        if payee and register.related(person, payee)
    )
    makers = frozenset({maker} if maker else ())
    return Standing(
        register.village, "", 1, voucher, "", "", chain, skips, maker, makers, 0, "", 1,
        away, (), needs, "signing", "", None,
    )  # fmt: skip


def _row(begun: Standing, register: Register, step: Step, day: date) -> Row:
    standing = replace(begun, turn=step["turn"])
    told = [
        one._replace(why=_why(standing, register, step, one, day))
        for one in _voices(register, step, day, standing.chain["id"])
    ]
    recorders = [person for seat in step["recorders"] for person in register.holders(seat, day)]
    return Row(
        step,
        standing.needs[step["id"]],
        step["id"] in standing.skips,
        tuple(one for one in told if not one.why),
        tuple(one for one in told if one.why),
        tuple(dict.fromkeys(recorders)),
    )


def _voices(register: Register, step: Step, day: date, chain: str) -> Iterator[Voice]:
    for seat in (*step["seats"], *step["deputies"]):
        for person in register.holders(seat, day):
            yield Voice(person, register.name(person), seat)
    if step["kind"] == "meeting":
        return
    for person in dict.fromkeys(one.to for one in register.delegations):
        for giver, seat in register.lent(person, day, chain):
            if seat in step["seats"]:
                yield Voice(person, register.name(person), seat, register.name(giver))


def _why(standing: Standing, register: Register, step: Step, one: Voice, day: date) -> str:
    payee = standing.voucher.payee
    if step["kind"] != "meeting" and payee and register.related(one.person, payee.name):
        return KIN
    if one.person in standing.makers:
        return MAKER
    if one.person not in register.keys.values():
        return KEYLESS
    giver = ""
    if one.giver:
        pairs = register.lent(one.person, day, standing.chain["id"])
        giver = next(giver for giver, seat in pairs if seat == one.seat)
    if step["kind"] == "meeting":  # to chair is no approval of one's own
        standing = replace(standing, signoffs=())
    try:
        rules.may_decide(standing, register, step, one.person, one.seat, day, giver)
    except rules.NoSeat:
        return SPARE
    except Refusal:
        return BARRED
    return ""


def crowded(found: tuple[Row, ...]) -> tuple[str, ...]:
    """Return the titles of steps that lack a person once everybody signs one step only.

    Steps that lack somebody anyway are not told again.
    """
    places = [
        (row.step["title"], [one.person for one in row.able])
        for row in found
        if row.step["kind"] != "meeting" and not row.skipped and not row.short
        for _ in range(row.need)
    ]
    taken: dict[str, int] = {}
    missed = [
        title for at, (title, _) in enumerate(places) if not _seated(places, at, taken, set())
    ]
    return tuple(dict.fromkeys(missed))


def _seated(
    places: list[tuple[str, list[str]]], at: int, taken: dict[str, int], seen: set[str]
) -> bool:
    # An augmenting path: who sits there already may move to another place that they can fill.
    for person in places[at][1]:
        if person in seen:
            continue
        seen.add(person)
        if person not in taken or _seated(places, taken[person], taken, seen):
            taken[person] = at
            return True
    return False

"""Why a case waits: what for, for whom, since when, by when, and what comes then. Pure."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from approvals import due, register, rules
from approvals.acts import SEATS
from approvals.due import Due
from approvals.policy import Step, must_pay
from approvals.register import Register
from approvals.standing import Standing, ready

# What a case can wait for, as a page says it.
KINDS = {
    "sign": "等审签",
    "meet": "等开会表决",
    "stuck": "没有人可以签",
    "return": "退回，等改正",
    "pay": "等付款",
    "post": "等记账",
}


class Wait(NamedTuple):
    """One thing that a case waits for.

    `kind` is one of `KINDS`; `step` is the id of a step, or empty after the last one; `seats` are
    whose turn it is and `people` who of them may act, by person id; `need` is how many are lacking;
    `then` names what follows when this is done.
    """

    kind: str
    step: str
    title: str
    seats: tuple[str, ...]
    people: tuple[str, ...]
    due: Due
    need: int
    then: tuple[str, ...]

    def late(self, day: date) -> int:
        """Return by how many calendar days it is late; 0 when it is not."""
        return self.due.late(day)


def of(standing: Standing, people: Register, day: date) -> tuple[Wait, ...]:
    """Return what a case waits for on a day; nothing once it is posted or withdrawn."""
    if standing.state == "signing":
        return tuple(_step(standing, people, step, day) for step in standing.waiting())
    since = Due(datetime.fromisoformat(standing.since).date(), None)
    if standing.state == "returned":
        seats = SEATS["voucher.submitted"]
        return (Wait("return", "", "", seats, (standing.maker,), since, 1, ()),)
    if ready(standing):
        return (_office("post", "voucher.posted", people, day, since),)
    if standing.state == "cleared":
        return (_office("pay", "payment.made", people, day, since, standing.makers),)
    return ()


def _office(
    kind: str, act: str, people: Register, day: date, since: Due, barred: Iterable[str] = ()
) -> Wait:
    seats = SEATS[act]
    able = dict.fromkeys(p for seat in seats for p in people.holders(seat, day))
    mine = tuple(one for one in able if one not in set(barred))
    return Wait(kind, "", "", seats, mine, since, 1, ("post",) if kind == "pay" else ())


def _step(standing: Standing, people: Register, step: Step, day: date) -> Wait:
    able = tuple(rules.able(standing, people, step, day))
    kind = "meet" if step["kind"] == "meeting" else "sign"
    lacking = standing.needs.get(step["id"], 1) - len(standing.approvals(step))
    return Wait(
        kind=kind if able else "stuck",
        step=step["id"],
        title=step["title"],
        seats=tuple(step["seats"]) if able else (register.REGISTRAR,),
        people=able or (register.REGISTRAR,),
        due=due.of(standing, step),
        need=lacking,
        then=_then(standing),
    )


def _then(standing: Standing) -> tuple[str, ...]:
    """Return the titles of the next turn, or the kind of what follows the last one."""
    later = [step for step in standing.steps() if step["turn"] > standing.turn]
    if later:
        turn = min(step["turn"] for step in later)
        return tuple(step["title"] for step in later if step["turn"] == turn)
    return ("pay",) if must_pay(standing.chain, standing.voucher) else ("post",)

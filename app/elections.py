"""Elections (换届) of a village: the plan that is worked through; what is done says the log."""

import json
import secrets
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select

from app.tables import election as table
from approvals.acts import BadTerm, NotEnrolled
from approvals.leaving import Coming, Plan
from approvals.policy import seats
from approvals.register import Register
from ledger.refusal import Refusal

MOST = 60


def latest(conn: Connection, village: str) -> Plan | None:
    """Return the plan of the latest election of a village, or None."""
    query = select(table).where(table.c.village == village).order_by(table.c.day.desc())
    row = conn.execute(query).first()
    if row is None:
        return None
    told = json.loads(row.plan)
    coming = [
        Coming(one["seat"], one["person"], one["name"], _day(one["first"]), _day(one["last"]))
        for one in told["coming"]
    ]
    leaving = tuple((seat, person) for seat, person in told["leaving"])
    return Plan(row.day, leaving, tuple(coming))


def of(conn: Connection, village: str) -> Plan:
    """Return the plan of the latest election.

    Raises:
        NoElection: none has been begun.
    """
    found = latest(conn, village)
    if found is None:
        raise NoElection
    return found


def keep(conn: Connection, village: str, plan: Plan, person: str, now: datetime) -> None:
    """Keep a plan in the place of the one of its day."""
    told = {
        "leaving": [list(one) for one in plan.leaving],
        "coming": [
            {**one._asdict(), "first": one.first.isoformat(), "last": one.last.isoformat()}
            for one in plan.coming
        ],
    }
    mine = (table.c.village == village) & (table.c.day == plan.day)
    conn.execute(delete(table).where(mine))
    row = {"village": village, "day": plan.day, "person": person, "at": now.isoformat()}
    conn.execute(insert(table).values(plan=json.dumps(told, ensure_ascii=False), **row))


def drop(conn: Connection, village: str, day: date) -> None:
    """Drop the plan of a day; what of it was signed stands in the log."""
    conn.execute(delete(table).where(table.c.village == village, table.c.day == day))


def with_coming(plan: Plan, people: Register, told: dict[str, str]) -> Plan:
    """Return a plan with one more who takes a seat: `told` has seat, person or name, first, last.

    Raises:
        NoName, NotDay, TooManyComing; BadTerm: no such seat, or it ends before it begins.
        NotEnrolled: nobody of that id is known.
    """
    try:
        first, last = _day(told["first"]), _day(told["last"])
    except ValueError as fault:
        raise NotDay from fault
    seat, person, name = told["seat"], told["person"], told["name"]
    if seat not in seats() or seat == "registrar" or last < first:
        raise BadTerm(seat=seat)
    if person and person not in people.people:
        raise NotEnrolled(person=person)
    if not person and not name:
        raise NoName
    if len(plan.coming) >= MOST:
        raise TooManyComing(most=MOST)
    person = person or f"{people.village.rsplit('-', 1)[-1]}-{secrets.token_hex(3)}"
    one = Coming(seat, person, people.people.get(person, name), first, last)
    others = [had for had in plan.coming if (had.seat, had.person) != (one.seat, one.person)]
    return plan._replace(coming=(*others, one))


def without_coming(plan: Plan, seat: str, person: str) -> Plan:
    """Return a plan without somebody who was to take a seat."""
    left = tuple(one for one in plan.coming if (one.seat, one.person) != (seat, person))
    return plan._replace(coming=left)


def _day(given: str) -> date:
    return date.fromisoformat(given)


class NoElection(Refusal):
    """No election has been begun in the village."""

    code = "W180"
    says = "这个村还没有登记换届，请先选好选举日和离任的人。"
    status = 409


class NotDay(Refusal):
    """A day of an election or of a term is none."""

    code = "W181"
    says = "请填日期，例如 2022-02-08。"
    status = 422


class NoName(Refusal):
    """Who takes a seat has no name."""

    code = "W182"
    says = "请选一位已登记的人，或填新任职者的姓名。"
    status = 422


class TooManyComing(Refusal):
    """More take seats than a village has."""

    code = "W183"
    says = "一次换届最多登记 {most} 人次任职。"
    status = 422


class TooEarly(Refusal):
    """Seats end on the day of the election, not before."""

    code = "W184"
    says = "选举日是 {day}，还没有到，离任要等到那一天再签。"
    status = 409


class StillSeated(Refusal):
    """Who comes is seated once those who leave have left."""

    code = "W185"
    says = "还有 {left} 个离任没有签，请先办完第三步，再登记新人任职。"
    status = 409


class Unlike(Refusal):
    """The new PIN was typed in two ways."""

    code = "W186"
    says = "两次输入的新签名密码不一样，什么都没有登记，请本人重新输入。"
    status = 422


class NotComing(Refusal):
    """A PIN is set in this flow for whoever takes a seat by it."""

    code = "W187"
    says = "这个人不在这次换届的新任职名单里，或者还没有登记任职。"
    status = 422


class LoginTaken(Refusal):
    """The login's name belongs to somebody else."""

    code = "W188"
    says = "登录名“{name}”已经是别人的，请换一个。"
    status = 409

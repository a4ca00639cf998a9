"""Terms of office: who leaves and who comes at an election, and what of it the log says is done.

Nothing here is ticked: a seat is left, a person seated, a key enrolled when the log says so, so
that the work may stop after any leaf and go on another day.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from approvals import cases, halves, register
from approvals.register import NEVER, REGISTRAR, SERVER, Delegation, Register, Term
from approvals.rules import STATES
from approvals.standing import Standing


class Coming(NamedTuple):
    """Somebody who takes a seat at an election: their id and name, first and last day."""

    seat: str
    person: str
    name: str
    first: date
    last: date


class Plan(NamedTuple):
    """An election: its day, the (seat, person) that end, and who takes which seat."""

    day: date
    leaving: tuple[tuple[str, str], ...] = ()
    coming: tuple[Coming, ...] = ()

    def people(self) -> list[str]:
        """Return who leaves a seat, once each."""
        return list(dict.fromkeys(person for _, person in self.leaving))


def seated(register_: Register, day: date) -> list[Term]:
    """Return the terms that began before a day and have not ended by it, the registrar's apart."""
    found = [
        term
        for term in register_.terms
        if term.left == NEVER and term.first < day <= term.last and term.seat not in _OWN
    ]
    return sorted(found, key=lambda term: (term.seat, term.person))


_OWN = {REGISTRAR, SERVER}


def to_end(people: Register, plan: Plan) -> list[tuple[str, str]]:
    """Return the (seat, person) of a plan that the log has not ended yet."""
    live = {(term.seat, term.person) for term in seated(people, plan.day)}
    return [one for one in plan.leaving if one in live]


def loans_to_end(people: Register, plan: Plan) -> list[Delegation]:
    """Return the loans that hang on a seat that ends, or go to whoever leaves every seat."""
    gone = set(without_seat(people, plan))
    return [
        one for one in people.delegations if (one.seat, one.giver) in plan.leaving or one.to in gone
    ]


def without_seat(people: Register, plan: Plan) -> list[str]:
    """Return who leaves and keeps or takes no seat in the village."""
    stay = {(term.seat, term.person) for term in people.terms if term.left == NEVER}
    stay = {one for one in stay if one not in plan.leaving}
    kept = {person for _, person in stay} | {one.person for one in plan.coming}
    return [person for person in plan.people() if person not in kept]


def keys_to_end(people: Register, plan: Plan) -> list[tuple[str, str]]:
    """Return (person, key) of whoever has no seat in the village any more."""
    gone = set(without_seat(people, plan))
    return sorted((person, key) for key, person in people.keys.items() if person in gone)


def to_seat(people: Register, plan: Plan) -> list[Coming]:
    """Return who of a plan is not seated yet."""
    live = {
        (term.seat, term.person, term.first, term.last)
        for term in people.terms
        if term.left == NEVER
    }
    return [one for one in plan.coming if (one.seat, one.person, one.first, one.last) not in live]


def unfinished(people: Register, plan: Plan) -> bool:
    """Tell whether something of a plan is not in the log yet."""
    return bool(to_end(people, plan) or to_seat(people, plan))


def without_key(people: Register, plan: Plan) -> list[str]:
    """Return who comes and has no key in the village, once each."""
    known = set(people.keys.values())
    return [one for one in dict.fromkeys(item.person for item in plan.coming) if one not in known]


class Open(NamedTuple):
    """Something that hangs on somebody who leaves: its kind, whose, in words, which case."""

    kind: str
    person: str
    says: str
    case: str = ""


KINDS = {
    "signs": "等他审签",
    "made": "他制的单还没有办完",
    "pays": "等出纳付款",
    "half": "他签了一半，等另一人确认",
    "loan": "委托",
}


def open_for(conn: Connection, village: str, plan: Plan, day: date) -> Iterator[Open]:
    """Yield what of the log is open and hangs on those who leave."""
    people = register.of(conn, village)
    under_way = cases.open_cases(conn, village)
    for person in plan.people():
        for asked in cases.waiting_for(conn, village, person, day):
            yield Open("signs", person, _said(asked.standing, asked.step), asked.standing.case)
        for one in under_way:
            if person in one.makers:
                yield Open("made", person, f"{_said(one)}（{STATES[one.state]}）", one.case)
            elif one.state == "cleared" and people.holds(person, "cashier", day):
                yield Open("pays", person, _said(one), one.case)
    leaving = set(plan.people())
    for half in halves.of_village(conn, village):
        if half.act.person in leaving:
            yield Open("half", half.act.person, half.act.subject, half.act.subject)
    for loan in people.delegations:
        if loan.last >= day and leaving & {loan.giver, loan.to}:
            who = loan.giver if loan.giver in leaving else loan.to
            words = f"{people.name(loan.giver)} → {people.name(loan.to)}，到 {loan.last}"
            yield Open("loan", who, words)


def _said(one: Standing, step: Any = None) -> str:  # noqa: ANN401 - a step or nothing
    return one.voucher.summary + (f"：{step['title']}" if step else "")

"""Whom to remind of what: at first, on the last day, when it is late, and who is told then. Pure.

A reminder decides nothing: no step is signed, skipped or handed on because time has passed.
"""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from approvals import workdays
from approvals.register import Register
from approvals.standing import Standing
from approvals.waits import Wait

AGAIN = 5  # working days between two reminders of one thing
RAISED = "raised"


class Ladder(NamedTuple):
    """Who is told of what is late: the first seat after `days` working days, and so on."""

    days: int
    seats: tuple[str, ...]


class Absence(NamedTuple):
    """Somebody who is away on days, the last one included."""

    person: str
    first: date
    last: date


class Nudge(NamedTuple):
    """One reminder of one person: `kind` says why, and which time it is."""

    village: str
    case: str
    revision: int
    kind: str
    person: str
    wait: Wait

    @property
    def key(self) -> str:
        """Return what names this reminder once and for all."""
        of = (self.village, self.case, str(self.revision), self.wait.kind, self.wait.step)
        return "/".join((*of, self.kind, self.person))

    @property
    def raised(self) -> bool:
        """Tell whether this goes to somebody who is to look after what others are late with."""
        return self.kind.startswith(RAISED)


def away(absences: Collection[Absence], day: date) -> frozenset[str]:
    """Return who is away on a day."""
    return frozenset(one.person for one in absences if one.first <= day <= one.last)


def of(
    standing: Standing,
    wait: Wait,
    people: Register,
    day: date,
    ladder: Ladder,
    absent: Collection[str] = (),
) -> list[Nudge]:
    """Return the reminders that a wait calls for on a day, said or not.

    Whoever is absent is left alone; where all of them are, the first seat of the ladder is told at
    once.
    """
    there = [person for person in wait.people if person not in absent]
    told = _told(wait, people, day, ladder, absent)[: rungs(wait, day, ladder, alone=not there)]
    named = [(word(wait, day), person) for person in there]
    named += [
        (f"{RAISED}-{n}", person)
        for n, seat in enumerate(told, start=1)
        for person in people.holders(seat, day)
        if person not in absent and person not in wait.people
    ]
    about = (standing.village, standing.case, standing.revision)
    return [Nudge(*about, kind, person, wait) for kind, person in named]


def word(wait: Wait, day: date) -> str:
    """Return which reminder is due to those who are waited for; the same for some days."""
    since, last = wait.due.since, wait.due.last
    if last is None:
        times = workdays.count(since, day) // AGAIN
        return f"again-{times}" if times else "asked"
    behind = workdays.count(last, day)
    if behind:
        return f"late-{1 + (behind - 1) // AGAIN}"
    return "due" if workdays.count(day, last) <= 1 else "asked"


def rungs(wait: Wait, day: date, ladder: Ladder, *, alone: bool = False) -> int:
    """Return how many seats of a ladder are to know; `alone`: nobody who is waited for is there."""
    behind = workdays.count(wait.due.last, day) if wait.due.last else 0
    return max(behind // ladder.days if ladder.days else 0, int(alone))


def next_told(wait: Wait, people: Register, day: date, ladder: Ladder) -> tuple[str, date] | None:
    """Return the seat that is told next and on which day, or None when nobody is."""
    if wait.due.last is None or not ladder.days:
        return None
    seats, done = _told(wait, people, day, ladder, ()), rungs(wait, day, ladder)
    if done >= len(seats):
        return None
    return seats[done], workdays.after(wait.due.last, ladder.days * (done + 1))


def _told(
    wait: Wait, people: Register, day: date, ladder: Ladder, absent: Collection[str]
) -> list[str]:
    """Return the seats of a ladder that somebody holds who is there and not late themselves."""
    no = {*wait.people, *absent}
    return [seat for seat in ladder.seats if not no.issuperset(people.holders(seat, day))]

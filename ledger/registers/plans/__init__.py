"""Plans of distribution before they are frozen, objections to them, and who is not paid yet."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Draft(NamedTuple):
    """A version of a year's plan: its text, when it was opened and the meeting (None: not yet)."""

    year: int
    no: int
    text: str
    opened: date | None
    meeting: date | None


class Objection(NamedTuple):
    """What a household objects to in a year's plan, and the answer ("" while there is none)."""

    year: int
    no: int
    day: date
    household: str
    words: str
    answer: str


# What may become of a household's money after it is owed.
PAYOUTS = {
    "returned": "银行退回",
    "heir": "改付继承人或新账户",
    "again": "再次付出",
}


class Payout(NamedTuple):
    """One thing that became of a household's payment; lines are added, never changed."""

    year: int
    no: int
    day: date
    household: str
    kind: str
    words: str


def unsettled(lines: Iterable[Payout]) -> dict[str, list[Payout]]:
    """Return the households whose money came back and was not paid again, with their lines."""
    found: dict[str, list[Payout]] = {}
    for line in sorted(lines, key=lambda one: one.no):
        found.setdefault(line.household, []).append(line)
    return {
        household: mine for household, mine in sorted(found.items()) if mine[-1].kind != "again"
    }

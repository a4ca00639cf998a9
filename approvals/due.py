"""By when a step is due: so many working days after it came to the turn. Pure; refuses nothing.

A step that is late stays as it is: nothing is signed, skipped or handed on because time has passed.
"""

from datetime import date, datetime
from typing import NamedTuple

from approvals import workdays
from approvals.policy import Step
from approvals.standing import Standing


class Due(NamedTuple):
    """Since when a step waits, and its last day, or None where the policy sets none."""

    since: date
    last: date | None

    def late(self, day: date) -> int:
        """Return by how many calendar days a day lies after the last one; 0 when it does not."""
        return max((day - self.last).days, 0) if self.last else 0

    def left(self, day: date) -> int | None:
        """Return how many calendar days are left, 0 on the last one; None where none is set."""
        return (self.last - day).days if self.last else None


def of(standing: Standing, step: Step) -> Due:
    """Return since when a waiting step waits and by when it is due."""
    since = datetime.fromisoformat(standing.since).date()
    days = step.get("due_days", 0)
    return Due(since, workdays.after(since, days) if days else None)

"""Which months something falls due in, and how a whole is shared over them, exact to the fen."""

from typing import NamedTuple

MONTHLY, QUARTERLY, HALF_YEARLY, YEARLY = 1, 3, 6, 12
EVERY = {MONTHLY: "每月", QUARTERLY: "每季", HALF_YEARLY: "每半年", YEARLY: "每年"}


def index(period: str) -> int:
    """Return the number of a month, so that months can be counted: `2021-05`."""
    return int(period[:4]) * 12 + int(period[5:]) - 1


def part(whole: int, count: int, at: int) -> int:
    """Return the `at`-th of `count` equal parts of a whole in fen; the last takes the rest.

    Nothing before the first and after the last, so that the parts sum to the whole exactly.
    """
    if not 1 <= at <= count:
        return 0
    each = whole // count
    return whole - each * (count - 1) if at == count else each


class Schedule(NamedTuple):
    """Every so many months from a first month to a last one, both included (`2021-05`)."""

    every: int
    first: str
    last: str

    @property
    def times(self) -> int:
        """Return how many times it falls due."""
        return (index(self.last) - index(self.first)) // self.every + 1

    def at(self, period: str) -> int:
        """Return the how-manieth time a month is, from 1; 0 when nothing falls due in it."""
        months = index(period) - index(self.first)
        if months < 0 or period > self.last or months % self.every:
            return 0
        return months // self.every + 1


def interest(principal: int, rate: int, every: int, at: int) -> int:
    """Return the interest of the `at`-th span of so many months, in fen.

    `rate` is a year's, in hundredths of a percent. What the spans round off does not add up: the
    sum of the first n is that of the whole time, rounded down.
    """
    whole = principal * rate * every
    return whole * at // 120_000 - whole * (at - 1) // 120_000

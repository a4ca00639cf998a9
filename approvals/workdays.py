"""Working days as the State Council orders them each autumn for the next year."""

from datetime import date, timedelta

import chinese_calendar

WEEKEND = 5
DAY = timedelta(days=1)


def is_workday(day: date) -> bool:
    """Tell whether offices work on a day: holidays and made-up weekends are counted in.

    In a year whose holidays are not ordered yet, Monday to Friday.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < WEEKEND


def after(day: date, count: int) -> date:
    """Return the last of `count` working days that follow a day."""
    while count > 0:
        day += DAY
        count -= is_workday(day)
    return day


def count(first: date, last: date) -> int:
    """Return how many working days follow a first day until a last one, that one included."""
    days = (first + DAY * n for n in range(1, (last - first).days + 1))
    return sum(is_workday(day) for day in days)

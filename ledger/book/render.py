"""A village's whole books at once, from what was posted, its events and its seals."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from ledger.book.text import (
    Accounts,
    Entered,
    Village,
    Year,
    all_file,
    day_after,
    events_file,
    month_file,
    village_file,
    village_of,
    year_files,
)
from ledger.log.act import Event

__all__ = ["Accounts", "Entered", "Village", "render_books", "village_of"]
SEALED = "month.sealed"


def render_books(
    village: Village,
    posted: Sequence[Entered],
    chart: Accounts,
    events: Sequence[Event],
    seals: Mapping[str, str],
    settled: Collection[str] = (),
) -> dict[str, bytes]:
    """Return every file of a village's books by its path relative to the village's folder.

    `posted` in any order, `events` in order of leaves, `seals` the note of each sealed month. The
    entries of `settled` months are left out: the caller knows them.
    """
    months: dict[str, list[Entered]] = defaultdict(list)
    for item in posted:
        months[item.period].append(item)
    files = {"village.json": village_file(village)}
    years, closings = _years(months, span(list(months), list(seals)))
    for year in years:
        files |= year_files(village, year, chart)
        for period in [period for period in year.periods if period not in settled]:
            closing = closings[period] if period in seals else None
            files[month_path(period)] = month_file(period, months[period], chart, closing)
    if years:
        files["all.beancount"] = all_file(village, years, chart)
    files |= {seal_path(period): note.encode() for period, note in seals.items()}
    tail = tail_period(village, list(months), list(seals))
    for period, lines in split_events(events, tail).items():
        files[events_path(period)] = events_file(lines)
    return files


def month_path(period: str) -> str:
    """Return the path of a month's entries."""
    return f"{period[:4]}/{period}.beancount"


def events_path(period: str) -> str:
    """Return the path of a month's events."""
    return f"{period[:4]}/{period}.events.jsonl"


def seal_path(period: str) -> str:
    """Return the path of a month's seal."""
    return f"{period[:4]}/{period}.seal"


def span(posted: Sequence[str], sealed: Sequence[str]) -> list[str]:
    """Return the months that the books hold: all from the first to the last posted or current one.

    The month after the last seal is current: it is there, empty or not, so that it can be sealed.
    """
    found: list[str] = []
    current = [day_after(max(sealed))[:7]] if sealed else []
    known = sorted({*posted, *sealed, *current})
    while known and (not found or found[-1] < known[-1]):
        found.append(day_after(found[-1])[:7] if found else known[0])
    return found


def tail_period(village: Village, posted: Sequence[str], sealed: Sequence[str]) -> str:
    """Return the month whose file holds the events after the last seal: the next to be sealed."""
    if sealed:
        return day_after(max(sealed))[:7]
    return min(posted, default=village.opened[:7])


def split_events(events: Sequence[Event], tail: str) -> dict[str, list[Event]]:
    """Return the events of each month's file: up to and with its seal, the rest under `tail`."""
    found: dict[str, list[Event]] = {}
    lines: list[Event] = []
    for event in events:
        lines.append(event)
        if event.kind == SEALED:
            found[event.subject] = lines
            lines = []
    return {**found, tail: lines} if lines else found


def _years(
    months: Mapping[str, Sequence[Entered]], periods: Sequence[str]
) -> tuple[list[Year], dict[str, dict[str, int]]]:
    """Return the years of the books, and each month's closing balances without zeros."""
    balances: dict[str, int] = defaultdict(int)
    closings: dict[str, dict[str, int]] = {}
    years: list[Year] = []
    for period in periods:
        if not years or years[-1].year != int(period[:4]):
            opening = {code: fen for code, fen in balances.items() if fen}
            years.append(Year(int(period[:4]), [], opening, set(opening)))
        year = years[-1]
        touched = _add(balances, months.get(period, ()))
        years[-1] = year._replace(
            periods=[*year.periods, period], accounts={*year.accounts, *touched}
        )
        closings[period] = {code: fen for code, fen in balances.items() if fen}
    return years, closings


def _add(balances: dict[str, int], items: Sequence[Entered]) -> set[str]:
    legs = [leg for item in items for leg in item.voucher.legs]
    for leg in legs:
        balances[leg.account] += leg.fen
    return {leg.account for leg in legs}

"""The catalogue of what must be shown (公开清单): eight classes, their items, deadlines, words."""

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any, Literal, NamedTuple

from disclosure import notice
from ledger import periods
from ledger.refusal import Refusal

Period = Literal["month", "quarter", "year", "once"]
# Annual accounts are up by the end of January (DOMAIN section 5).
YEAR_END = (1, 31)


class Item(NamedTuple):
    """One thing to be shown.

    `accounts` and `purposes` (items of ledger/data/items.toml) feed it; `part` is the field of
    the sheet that shows it, or `statement` or `paper` where a sheet of its own does; `reviewer`
    is the seat that looks at it before it goes up.
    """

    id: str
    zh: str
    plain: str
    period: Period
    reviewer: str
    part: str
    accounts: tuple[str, ...]
    purposes: tuple[str, ...]


class Kind(NamedTuple):
    """One of the eight classes with its items."""

    id: str
    zh: str
    plain: str
    items: tuple[Item, ...]


@cache
def _data() -> dict[str, Any]:
    text = (resources.files("disclosure") / "data/catalogue.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def catalogue() -> tuple[Kind, ...]:
    """Return the eight classes in their order (data/catalogue.toml).

    Source: 农村集体经济组织财务公开规定 (农经发〔2011〕13号)
    """
    return tuple(
        Kind(row["id"], row["zh"], row["plain"], tuple(_item(item) for item in row["item"]))
        for row in _data()["class"]
    )


def _item(row: dict[str, Any]) -> Item:
    fed = {name: tuple(row.get(name, ())) for name in ("accounts", "purposes")}
    return Item(**{**row, **fed})


def every() -> Iterator[Item]:
    """Return every item of every class."""
    return (item for kind in catalogue() for item in kind.items)


def item(name: str) -> Item:
    """Return an item.

    Raises:
        NoItem: the catalogue has no such item.
    """
    found = next((one for one in every() if one.id == name), None)
    if found is None:
        raise NoItem(item=name)
    return found


def of_purpose(purpose: str) -> Item:
    """Return the item under which entries of a purpose are shown.

    Raises:
        NoItem: no item of the catalogue shows them.
    """
    found = next((one for one in every() if purpose in one.purposes), None)
    if found is None:
        raise NoItem(item=purpose)
    return found


def words() -> dict[str, str]:
    """Return the plain words for the terms that stand on a sheet, by term."""
    return dict(_data()["words"])


class Limits(NamedTuple):
    """What a sheet may not hide (data/catalogue.toml, `limits`).

    `vague` purposes may make up `percent` of a side, or `floor_fen` where the side is small; `bare`
    are summaries that say nothing; `named` are accounts that stand by who owes or is owed.
    """

    percent: int
    floor_fen: int
    vague: frozenset[str]
    bare: frozenset[str]
    named: frozenset[str]


@cache
def limits() -> Limits:
    """Return what a sheet may not hide."""
    row = _data()["limits"]
    sets = {name: frozenset(row[name]) for name in ("vague", "bare", "named")}
    return Limits(row["percent"], row["floor_yuan"] * 100, **sets)


def explains(purpose: str) -> bool:
    """Tell whether an item of the catalogue says in plain words what a purpose is."""
    return any(purpose in one.purposes and one.plain for one in every())


def due(name: str, happened: date, profile: str = "sichuan") -> date:
    """Return the day by which an item has to be shown after something happened in it.

    `month`: the day of the month after; `quarter`: of the month after the quarter; `year`:
    31 January after; `once`: so many days after the day itself.

    Raises:
        NoItem: the catalogue has no such item.
        NoProfile: there is no such province.
    """
    rule, one = notice.profile_of(profile), item(name)
    if one.period == "once":
        return happened + timedelta(days=rule.event_days)
    if one.period == "year":
        return date(happened.year + 1, *YEAR_END)
    if one.period == "month":
        return notice.due(f"{happened:%Y-%m}", profile)
    last = f"{happened.year:04d}-{(happened.month + 2) // 3 * 3:02d}"
    return periods.first_day(periods.next_period(last)).replace(day=rule.quarter_day)


class NoItem(Refusal):
    """The catalogue of disclosure has no such item."""

    code = "N050"
    says = "公开清单中没有“{item}”这一项。"
    rule = "农村集体经济组织财务公开规定（农经发〔2011〕13号）"
    status = 404

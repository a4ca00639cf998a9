"""What hung on the village's boards, and the spending that has to wait for it."""
# ruff: noqa: EM101 - the literal is a code; its sentence stands in sentences.py

from dataclasses import dataclass, field

from approvals.verify.reading import Entry
from approvals.verify.verdict import Stop

DECEMBER = 12


@dataclass(slots=True)
class Wall:
    """Published sheets by month, the boards' ids, and since when a month hangs on a board.

    `up` is keyed by `month/board`; `proved` are the months that ever hung on one.
    """

    published: dict[str, str] = field(default_factory=dict)
    boards: list[str] = field(default_factory=list)
    up: dict[str, str] = field(default_factory=dict)
    proved: set[str] = field(default_factory=set)
    photos: set[str] = field(default_factory=set)


def publish(wall: Wall, entry: Entry) -> None:
    """Take the publication of a sheet.

    Raises:
        Stop: Y110.
    """
    if entry.body["until"] < entry.body["posted"]:
        raise Stop("Y110")
    wall.published[entry.subject] = entry.body["sheet"]


def set_boards(wall: Wall, entry: Entry) -> None:
    """Take the list of boards.

    Raises:
        Stop: Y160.
    """
    rows = entry.body["boards"]
    for name in ("id", "name"):
        if len({row[name] for row in rows}) < len(rows):
            raise Stop("Y160")
    wall.boards = [row["id"] for row in rows]


def post(wall: Wall, entry: Entry) -> None:
    """Take the proof that a published sheet hangs on a board.

    Raises:
        Stop: Y161 to Y163, Y165, Y166.
    """
    body = entry.body
    if wall.published.get(entry.subject) != body["sheet"]:
        raise Stop("Y161", period=entry.subject)
    if body["board"] not in wall.boards:
        raise Stop("Y162", board=body["board"])
    _check_day(entry)
    key = f"{entry.subject}/{body['board']}"
    if key in wall.up:
        raise Stop("Y163", period=entry.subject)
    if body["photo"] in wall.photos:
        raise Stop("Y166", period=entry.subject)
    wall.photos.add(body["photo"])
    wall.up[key] = body["day"]
    wall.proved.add(entry.subject)


def take_down(wall: Wall, entry: Entry) -> None:
    """Take the end of a posting.

    Raises:
        Stop: Y164, Y165.
    """
    key = f"{entry.subject}/{entry.body['board']}"
    if key not in wall.up or entry.body["day"] < wall.up[key]:
        raise Stop("Y164", period=entry.subject)
    _check_day(entry)
    del wall.up[key]


def _check_day(entry: Entry) -> None:
    if entry.body["day"] > entry.at[:10]:
        raise Stop("Y165", day=entry.body["day"])


def check_notice(wall: Wall, day: str, grace: int, first: str) -> None:
    """Stop spending on a day when the month that is due hangs on no wall.

    `first` is the first month of the books; the months before it owe nothing.

    Raises:
        Stop: Y09A.
    """
    year, month, date = int(day[:4]), int(day[5:7]), int(day[8:])
    back = 1 if date > grace else 2
    month -= back
    if month < 1:
        year, month = year - 1, month + DECEMBER
    due = f"{year:04d}-{month:02d}"
    done = wall.proved if wall.boards else wall.published
    if first and due >= first and due not in done:
        raise Stop("Y09A", period=due, day=grace)

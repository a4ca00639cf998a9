"""Points: rules in data, records that are only added to, reviews in their order, a ranking.

They are no money and change no dividend (农村集体经济组织法 art. 40, 42): awards are paid from
what was voted for them. Source: 德阳市罗江区金山镇安家村; F11 of the domain's rules.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from ledger import canonical
from ledger.refusal import Refusal
from ledger.voucher import Leg, Party, Voucher

KINDS = {"household": "户", "firm": "企业", "farm": "家庭农场", "helper": "村务助理"}
STAGES = {"grid": "网格审核", "month": "月度审定", "quarter": "季度公示"}
QUARTER = 3
SAMPLES = {"points": "村民积分（安家村式）", "points_helpers": "村务助理积分（圣灯镇式）"}
AWARDS = "514"


class Item(NamedTuple):
    """What points are given or taken for; `tenths` are tenths of a point, so that sums are exact.

    `most` is how often in a month at most, 0: as often as it happens.
    """

    id: str
    group: str
    title: str
    tenths: int
    most: int = 0


class Award(NamedTuple):
    """An honour of the year: for which kind of subject, up to which rank, and how much (fen)."""

    kind: str
    upto: int
    title: str
    fen: int


class Rules(NamedTuple):
    """A village's rules of points; all points in tenths."""

    title: str
    base: int
    suspend: int
    publish_day: int
    items: Mapping[str, Item]
    awards: tuple[Award, ...]


class Subject(NamedTuple):
    """Who is given points: a household, a firm, a family farm, in a grid."""

    id: str
    kind: str
    grid: str
    name: str


class Record(NamedTuple):
    """One thing noted (一事一记); `reverses` is the record that it takes back, 0 for none."""

    no: int
    day: date
    subject: str
    item: str
    tenths: int
    reverses: int
    words: str


class Review(NamedTuple):
    """A step of review: of a grid's month, of a month, of a quarter; over records up to `upto`."""

    stage: str
    period: str
    grid: str
    upto: int
    digest: str
    day: date


class Place(NamedTuple):
    """A subject's place in a ranking of its kind; equals share a place."""

    rank: int
    subject: Subject
    tenths: int
    suspended: bool


def read(text: str) -> Rules:
    """Return the rules of a text (TOML).

    Raises:
        BadRules: it cannot be read; a value is not in tenths of a point.
    """
    try:
        data = tomllib.loads(text)
        items = {name: _item(name, row) for name, row in data["item"].items()}
        awards = tuple(
            Award(row["kind"], row["upto"], row["title"], row["yuan"] * 100)
            for row in data.get("award", [])
        )
        base, suspend = _tenths(data["base"]), _tenths(data["suspend"])
        return Rules(data["title"], base, suspend, data["publish_day"], items, awards)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, ArithmeticError) as fault:
        raise BadRules(why=fault) from fault


def _item(name: str, row: Mapping[str, Any]) -> Item:
    return Item(name, row["class"], row["title"], _tenths(row["value"]), row.get("most", 0))


def _tenths(text: str) -> int:
    tenths = Decimal(text) * 10
    if tenths != int(tenths):
        raise ValueError(text)
    return int(tenths)


def sample(name: str = "points") -> str:
    """Return the text of sample rules: `points` (安家村) or `points_helpers` (圣灯镇).

    Raises:
        BadRules: there are no such rules.
    """
    if name not in SAMPLES:
        raise BadRules(why=f"没有 {name} 这套样例")
    return (resources.files("ledger") / f"data/{name}.toml").read_text("utf-8")


@cache
def shipped(name: str = "points") -> Rules:
    """Return sample rules."""
    return read(sample(name))


def shown(tenths: int) -> str:
    """Return points as people write them, `0.4`."""
    return f"{Decimal(tenths) / 10:f}"


def months_of(quarter: str) -> list[str]:
    """Return the months of a quarter `2021-Q2`."""
    first = (int(quarter[-1]) - 1) * QUARTER + 1
    return [f"{quarter[:4]}-{month:02d}" for month in range(first, first + QUARTER)]


def digest(records: Iterable[Record]) -> str:
    """Return the digest of records without words or names, for a review and what is published."""
    rows = [
        [one.no, str(one.day), one.subject, one.item, one.tenths, one.reverses] for one in records
    ]
    return canonical.digest({"records": rows})


def ranking(
    rules: Rules, subjects: Iterable[Subject], records: Iterable[Record]
) -> dict[str, list[Place]]:
    """Return the places by kind of subject, most points first, of equal points by number.

    Every subject has a place, also one of which nothing was noted.
    """
    sums: dict[str, int] = {}
    for one in records:
        sums[one.subject] = sums.get(one.subject, 0) + one.tenths
    found: dict[str, list[Place]] = {kind: [] for kind in KINDS}
    ordered = sorted(subjects, key=lambda one: (-sums.get(one.id, 0), one.id))
    for whom in ordered:
        places, tenths = found[whom.kind], rules.base + sums.get(whom.id, 0)
        same = places and places[-1].tenths == tenths
        rank = places[-1].rank if same else len(places) + 1
        places.append(Place(rank, whom, tenths, tenths < rules.suspend))
    return found


def awards(rules: Rules, places: Mapping[str, Sequence[Place]]) -> list[tuple[Place, Award]]:
    """Return who is honoured: the first award of the kind that reaches the place.

    Nobody who is suspended, and nobody without more than everybody begins with.
    """
    found = []
    for kind, mine in places.items():
        known = sorted((one for one in rules.awards if one.kind == kind), key=lambda one: one.upto)
        for place in mine:
            award = next((one for one in known if place.rank <= one.upto), None)
            if award and not place.suspended and place.tenths > rules.base:
                found.append((place, award))
    return found


def award_voucher(
    village: str, given: Sequence[tuple[Place, Award]], bank: str, day: date, resolution: str
) -> Voucher:
    """Return the voucher that pays the year's awards out of a bank account, in one batch.

    `bank` is the leaf of 102 that pays, `resolution` the vote on the money: no award without one.
    Nobody is named in it; the list is its paper.

    Raises:
        NoAward: nobody is honoured, or the money was not voted.
    """
    fen = sum(award.fen for _, award in given)
    if not fen or not resolution.strip():
        raise NoAward
    legs = (Leg(AWARDS, fen, ""), Leg(bank, -fen, ""))
    summary = f"发放{day.year}年度积分奖励（{len(given)}个）"
    payee = Party("积分奖励批量代发", "", "")
    return Voucher(
        village, "payment", day, summary, "spending.culture", legs, payee=payee,
        resolution=resolution,
    )  # fmt: skip


class NoAward(Refusal):
    """There is no award to pay, or its money was not voted."""

    code = "D044"
    says = "没有要发的积分奖励，或没有写明奖励资金的决议。积分奖励须另行表决，不从分红里出。"
    rule = "农村集体经济组织法 第四十条、第四十二条"
    status = 422


class BadRules(Refusal):
    """The rules of points cannot be read."""

    code = "D040"
    says = "积分细则读不懂：{why}。分值写到一位小数，例如 0.4。"
    status = 422

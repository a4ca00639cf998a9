"""The registers of a workbook as values: people, assets, resources, contracts, debts."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import NamedTuple

from ledger.coming.sheet import Row
from ledger.coming.taking import Taken
from ledger.distribution import HOUSEHOLD, Holding
from ledger.registers.assets import Asset
from ledger.registers.holdings import Contract, Debt, Member, Resource

_IDENTITY = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])")
_TAIL = re.compile(r"[0-9]{4}")
HEAD = "户主"
CONTRACT_CELLS = Contract._fields[:11]  # the columns of the sheet; the schedule is told on the page


class Card(NamedTuple):
    """An asset card: value, salvage and depreciation in fen, life in years (0: none is taken)."""

    number: str
    name: str
    category: str
    place: str
    quantity: str
    unit: str
    bought: date
    value: int
    life: int
    salvage: int
    depreciated: int
    source: str
    user: str
    detail: str
    booked: bool


@dataclass
class Rolls:
    """The registers that were read; `by_name` are the households in which a name occurs."""

    holdings: list[Holding] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    cards: list[tuple[Card, Row]] = field(default_factory=list)
    assets: list[Asset] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    debts: list[Debt] = field(default_factory=list)
    by_name: dict[str, set[str]] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Return how much each register holds."""
        return {
            "户": len(self.holdings),
            "成员": len(self.members),
            "股数": sum(one.shares for one in self.holdings),
            "固定资产卡片": len(self.cards),
            "资源": len(self.resources),
            "合同": len(self.contracts),
            "债权债务": len(self.debts),
        }


def read(taken: Mapping[str, Taken]) -> Rolls:
    """Return the registers of the sheets that were read; faults are added to the sheets' own."""
    rolls = Rolls()
    if "people" in taken:
        _people(taken["people"], rolls)
    if "assets" in taken:
        _once(taken["assets"], "number", "资产编号")
        dated = [row for row in taken["assets"].rows if row["bought"]]
        rolls.cards = [(_card(row, taken["assets"]), row) for row in dated]
    if "resources" in taken:
        _once(taken["resources"], "number", "资源编号")
        names = Resource._fields
        rolls.resources = [
            Resource(*(row[name] for name in names)) for row in taken["resources"].rows
        ]
    if "contracts" in taken:
        _once(taken["contracts"], "number", "合同编号")
        rolls.contracts = list(_contracts(taken["contracts"]))
        _known_contracts(taken, rolls)
    return rolls


def _once(taken: Taken, key: str, title: str) -> None:
    seen: dict[str, Row] = {}
    for row in taken.rows:
        before = seen.setdefault(row[key], row)
        if before is not row and row[key]:
            what = f"{title} {row[key]} 与 {before.places[key].cell} 重复"
            taken.faults.append(row.fault(key, what, "一个编号只用一次"))


def _people(taken: Taken, rolls: Rolls) -> None:
    for row in taken.rows:
        _check_person(row, taken)
    usable = [row for row in taken.rows if HOUSEHOLD.fullmatch(row["household"])]
    order = {name: at for at, name in enumerate(dict.fromkeys(r["household"] for r in usable))}
    usable.sort(key=lambda row: order[row["household"]])
    for household, group in groupby(usable, key=lambda row: row["household"]):
        _household(household, list(group), taken, rolls)
    if rolls.holdings and not any(one.shares for one in rolls.holdings):
        taken.hints.append(
            taken.rows[0].fault("shares", "所有户的股数都是零", "还没有量化股份的可以以后再登记")
        )


def _check_person(row: Row, taken: Taken) -> None:
    if row["household"] and not HOUSEHOLD.fullmatch(row["household"]):
        what = f"户编号“{row['household']}”不合格式"
        taken.faults.append(row.fault("household", what, "只用小写字母、数字和连字符，如 1-001"))
    if row["tail"] and not _TAIL.fullmatch(row["tail"]):
        # The number itself stays out of the report: it may be a whole account.
        taken.faults.append(row.fault("tail", "不是四位数字", "只写银行账号的最后四位"))
    for place in row.places.values():
        if _IDENTITY.search(place.text):
            taken.faults.append(place.fault("写有身份证号", "请删去：名册不收身份证号"))


def _household(household: str, rows: list[Row], taken: Taken, rolls: Rolls) -> None:
    heads = [row for row in rows if row["relation"] == HEAD] or rows[:1]
    if len(heads) > 1:
        taken.faults.append(
            heads[1].fault("relation", f"户 {household} 有两个户主", "每户只有一个户主")
        )
    if (
        len(rows) > 1
        and rows[0]["relation"] != HEAD
        and not any(r["relation"] == HEAD for r in rows)
    ):
        taken.faults.append(
            rows[0].fault("relation", f"户 {household} 没有写谁是户主", "在户主那一行写“户主”")
        )
    head = heads[0]
    stated = [row for row in rows if row["people"]]
    people = stated[0]["people"] if stated else len(rows)
    if len(rows) > 1 and stated and people != len(rows):
        what = f"户 {household} 写 {people} 口人，名册里有 {len(rows)} 人"
        taken.faults.append(stated[0].fault("people", what, "逐人写时不填户内人口，或补齐人"))
    shares = sum(row["shares"] for row in rows)
    rolls.holdings.append(
        Holding(household, head["group"], head["name"], people, shares, head["tail"])
    )
    for at, row in enumerate(rows, 1):
        relation = row["relation"] or (HEAD if row is head else "")
        rolls.members.append(Member(household, at, row["name"], relation, row["shares"]))
        rolls.by_name.setdefault(row["name"], set()).add(household)


def _card(row: Row, taken: Taken) -> Card:
    card = Card(*(row[name] for name in Card._fields))
    if card.depreciated + card.salvage > card.value:
        what = "累计折旧加净残值大于原值"
        taken.faults.append(row.fault("depreciated", what, "核对原值、折旧和残值"))
    if card.value <= 0:
        what = "原值不是正数"
        taken.faults.append(row.fault("value", what, "没有价的资产按名义金额写 1.00"))
    return card


def _contracts(taken: Taken) -> Iterable[Contract]:
    for row in taken.rows:
        if not row["first"] or not row["last"]:
            continue
        if row["last"] < row["first"]:
            taken.faults.append(row.fault("last", "终止日早于起始日", "核对合同期限"))
        if row["rent"] < 0 or row["deposit"] < 0:
            taken.faults.append(row.fault("rent", "租金或保证金是负数", "填正数"))
        yield Contract(*(row[name] for name in CONTRACT_CELLS))


def _known_contracts(taken: Mapping[str, Taken], rolls: Rolls) -> None:
    known = {one.number for one in rolls.contracts}
    if "resources" not in taken:
        return
    for row in taken["resources"].rows:
        if row["contract"] and row["contract"] not in known:
            what = f"合同 {row['contract']} 不在“合同”表里"
            taken["resources"].hints.append(row.fault("contract", what, "补登合同，或核对编号"))

"""Self-raised fees: who is assessed by which resolution, what is due, what was paid.

Source: 米易县草场镇 and 禹王宫村 (2 yuan a head and month); 村民一事一议筹资筹劳管理办法: within
the province's cap, by resolution, with exemptions.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from ledger.bank.line import Line
from ledger.money import yuan
from ledger.refusal import Refusal
from ledger.schedule import index

KINDS = {"fee": "服务收费（按月）", "case": "一事一议筹资（一次）"}
BASES = {"head": "按人", "household": "按户"}
CAP = 15_00  # fen a head and year for 一事一议 in many provinces; a setting of the township
WORST, LONG = 20, 3


class Levy(NamedTuple):
    """A fee: `fen` for each head or household a month (`fee`), or once (`case`)."""

    id: str
    title: str
    kind: str
    basis: str
    fen: int
    first: str
    last: str
    resolution: str

    def times(self, until: str) -> int:
        """Return how many times it has fallen due through a month."""
        return max(index(min(self.last, until)) - index(self.first) + 1, 0)


class Row(NamedTuple):
    """A household on the assessed list: its people, how many are exempt, and why."""

    household: str
    group: str
    head: str
    people: int
    exempt: int
    why: str

    @property
    def counted(self) -> int:
        """Return the people who pay."""
        return self.people - self.exempt


class Receipt(NamedTuple):
    """What a household paid; `line` is the bank line that it came by, or empty."""

    no: int
    day: date
    household: str
    fen: int
    line: str


class Stand(NamedTuple):
    """How a household stands through a month, in fen."""

    row: Row
    due: int
    paid: int

    @property
    def left(self) -> int:
        """Return what is in arrears; less than nothing was paid ahead."""
        return self.due - self.paid


class Total(NamedTuple):
    """How a group, or a village, stands: households, those exempt, fen due, paid and in arrears."""

    name: str
    households: int
    exempt: int
    due: int
    paid: int
    left: int

    @property
    def percent(self) -> int:
        """Return the collection rate, rounded down: what is due and paid, of what is due."""
        return (self.due - self.left) * 100 // self.due if self.due else 100


def due(levy: Levy, row: Row, until: str) -> int:
    """Return what a household owes through a month, in fen."""
    each = row.counted if levy.basis == "head" else min(row.counted, 1)
    return each * levy.fen * levy.times(until)


def stands(levy: Levy, rows: Iterable[Row], receipts: Iterable[Receipt], until: str) -> list[Stand]:
    """Return how every household stands through a month, by number."""
    paid: dict[str, int] = {}
    for one in receipts:
        if f"{one.day:%Y-%m}" <= until:
            paid[one.household] = paid.get(one.household, 0) + one.fen
    ordered = sorted(rows, key=lambda row: row.household)
    return [Stand(row, due(levy, row, until), paid.get(row.household, 0)) for row in ordered]


def total(name: str, found: Sequence[Stand]) -> Total:
    """Return the sum of several households; what one paid ahead makes up for nobody else."""
    exempt = sum(1 for one in found if not one.row.counted)
    left = sum(max(one.left, 0) for one in found)
    owed, paid = sum(one.due for one in found), sum(one.paid for one in found)
    return Total(name, len(found), exempt, owed, paid, left)


def groups(found: Iterable[Stand]) -> list[Total]:
    """Return how each group of the village stands."""
    by_group: dict[str, list[Stand]] = {}
    for one in found:
        by_group.setdefault(one.row.group, []).append(one)
    return [total(name, rows) for name, rows in sorted(by_group.items())]


def check(levy: Levy, others: Iterable[Levy], cap: int = CAP) -> None:
    """Refuse a fee that may not be raised.

    Raises:
        BadLevy: no title, resolution or amount, months the wrong way round; 一事一议 by household,
            over several months, or above the cap of a head in a year.
    """
    if not levy.title.strip() or not levy.resolution.strip():
        raise BadLevy(why="名称和决议文号都要写，没有表决通过不能向村民收费")
    if levy.kind not in KINDS or levy.basis not in BASES or levy.fen <= 0:
        raise BadLevy(why="请选种类和按人还是按户，标准须大于零")
    if levy.last < levy.first:
        raise BadLevy(why="最后的月份早于开始的月份")
    if any(one.title == levy.title for one in others):
        raise BadLevy(why=f"已经有“{levy.title}”")
    if levy.kind == "case":
        _check_case(levy, others, cap)


def _check_case(levy: Levy, others: Iterable[Levy], cap: int) -> None:
    if levy.basis != "head" or levy.first != levy.last:
        raise BadLevy(why="一事一议筹资按人、一次收取")
    same = [one for one in others if one.kind == "case" and one.first[:4] == levy.first[:4]]
    asked = levy.fen + sum(one.fen for one in same)
    if asked > cap:
        why = f"一事一议筹资每人每年最多 {yuan(cap)} 元，{levy.first[:4]} 年已到 {yuan(asked)} 元"
        raise BadLevy(why=why)


class Known(NamedTuple):
    """A household of the register on a day: its group, its head, how many belong to it."""

    group: str
    head: str
    people: int


HEADS = ("户编号", "组", "户主", "人口", "免收人数", "免收原因")


def read(table: Sequence[Sequence[str]], known: Mapping[str, Known]) -> list[Row]:
    """Return the assessed list of a spreadsheet, checked against the register, all or nothing.

    Raises:
        BadList: names every cell that is wrong, and the rule: a household that is not in the
            register or has left, one twice, another head, more people than belong to it, more
            exempt than there are, exempt without a reason.
    """
    at = next((at for at, cells in enumerate(table) if _is_head(cells)), None)
    if at is None:
        raise BadList(faults=f"找不到表头，表头要有：{'、'.join(HEADS)}")
    faults: list[str] = []
    seen: set[str] = set()
    rows = []
    for no, cells in enumerate(table[at + 1 :], start=at + 2):
        if any(cell.strip() for cell in cells):
            filled = [*(cell.strip() for cell in cells), *[""] * len(HEADS)]
            row = _row(no, filled, known, faults)
            if row.household in seen:
                faults.append(f"A{no} 户 {row.household} 前面已经有一行")
            seen.add(row.household)
            rows.append(row)
    if not rows:
        faults.append("没有一户")
    if faults:
        more = f"（另有 {len(faults) - WORST} 处）" if len(faults) > WORST else ""
        raise BadList(faults="；".join(faults[:WORST]) + more)
    return rows


def _is_head(cells: Sequence[str]) -> bool:
    return [cell.strip().rstrip("*") for cell in cells[: len(HEADS)]] == list(HEADS)


def _row(no: int, cells: Sequence[str], known: Mapping[str, Known], faults: list[str]) -> Row:
    number, _, head, people, exempt, why = cells[: len(HEADS)]
    house = known.get(number)
    if house is None or not house.people:
        faults.append(f"A{no} 户 {number or '（空）'} 不在本村户籍登记里，或已迁出")
        return Row(number, "", head, 0, 0, "")
    if head and head != house.head:
        faults.append(f"C{no} 户主是“{head}”，登记的是“{house.head}”")
    given = (("D", people or str(house.people)), ("E", exempt or "0"))
    counts = {letter: _count(f"{letter}{no}", text, faults) for letter, text in given}
    if counts["D"] > house.people:
        faults.append(f"D{no} 人口 {counts['D']} 多于登记的 {house.people}")
    if counts["E"] > counts["D"]:
        faults.append(f"E{no} 免收 {counts['E']} 人多于人口 {counts['D']}")
    if counts["E"] and not why:
        faults.append(f"F{no} 免收要写原因，例如五保、低保、重残")
    return Row(number, house.group, house.head, counts["D"], counts["E"], why)


def _count(at: str, text: str, faults: list[str]) -> int:
    if text.isascii() and text.isdecimal() and len(text) <= LONG:
        return int(text)
    faults.append(f"{at} “{text}”不是人数")
    return 0


def matched(found: Iterable[Stand], lines: Iterable[Line], used: set[str]) -> list[Receipt]:
    """Return the receipts that bank lines are beyond doubt: one household, one times of its due.

    A line is a household's whose number stands in its words, or whose head alone has the payer's
    name; anything else is left to a person.
    """
    rows = [one for one in found if one.due]
    by_name: dict[str, list[Stand]] = {}
    for one in rows:
        by_name.setdefault(one.row.head, []).append(one)
    left = {one.row.household: one.left for one in rows}
    made = []
    for line in lines:
        if line.key in used or not line.in_fen:
            continue
        numbered = [one for one in rows if one.row.household in f"{line.summary} {line.purpose}"]
        mine = numbered or by_name.get("".join(line.party.split()), [])
        if len(mine) == 1 and line.in_fen <= left[mine[0].row.household]:
            number = mine[0].row.household
            left[number] -= line.in_fen
            made.append(Receipt(0, line.day, number, line.in_fen, line.key))
    return made


class BadLevy(Refusal):
    """The fee may not be raised."""

    code = "D070"
    says = "这项收费没有立项：{why}。"
    rule = "村民一事一议筹资筹劳管理办法；村民委员会组织法 第二十四条"
    status = 422


class BadList(Refusal):
    """The assessed list is wrong; nothing of it was kept."""

    code = "D071"
    says = "应收花名册没有收下，请改正后整表再交：{faults}。"
    rule = "应收花名册须与户籍登记一致"
    status = 422


class BadReceipt(Refusal):
    """A receipt of a fee cannot be entered."""

    code = "D072"
    says = "收款没有登记：{why}。"
    status = 422

"""The register as a sheet: one row a member, read all or not at all, each wrong row named."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from ledger.refusal import Refusal
from ledger.registers.membership.entry import COLLECTIVE, JOINS, LEAVES, Entry
from ledger.registers.membership.fold import BadEntry, House, Person, State, fold

HEADS = (
    "户编号", "组", "户主", "姓名", "与户主关系", "出生日期", "身份证号", "加入方式", "加入日期",
    "离开方式", "离开日期", "成员股", "资金股", "土地股", "集体股", "银行账号",
)  # fmt: skip
COUNTS = {"成员股": "member", "资金股": "fund", "土地股": "land", "集体股": "collective"}
SUM = "合计"
MUST = ("户编号", "户主", "加入日期")
ENOUGH = 20
_JOIN = {title: kind for kind, title in JOINS.items()}
_LEAVE = {title: kind for kind, title in LEAVES.items()}


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


def is_identity(text: str) -> bool:
    """Tell whether a text is a citizen's number: its check digit is right (GB 11643)."""
    digits = text[:-1]
    if len(text) != len(WEIGHTS) + 1 or not (digits.isascii() and digits.isdecimal()):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return text[-1] == CHECKS[total % len(CHECKS)]


class Row(NamedTuple):
    """A row of the sheet: its number as the spreadsheet shows it, its cells by heading."""

    no: int
    cells: Mapping[str, str]

    def get(self, head: str) -> str:
        """Return a cell, empty if the column is missing."""
        return self.cells.get(head, "").strip()


class Fault(NamedTuple):
    """What is wrong in a row."""

    row: int
    what: str


def read(table: Sequence[Sequence[str]]) -> list[Entry]:
    """Return the lines of the journal that a sheet makes.

    Raises:
        NoHead: no row has the headings. BadSheet: names every row that is wrong, and how; the rows
            do not come to the sum; nobody is in it.
    """
    rows, total = _rows(table)
    faults: list[Fault] = []
    placed: list[tuple[int, Entry]] = []
    for number, part in groupby(rows, lambda row: row.get("户编号")):
        before = len(faults)
        found = _household(number, list(part), faults)
        if len(faults) == before:
            faults += _fold(found)
            placed += found
    faults += _sums(rows, total)
    if not faults:
        faults += _fold(placed)
    if not rows:
        faults.append(Fault(1, "没有一行成员"))
    if faults:
        shown = "；".join(f"第 {one.row} 行：{one.what}" for one in sorted(faults)[:ENOUGH])
        more = f"（另有 {len(faults) - ENOUGH} 处）" if len(faults) > ENOUGH else ""
        raise BadSheet(faults=shown + more)
    return [entry for _, entry in placed]


def _rows(table: Sequence[Sequence[str]]) -> tuple[list[Row], Row | None]:
    at, heads = _heads(table)
    rows = [
        Row(no, dict(zip(heads, cells, strict=False)))
        for no, cells in enumerate(table[at + 1 :], start=at + 2)
        if any(cell.strip() for cell in cells)
    ]
    sums = [row for row in rows if row.get("户编号") == SUM]
    return [row for row in rows if row not in sums], sums[-1] if sums else None


def _heads(table: Sequence[Sequence[str]]) -> tuple[int, list[str]]:
    for at, cells in enumerate(table):
        heads = [cell.strip().rstrip("*") for cell in cells]
        if {"户编号", "户主", "姓名"} <= set(heads):
            return at, heads
    raise NoHead


def _household(number: str, rows: list[Row], faults: list[Fault]) -> list[tuple[int, Entry]]:
    found: list[tuple[int, Entry]] = []
    first = rows[0]
    for row in rows:
        faults += [Fault(row.no, f"没有填{head}") for head in MUST if not row.get(head)]
        for head in ("组", "户主", "银行账号"):
            if row.get(head) != first.get(head):
                faults.append(Fault(row.no, f"{head}与本户第一行不同"))
    days = [day for row in rows if (day := _day(row, "加入日期", faults))]
    if not days:
        return found
    opening = min(days)
    facts = {"head": first.get("户主"), "group": first.get("组"), "account": first.get("银行账号")}
    found.append((first.no, Entry("opened", opening, number, facts=facts)))
    for at, row in enumerate(rows, start=1):
        if row.get("姓名"):
            found += _member(number, f"{number}-{at}", row, faults)
        for head, share in COUNTS.items():
            count = _count(row, head, faults)
            if count:
                found.append((row.no, Entry("given", opening, number, share=share, count=count)))
    return found


def _member(number: str, person: str, row: Row, faults: list[Fault]) -> list[tuple[int, Entry]]:
    way, joined = _JOIN.get(row.get("加入方式") or "原始成员"), _day(row, "加入日期", [])
    if way is None:
        faults.append(Fault(row.no, f"加入方式只能是{'、'.join(_JOIN)}"))
    identity = row.get("身份证号").upper()
    if identity and not is_identity(identity):
        faults.append(Fault(row.no, "身份证号不对，请核对（可以不填）"))
    born = _day(row, "出生日期", faults)
    facts = {"name": row.get("姓名"), "relation": row.get("与户主关系"), "identity": identity}
    if born:
        facts["born"] = born.isoformat()
    if way is None or joined is None:
        return []
    found = [(row.no, Entry(way, joined, number, person, facts=facts))]
    left, leaving = row.get("离开方式"), _day(row, "离开日期", faults)
    if left and left not in _LEAVE:
        faults.append(Fault(row.no, f"离开方式只能是{'、'.join(_LEAVE)}"))
    elif bool(left) != bool(leaving):
        faults.append(Fault(row.no, "离开方式和离开日期要么都填，要么都不填"))
    elif left and leaving:
        found.append((row.no, Entry(_LEAVE[left], leaving, number, person)))
    return found


def _day(row: Row, head: str, faults: list[Fault]) -> date | None:
    text = row.get(head)
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10].replace("/", "-").replace(".", "-"))
    except ValueError:
        faults.append(Fault(row.no, f"{head}“{text}”不是日期，请写成 2018-03-05"))
        return None


def _count(row: Row, head: str, faults: list[Fault]) -> int:
    text = row.get(head) or "0"
    if text.isascii() and text.isdecimal():
        return int(text)
    faults.append(Fault(row.no, f"{head}“{text}”不是整数；有小数的请全村统一换成更小的单位"))
    return 0


def _sums(rows: Sequence[Row], total: Row | None) -> list[Fault]:
    if total is None:
        last = rows[-1].no if rows else 1
        return [Fault(last, "末尾没有“合计”行，请在户编号一栏写“合计”，填各种份额的合计")]
    found: list[Fault] = []
    for head in COUNTS:
        counted, stated = sum(_count(row, head, []) for row in rows), _count(total, head, found)
        if counted != stated:
            found.append(Fault(total.no, f"{head}合计写的是 {stated}，各行加起来是 {counted}"))
    return found


def _fold(placed: Sequence[tuple[int, Entry]]) -> list[Fault]:
    try:
        fold((), [_numbered(at, one) for at, (_, one) in enumerate(placed)])
    except BadEntry as fault:
        return [Fault(placed[int(str(fault.facts["no"]))][0], str(fault.facts["why"]))]
    return []


def _numbered(no: int, one: Entry) -> Entry:
    return Entry(
        one.kind, one.day, one.household, one.person, one.other, one.share, one.count, one.into,
        one.gets, one.facts, no,
    )  # fmt: skip


def write(state: State) -> list[list[str]]:
    """Return a register as the rows of a sheet, headings and sum included; `read` takes them."""
    table = [list(HEADS)]
    for _, house in sorted(state.houses.items()):
        rows: list[Person | None] = [*house.people.values()] or [None]
        table += [_cells(house, one, first=at == 0) for at, one in enumerate(rows)]
    kinds = state.shares()
    sums = {head: str(kinds.get(share, 0)) for head, share in COUNTS.items()}
    table.append([SUM if head == "户编号" else sums.get(head, "") for head in HEADS])
    return table


def _cells(house: House, one: Person | None, *, first: bool) -> list[str]:
    cells = dict.fromkeys(HEADS, "")
    joined = one.joined if one else house.since
    cells |= {"户编号": house.number, "组": house.group, "户主": house.head}
    cells |= {"银行账号": house.account, "加入日期": joined.isoformat() if joined else ""}
    if one:
        cells |= {"姓名": one.name, "与户主关系": one.relation, "身份证号": one.identity}
        cells |= {"出生日期": one.born.isoformat() if one.born else "", "加入方式": JOINS[one.came]}
        if one.left:
            cells |= {"离开方式": LEAVES[one.why], "离开日期": one.left.isoformat()}
    if first:
        for head, share in COUNTS.items():
            cells[head] = str(house.shares.get(share, 0) or "")
    return [cells[head] for head in HEADS]


GUIDE = (
    f"一行一名成员，同一户的各行排在一起。份额填整数；集体股另起一行，户编号写 {COLLECTIVE}。"
    "日期写 2018-03-05。"
    f"加入方式：{'、'.join(_JOIN)}；离开方式：{'、'.join(_LEAVE)}。"
    "末行户编号写“合计”，填各种份额的合计，与各行不符不收。有一行不对，整张表都不收。"
)


class NoHead(Refusal):
    """The sheet has no row of headings."""

    code = "D013"
    says = "没有找到表头（户编号、户主、姓名……）。请用本系统的模板填写，不要改动表头。"
    status = 422


class BadSheet(Refusal):
    """Rows of the sheet cannot be entered; nothing was."""

    code = "D014"
    says = "这张表没有导入，请改正后重新上传：{faults}。"
    rule = "农村集体经济组织法 第十二条、第四十条"
    status = 422

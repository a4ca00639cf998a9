"""七本账: accounts, assets, resources, contracts, claims and debts, cadres' pay, subsidies.

石碾镇 “晒7本裸账” names accounts, assets, resources and cadres' income; the other three are ours.
What the books know is that of sealed months; the registers tell how things stand today.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from disclosure.redact import Profile, hide, mask
from disclosure.sheet import Line as Entry
from disclosure.sheet import Sheet
from ledger.accounts import chart_of
from ledger.chart import Chart
from ledger.depreciation import charged
from ledger.ledgers import NOTHING, Cell, Head, Ledger, Line, money, plus
from ledger.legs import store as legs
from ledger.registers import store as registers
from ledger.registers.holdings import store as holdings
from ledger.sums import Turnover

PAY = frozenset({"spending.cadre-pay"})
RECEIVED = frozenset({"income.subsidy", "income.project", "income.levy", "income.donation"})
GIVEN = frozenset({"spending.relief", "spending.posts", "spending.dividend"})
ENTRY = (Head("日期"), Head("凭证号"), Head("单位或个人"), Head("事由", wide=True))


class Book(NamedTuple):
    """One of the seven: its id in addresses, what it says in plain words, and its lines."""

    id: str
    plain: str
    ledger: Ledger


class _Scene(NamedTuple):
    conn: Connection
    village: str
    months: Sequence[Sheet]
    profile: Profile

    @property
    def first(self) -> str:
        return self.months[0].period

    @property
    def last(self) -> str:
        return self.months[-1].period

    @property
    def about(self) -> str:
        return f"{self.first} 至 {self.last}"

    def who(self, name: str) -> str:
        """Return a name of a register as the wall or the web may show it."""
        return hide(name) if self.profile == "wall" else mask(hide(name))


def seven(
    conn: Connection, village: str, months: Sequence[Sheet], profile: Profile
) -> tuple[Book, ...]:
    """Return the seven ledgers over some sealed months, whose sheets are redacted already.

    Source: 隆昌市石碾镇 “晒村级账目、资产、资源、干部收入等‘晒7本裸账’”
    """
    scene = _Scene(conn, village, months, profile)
    return (
        _accounts(scene),
        _assets(scene),
        _resources(scene),
        _contracts(scene),
        _claims(scene),
        _pay(scene),
        _subsidies(scene),
    )


def _book(
    name: str, words: tuple[str, str], about: str, heads: tuple[Head, ...], rows: Iterable[Line]
) -> Book:
    title, plain = words
    return Book(name, plain, Ledger(title, about, heads, tuple(rows)))


def _accounts(scene: _Scene) -> Book:
    chart = chart_of(scene.conn, scene.village)
    moved = legs.turnovers(scene.conn, scene.village, scene.first, scene.last)
    closing = legs.balances(scene.conn, scene.village, scene.last)
    heads = (Head("科目", wide=True), *money("期初", "增加", "减少", "期末"))
    words = ("账目账", "每一类钱物和往来：原来多少，增加、减少多少，现在多少。")
    rows = _tops(chart, closing, moved)
    return _book("accounts", words, scene.about, heads, rows)


def _tops(chart: Chart, closing: dict[str, int], moved: dict[str, Turnover]) -> Iterator[Line]:
    """Give the top accounts; what grows on the credit side is shown as growing."""
    sums: dict[str, tuple[int, Turnover]] = {}
    for code in closing.keys() | moved.keys():
        root = code.partition(".")[0]
        held, change = sums.get(root, (0, NOTHING))
        sums[root] = (held + closing.get(code, 0), plus(change, moved.get(code, NOTHING)))
    for root, (held, change) in sorted(sums.items()):
        sign = -1 if chart.get(root).side == "credit" else 1
        more, less = (change.debit, change.credit)[::sign]
        end = sign * held
        yield Line((chart.get(root).name, end - more + less, more, less, end))


def _assets(scene: _Scene) -> Book:
    heads = (
        Head("编号"),
        Head("名称", wide=True),
        Head("在哪里", wide=True),
        Head("谁在用"),
        *money("原值", "已折旧", "净值"),
    )
    words = ("资产账", "集体的房子、设备、设施，一件一行：值多少，旧了多少，谁在用。")
    cards = [one for one in registers.assets(scene.conn, scene.village) if one.left is None]
    rows = []
    for one in cards:
        worn = charged(one, scene.last)
        named = (one.number, one.name, one.place, scene.who(one.user))
        rows.append(Line((*named, one.cost, worn, one.cost - worn)))
    if rows:
        totals = [_sum(rows, at) for at in (4, 5, 6)]
        rows.append(Line(("合计", "", "", "", *totals), heavy=True))
    return _book("assets", words, f"资产卡片，折旧算到 {scene.last}", heads, rows)


def _sum(rows: Iterable[Line], at: int) -> int:
    return sum(cell for row in rows if isinstance(cell := row.cells[at], int))


def _resources(scene: _Scene) -> Book:
    heads = (
        Head("编号"),
        Head("名称", wide=True),
        Head("类别"),
        Head("坐落", wide=True),
        Head("数量"),
        Head("谁在用"),
        Head("合同"),
    )
    words = ("资源账", "集体的耕地、林地、水面，一块一行：在哪里，多大，谁在用。")
    rows = [
        Line(
            (
                one.number,
                one.name,
                one.kind,
                one.place,
                f"{one.quantity}{one.unit}",
                scene.who(one.user),
                one.contract,
            )
        )
        for one in holdings.resources(scene.conn, scene.village)
    ]
    return _book("resources", words, "资源台账，按现在登记", heads, rows)


def _contracts(scene: _Scene) -> Book:
    heads = (
        Head("编号"),
        Head("对方"),
        Head("标的", wide=True),
        Head("起止"),
        *money("年租金"),
        Head("何时交"),
    )
    words = ("合同账", "集体签的合同，一份一行：和谁签，租什么，一年多少钱，哪天交。")
    rows = [
        Line(
            (
                one.number,
                scene.who(one.party),
                hide(one.subject),
                f"{one.first} 至 {one.last}",
                one.rent,
                one.due,
            )
        )
        for one in holdings.contracts(scene.conn, scene.village)
    ]
    return _book("contracts", words, "合同台账，按现在登记", heads, rows)


def _claims(scene: _Scene) -> Book:
    heads = (Head("方向"), Head("类别"), Head("单位或个人", wide=True), *money("金额"))
    words = ("债权债务账", "谁欠集体的钱，集体欠谁的钱，一户一行。")
    last, rows = scene.months[-1], []
    for word, claims in (("欠集体", last.receivables), ("集体欠", last.payables)):
        rows += [Line((word, one.account, one.name, one.fen)) for one in claims]
        if claims:
            total = sum(one.fen for one in claims)
            rows.append(Line((f"{word}合计", "", "", total), heavy=True))
    return _book("claims", words, f"{scene.last} 月末", heads, rows)


def _entries(months: Iterable[Sheet], items: frozenset[str]) -> Iterator[tuple[str, Entry]]:
    for sheet in months:
        for side, groups in (("收", sheet.income), ("付", sheet.spending)):
            for group in groups:
                if group.item in items:
                    yield from ((side, line) for line in group.lines)


def _cells(line: Entry) -> tuple[Cell, ...]:
    return line.day.isoformat(), line.number, line.party, line.summary


def _pay(scene: _Scene) -> Book:
    heads = (*ENTRY, *money("金额"))
    words = ("干部报酬账", "发给村干部的每一笔钱。")
    rows = [Line((*_cells(line), line.fen)) for _, line in _entries(scene.months, PAY)]
    if rows:
        rows.append(Line(("合计", "", "", "", _sum(rows, 4)), heavy=True))
    return _book("pay", words, scene.about, heads, rows)


def _subsidies(scene: _Scene) -> Book:
    heads = (*ENTRY, *money("收到", "发出"))
    words = ("补助账", "上级补给集体的钱、社会捐的钱，和集体发给大家的救助、岗位补贴、分红。")
    rows = []
    for side, line in _entries(scene.months, RECEIVED | GIVEN):
        both = (line.fen, None) if side == "收" else (None, line.fen)
        rows.append(Line((*_cells(line), *both)))
    if rows:
        rows.append(Line(("合计", "", "", "", _sum(rows, 4), _sum(rows, 5)), heavy=True))
    return _book("subsidies", words, scene.about, heads, rows)

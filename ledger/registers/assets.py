"""Asset cards as values: what a collective owns, and what of it wears off month by month.

A card feeds the month's depreciation (`ledger.depreciation`); the books know the sums, the cards
know what they are made of. Source: rules.md F5 资产台账; 农村集体经济组织会计制度 固定资产.
"""

from datetime import date
from typing import NamedTuple

from ledger.chart import Chart
from ledger.refusal import Refusal

WHOLE = 10_000  # the residual rate is in hundredths of a percent
LONGEST = 1200  # months


class Wear(NamedTuple):
    """How a class of assets wears: its words, the account that collects it, when it begins.

    `at_once`: charged from the month in which it comes into use to the month before it leaves;
    otherwise from the month after to the month in which it leaves.
    """

    title: str
    collects: str
    at_once: bool


WEARS = {
    "151": Wear("固定资产折旧", "152", at_once=False),
    "132": Wear("生产性生物资产折旧", "133", at_once=False),
    "161": Wear("无形资产摊销", "162", at_once=True),
    "171": Wear("长期待摊费用摊销", "171", at_once=True),
}
LINE, UNITS, DECLINING, DIGITS = "line", "units", "declining", "digits"
METHODS = {
    LINE: "年限平均法",
    UNITS: "工作量法",
    DECLINING: "双倍余额递减法",
    DIGITS: "年数总和法",
}
EXPENSES = ("401", "511", "513", "514", "515")


class Asset(NamedTuple):
    """A card: amounts in fen, life in months.

    `account` holds the original value, `accumulated` what has worn off, `expense` is charged.
    `residual_rate` is in hundredths of a percent; what never wears has a life of 0 months. `before`
    is what had worn off when our books took the asset over; we charge the rest from the month of
    `carried` on. `left` is the day it left. By `method` "units" what wears is the work done:
    `uses` holds it by month, `capacity` is all the work that is left in it from our first month on.
    """

    number: str
    name: str
    cost: int
    residual_rate: int
    months: int
    since: date
    account: str
    accumulated: str
    expense: str
    place: str = ""
    user: str = ""
    before: int = 0
    carried: date | None = None
    left: date | None = None
    method: str = LINE
    capacity: int = 0
    uses: tuple[tuple[str, int], ...] = ()

    @property
    def root(self) -> str:
        """Return the top account of the original value, which says how it wears."""
        return self.account.partition(".")[0]

    @property
    def residual(self) -> int:
        """Return the residual value in fen, half a fen rounded up."""
        return (self.cost * self.residual_rate * 2 + WHOLE) // (2 * WHOLE)


def check_card(card: Asset, chart: Chart | None = None) -> None:
    """Refuse a card that cannot stand in the register; the accounts too where a chart is given.

    Raises:
        BadCard: says what is wrong.
    """
    for wrong, why in _faults(card):
        if wrong:
            raise BadCard(asset=card.number, name=card.name, why=why)
    for code in (card.account, card.accumulated, card.expense) if chart else ():
        if chart is not None and not chart.is_leaf(code):
            raise BadCard(asset=card.number, name=card.name, why=f"科目 {code} 不是本村的末级科目")


def _faults(card: Asset) -> list[tuple[bool, str]]:
    wear = WEARS.get(card.root)
    taken = f"{card.carried:%Y-%m}" if card.carried else ""
    return [
        (not card.number.strip() or not card.name.strip(), "没有编号或名称"),
        (wear is None, f"原值科目 {card.account} 不是固定资产、生物资产、无形资产或长期待摊费用"),
        (card.cost <= 0, "原值须大于零"),
        (not 0 <= card.residual_rate <= WHOLE, "残值率须在 0 到 100% 之间"),
        (not 0 <= card.months <= LONGEST, "使用年限须在 0（不提折旧）到 1200 个月之间"),
        (not 0 <= card.before <= card.cost - card.residual, "接账前已提折旧为负或多于应提数"),
        (bool(card.before) and card.carried is None, "有接账前已提折旧，要填从哪个月起由本账计提"),
        (card.left is not None and card.left < card.since, "退出日期早于启用日期"),
        (card.method not in METHODS, "没有选对折旧方法"),
        (card.method == UNITS and card.capacity <= 0, "按工作量法，要填还有多少总工作量"),
        (any(units < 0 for _, units in card.uses), "某个月的工作量为负"),
        (bool(taken) and taken < f"{card.since:%Y-%m}", "接账月份早于启用月份"),
        (
            wear is not None and card.accumulated.partition(".")[0] != wear.collects,
            f"累计折旧（摊销）科目应在 {wear.collects if wear else ''} 之下",
        ),
        (
            card.expense.partition(".")[0] not in EXPENSES,
            "费用科目应在 401、511、513、514、515 之下",
        ),
    ]


class BadCard(Refusal):
    """An asset's card cannot be depreciated."""

    code = "K020"
    says = "资产 {asset}（{name}）{why}，请更正资产卡片后再计提折旧。"
    rule = "农村集体经济组织会计制度（财会〔2023〕14号）固定资产"
    status = 422

"""Asset cards of a workbook as cards of the register: with their accounts, from the day on.

What wears off is charged by the use of the thing: 经营性 to 511, 公益性 to 514, 管理用 to 513.
Source: 农村集体经济组织会计制度 固定资产 (depreciation by use).
"""

from collections.abc import Iterable, Mapping
from datetime import date

from ledger.chart import Chart
from ledger.coming.placing import Placed
from ledger.coming.rolls import Card
from ledger.coming.sheet import Fault, Row
from ledger.registers.assets import WHOLE, Asset, BadCard, check_card

FIXED, WORN, WEAR = "151", "152", "折旧"
CHARGED = {"经营性": "511", "公益性": "514", "管理用": "513"}


class NoPlace(ValueError):  # noqa: N818 - it becomes a fault with a place
    """An account cannot be told; says why and what to do."""

    def __init__(self, account: str, what: str, todo: str) -> None:
        self.what, self.todo = f"{account}{what}", todo
        super().__init__(self.what)


def cards(
    found: Iterable[tuple[Card, Row]], placed: Iterable[Placed], chart: Chart, day: date
) -> tuple[list[Asset], list[Fault], list[Fault]]:
    """Return the cards of what is booked, the faults, and what to mind.

    `chart` has the details that the workbook opens; `day` is the one the books take them over on.
    """
    made: list[Asset] = []
    faults: list[Fault] = []
    hints: list[Fault] = []
    names = {one.account: one.name for one in placed}
    for card, row in found:
        if not card.booked:
            what, todo = "没有入账，不建折旧卡片", "入账后在“资产”页补卡"
            hints.append(row.fault("booked", what, todo))
            continue
        try:
            one = _asset(card, names, chart, day)
            check_card(one, chart)
        except NoPlace as wrong:
            faults.append(row.fault("detail", wrong.what, wrong.todo))
        except BadCard as wrong:
            faults.append(row.fault("number", wrong.sentence().partition("，请")[0], "更正这一行"))
        else:
            made.append(one)
    return made, faults, hints


def _asset(card: Card, names: Mapping[str, str], chart: Chart, day: date) -> Asset:
    account = _leaf(FIXED, card.detail, names, chart)
    return Asset(
        number=card.number,
        name=card.name,
        cost=card.value,
        residual_rate=(card.salvage * WHOLE * 2 + card.value) // (2 * card.value),
        months=card.life * 12,
        since=card.bought,
        account=account,
        accumulated=_leaf(WORN, card.detail, names, chart),
        expense=_charged(card.category, chart),
        place=card.place,
        user=card.user,
        before=card.depreciated,
        carried=day,
    )


def _leaf(top: str, detail: str, names: Mapping[str, str], chart: Chart) -> str:
    """Return the account under a top: the only one, or the one that bears the detail's name."""
    if chart.is_leaf(top):
        return top
    mine = [code for code in names if code.startswith(f"{top}.")]
    mine = mine or [one.code for one in chart.children(top) if chart.is_leaf(one.code)]
    by_name = [code for code in mine if detail and chart.get(code).name == detail]
    if len(by_name or mine) != 1:
        told = "、".join(chart.get(code).name for code in mine)
        what = f"有几个明细（{told}），不知道这张卡片属于哪一个"
        name = f"{top} {chart.get(top).name}"
        raise NoPlace(name, what, "在“明细科目”写明")
    return (by_name or mine)[0]


def _charged(category: str, chart: Chart) -> str:
    top = CHARGED.get(category, CHARGED["管理用"])
    if chart.is_leaf(top):
        return top
    below = [code for code in chart.accounts if code.startswith(f"{top}.") and chart.is_leaf(code)]
    worn = [code for code in below if WEAR in chart.get(code).name]
    if not worn:
        name = f"{top} {chart.get(top).name}"
        raise NoPlace(name, "设了明细，没有记折旧的明细", f"先在 {top} 下开设“折旧费”明细")
    return worn[0]

"""A distribution as layers in data: each takes its part of what the layers above have left.

The legal order is losses, 公积公益金, members, other (财农〔2021〕121号 art. 28); a plan in another
order is no plan. Members get theirs by quantified share alone (农村集体经济组织法 art. 40, 42):
points or the covenant may be rewarded out of a pool voted for that, never inside the dividend.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from itertools import pairwise
from typing import Any, NamedTuple

from ledger.distribution import HOUSEHOLD, BadRegister, NoSurplus, Roll, Row, TooMuch
from ledger.money import parse_yuan, split, yuan
from ledger.refusal import Refusal

SHARES = ("member", "collective", "fund", "land")
# To whom a layer gives, in the order in which the law lets it.
ORDER = {"losses": 0, "reserve": 1, "branches": 2, "members": 2, "pool": 3, "other": 3, "kept": 4}
TITLES = {
    "losses": "弥补以前年度亏损",
    "reserve": "提取公积公益金",
    "branches": "下拨各分社",
    "members": "向成员分配",
    "pool": "另行表决的积分奖励",
    "other": "其他分配",
    "kept": "留作扩大再生产",
}
KINDS = ("losses", "part", "sum", "each", "rest", "bonus")


class Layer(NamedTuple):
    """A layer: how it reckons its part, and to whom that goes.

    `part` takes `rate` of what is left, at most `most`; `sum` takes `fen`; `each` gives `fen` a
    share of the kinds in `by` (保底); `rest` takes all that is left; `bonus` gives no money but one
    share of `into` for every 1/rate of `by` (派送股权). `voted` names the resolution for a pool.
    """

    id: str
    title: str
    kind: str
    to: str
    rate: Fraction = Fraction(0)
    fen: int = 0
    most: int | None = None
    by: tuple[str, ...] = ("member",)
    into: str = ""
    voted: str = ""


class Stake(NamedTuple):
    """A household's shares by kind on the day of the distribution."""

    household: str
    group: str
    head: str
    people: int
    shares: Mapping[str, int]
    account_tail: str = ""


class Step(NamedTuple):
    """What a layer took (fen) and how much was left below it."""

    layer: Layer
    fen: int
    left: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a surplus: the steps, each household's money by layer, bonus shares.

    `bonus_layers` are the layers that hand out shares, by whose ids `bonuses` go.
    """

    year: int
    surplus: int
    steps: tuple[Step, ...]
    stakes: tuple[Stake, ...]
    parts: Mapping[str, tuple[int, ...]]
    bonuses: Mapping[str, tuple[int, ...]]
    bonus_layers: tuple[Layer, ...] = ()

    def total(self, to: str) -> int:
        """Return the fen that go to one of `ORDER`; what no layer takes is kept."""
        given = sum(step.fen for step in self.steps if step.layer.to == to)
        left = self.steps[-1].left if self.steps else self.surplus
        return given + (left if to == "kept" else 0)

    def roll(self) -> Roll:
        """Return the roll of the members' money, all layers together."""
        titles = {step.layer.id: step.layer.title for step in self.steps}
        stock = {layer.id: layer.into for layer in self.bonus_layers}
        layered = len(self.parts) > 1
        rows = []
        for at, one in enumerate(self.stakes):
            money = [(titles[name], column[at]) for name, column in self.parts.items()]
            shares, place = sum(one.shares.values()), (one.household, one.group, one.head)
            parts = tuple(part for part in money if part[1]) if layered else ()
            bonus = tuple(
                (stock[name], made[at]) for name, made in self.bonuses.items() if made[at]
            )
            fen = sum(part for _, part in money)
            rows.append(
                Row(*place, one.people, shares, fen, one.account_tail, parts=parts, bonus=bonus)
            )
        members, shares = self.total("members"), sum(row.shares for row in rows)
        per_share = Fraction(members, shares) if shares else Fraction(0)
        return Roll(self.year, members, per_share, tuple(rows))


def read(text: str) -> tuple[Layer, ...]:
    """Return the layers of a plan's text (TOML).

    Raises:
        BadPlan: it is no TOML, a layer is not one, the order is not that of the law, a pool without
            its own vote, a dividend by anything but shares.
    """
    try:
        data = tomllib.loads(text)
        layers = tuple(_layer(one) for one in data.get("layer", []))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, ZeroDivisionError) as fault:
        raise BadPlan(why=f"读不懂（{fault}）") from fault
    if not layers:
        raise BadPlan(why="没有一层")
    for layer in layers:
        _check(layer)
    if len({layer.id for layer in layers}) < len(layers):
        raise BadPlan(why="有两层编号相同")
    for above, below in pairwise(one for one in layers if one.kind != "bonus"):
        if ORDER[above.to] > ORDER[below.to]:
            raise BadPlan(
                why=f"“{below.title}”不能排在“{above.title}”之后，顺序是亏损、公积公益金、成员、其他"
            )
    return layers


def plan_text(given: Mapping[str, str]) -> str:
    """Return the text of a plan from what a form asks: percentages and yuan as people type them.

    `reserve`, `rate` (of what is left) in per cent, `floor` yuan a land share, `sum` yuan to the
    members, `bonus` fund shares for 100 member shares, `pool` yuan with its resolution `voted`.

    Raises:
        BadPlan: a field is no number. NotAmount, SubFen: an amount is none.
    """
    by = 'by = ["member", "collective", "fund", "land"]'
    rows: list[tuple[str, ...]] = [("losses", 'kind = "losses"', 'to = "losses"')]
    if given.get("reserve"):
        rate = _percent(given["reserve"])
        rows.append(("reserve", 'kind = "part"', f'rate = "{rate}"', 'to = "reserve"'))
    if given.get("floor"):
        fen = f"fen = {parse_yuan(given['floor'])}"
        rows.append(
            ("floor", 'title = "保底收入"', 'kind = "each"', fen, 'by = ["land"]', 'to = "members"')
        )
    if given.get("rate"):
        rate = _percent(given["rate"])
        rows.append(
            (
                "shares",
                'title = "按份额分红"',
                'kind = "part"',
                f'rate = "{rate}"',
                by,
                'to = "members"',
            )
        )
    if given.get("sum"):
        fen = f"fen = {parse_yuan(given['sum'])}"
        rows.append(("sum", 'title = "按份额分红"', 'kind = "sum"', fen, by, 'to = "members"'))
    if given.get("bonus"):
        rate = _percent(given["bonus"])
        rows.append(
            ("stock", 'title = "派送股权"', 'kind = "bonus"', f'rate = "{rate}"', 'into = "fund"')
        )
    if given.get("pool"):
        fen = f"fen = {parse_yuan(given['pool'])}"
        voted = f"voted = {json.dumps(given.get('voted', ''), ensure_ascii=False)}"
        rows.append(("pool", 'kind = "sum"', fen, voted, 'to = "pool"'))
    rows.append(("kept", 'kind = "rest"', 'to = "kept"'))
    return "".join(f'[[layer]]\nid = "{name}"\n' + "\n".join(lines) + "\n" for name, *lines in rows)


def _percent(asked: str) -> Fraction:
    try:
        return Fraction(asked.strip().rstrip("%％")) / 100
    except (ValueError, ZeroDivisionError) as fault:
        raise BadPlan(why=f"“{asked}”不是百分数，请只填数字，例如 30") from fault


def _layer(row: Mapping[str, Any]) -> Layer:
    known = dict(row)
    if not all(isinstance(known.get(name), int) for name in ("fen", "most") if name in known):
        raise BadPlan(why="金额要写成整数分")
    if "rate" in known:
        known["rate"] = Fraction(str(known["rate"]))
    if "by" in known:
        known["by"] = tuple(known["by"])
    known.setdefault("title", TITLES.get(str(known.get("to")), "派送股权"))
    known.setdefault("to", "members" if known.get("kind") == "bonus" else "")
    return Layer(**known)


def _check(layer: Layer) -> None:
    if layer.kind not in KINDS or layer.to not in ORDER:
        raise BadPlan(why=f"“{layer.title}”的种类 {layer.kind} 或去向 {layer.to} 不认识")
    if (layer.kind == "losses") != (layer.to == "losses"):
        raise BadPlan(why="弥补亏损只能自成一层")
    if not 0 <= layer.rate <= 1 or layer.fen < 0 or (layer.most or 0) < 0:
        raise BadPlan(why=f"“{layer.title}”的比例要在 0 与 1 之间，金额不能为负")
    if layer.to == "members" and (not layer.by or not set(layer.by) <= set(SHARES)):
        raise BadPlan(why=f"“{layer.title}”只能按份额分给成员；积分另设奖励资金，不得计入分红")
    if layer.kind == "each" and layer.to != "members":
        raise BadPlan(why=f"“{layer.title}”按股给付，只能分给成员")
    if layer.to == "pool" and not layer.voted.strip():
        raise BadPlan(why=f"“{layer.title}”须另行表决，请写明决议（voted）")
    if layer.kind == "bonus" and layer.into not in SHARES:
        raise BadPlan(why=f"“{layer.title}”没有写明派送哪种份额")


def pour(
    year: int, surplus: int, losses: int, layers: Iterable[Layer], stakes: Iterable[Stake]
) -> Outcome:
    """Let a surplus (fen) run down the layers and split the members' part by their shares.

    The same for stakes in any order; every layer's parts sum to it exactly (largest remainder,
    ties by household).

    Raises:
        NoSurplus: there is nothing to distribute.
        TooMuch: a layer asks for more than is left above it.
        BadRegister: a household twice; NoWeights: nobody holds shares of a layer's kinds.
    """
    if surplus <= 0:
        raise NoSurplus(year=year, surplus=yuan(surplus))
    ordered = _ordered(stakes)
    layers, left = tuple(layers), surplus
    if losses and not any(layer.kind == "losses" for layer in layers):
        raise BadPlan(why=f"以前年度有亏损 {yuan(losses)} 元，方案没有先弥补")
    steps: list[Step] = []
    parts: dict[str, tuple[int, ...]] = {}
    bonuses: dict[str, tuple[int, ...]] = {}
    for layer in layers:
        weights = [sum(one.shares.get(kind, 0) for kind in layer.by) for one in ordered]
        if layer.kind == "bonus":
            bonuses[layer.id] = tuple(int(count * layer.rate) for count in weights)
            continue
        fen = _takes(layer, left, losses, sum(weights))
        if fen > left:
            raise TooMuch(asked=f"{yuan(fen)}（{layer.title}）", left=yuan(left))
        left -= fen
        steps.append(Step(layer, fen, left))
        if layer.to == "members" and fen:
            parts[layer.id] = tuple(split(fen, weights))
    stock = tuple(layer for layer in layers if layer.kind == "bonus")
    return Outcome(year, surplus, tuple(steps), ordered, parts, bonuses, stock)


def _takes(layer: Layer, left: int, losses: int, units: int) -> int:
    if layer.kind == "losses":
        return min(losses, left)
    if layer.kind == "sum":
        return layer.fen
    if layer.kind == "each":
        return layer.fen * units
    fen = left if layer.kind == "rest" else int(left * layer.rate)
    return fen if layer.most is None else min(fen, layer.most)


def _ordered(stakes: Iterable[Stake]) -> tuple[Stake, ...]:
    ordered = tuple(sorted(stakes, key=lambda one: one.household))
    for before, one in pairwise(ordered):
        if before.household == one.household:
            raise BadRegister(why=f"户 {one.household} 重复")
    for one in ordered:
        if not HOUSEHOLD.fullmatch(one.household):
            raise BadRegister(why=f"户编号 {one.household} 只能用小写字母、数字和连字符")
        if any(count < 0 for count in one.shares.values()):
            raise BadRegister(why=f"户 {one.household} 的股数为负")
    return ordered


def branches(fen: int, shares: Mapping[str, int]) -> dict[str, int]:
    """Split what a union hands down among its branches by their shares in the union, exactly.

    A branch's own surplus stays its own: nothing is levelled between branches (121号 art. 32).
    """
    names = sorted(shares)
    return dict(zip(names, split(fen, [shares[name] for name in names]), strict=True))


def digest(text: str) -> str:
    """Return the SHA-256 (hex) of a plan's text, for the act that freezes what it gave."""
    return sha256(text.encode()).hexdigest()


class BadPlan(Refusal):
    """A plan of distribution that cannot be, or is against the law's order."""

    code = "D020"
    says = "分配方案不能这样定：{why}。"
    rule = "财农〔2021〕121号 第二十八条；农村集体经济组织法 第四十条、第四十二条"
    status = 422

"""What each old account becomes: by regime, code and name, and by choice where there are several.

A choice is asked once for an account and, where its details differ, for a detail.
Source: 财会〔2023〕20号 (transition)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.chart import standard
from ledger.coming import old_chart
from ledger.coming.balances import Old
from ledger.coming.old_chart import Known
from ledger.coming.rolls import Rolls
from ledger.coming.sheet import Fault

CURRENT = "113"
DISTRIBUTION = "322"


class Choice(NamedTuple):
    """One answer to a question: its value and in words when it is right."""

    value: str
    words: str


class Question(NamedTuple):
    """What only a person knows: key, the question, the choices, the answer so far, what is likely.

    `details` are the same question for single details, whose answers go before the account's.
    """

    key: str
    asks: str
    choices: tuple[Choice, ...]
    answer: str = ""
    likely: str = ""
    details: tuple["Question", ...] = ()

    @property
    def open(self) -> bool:
        """Tell whether an answer is missing."""
        if self.details:
            return not self.answer and any(not one.answer for one in self.details)
        return not self.answer


class Move(NamedTuple):
    """An old account with a balance (fen) and the account of the new chart that it goes to.

    `name` is the detail's own name under the new account, empty for the account itself; `target`
    is empty while the choice is open.
    """

    old: Old
    target: str
    name: str


@dataclass
class Turned:
    """The moves of all accounts with what was asked and found on the way."""

    moves: list[Move] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    hints: list[Fault] = field(default_factory=list)


def turn(tops: Iterable[Old], regime: str, answers: Mapping[str, str], rolls: Rolls) -> Turned:
    """Return what the accounts of a regime become, as far as the answers say."""
    turned = Turned()
    for top in tops:
        known = _known(top, regime, turned)
        if known is not None:
            _turn_top(top, known, answers, rolls, turned)
    return turned


def _known(top: Old, regime: str, turned: Turned) -> Known | None:
    known = old_chart.accounts(regime).get(top.code)
    if known is not None and old_chart.named(known, top.name):
        return known
    year = f"{regime} 年制度"
    if not top.name:
        what = f"没有上级科目 {top.code} 的一行，不能凭编码认定它是什么科目"
        todo = f"补上 {top.code} 的一行，写明科目名称"
        if known is not None:
            todo += f"（{year}的 {known.code} 是{known.name}）"
    elif known is not None:
        what = f"{top.code} 在{year}里是“{known.name}”，表里写的是“{top.name}”"
        todo = _suggestion(top, regime)
    else:
        what = f"{year}没有科目 {top.code} {top.name}"
        todo = _suggestion(top, regime)
    other = next(one for one in old_chart.REGIMES if one != regime)
    if top.name and old_chart.fits(other, top.code, top.name):
        todo = f"它是 {other} 年制度的科目：核对原账执行的制度，或{todo}"
    turned.faults.append(top.row.fault("code", what, todo))
    return None


def _suggestion(top: Old, regime: str) -> str:
    near = old_chart.alike(regime, top.code, top.name)
    if near:
        return f"改成最接近的科目：{'、'.join(near)}"
    return "把余额并入制度规定的科目后再导入"


def key_of(top: Old, leaf: str = "") -> str:
    """Return the key under which a choice is remembered."""
    return f"{top.code} {top.name}" + (f"/{leaf}" if leaf else "")


def _turn_top(
    top: Old, known: Known, answers: Mapping[str, str], rolls: Rolls, turned: Turned
) -> None:
    leaves = [leaf for leaf in top.leaves() if leaf.debit or leaf.credit]
    whole, asked = answers.get(key_of(top), ""), []
    for leaf in leaves:
        choices = known.choices(leaf.leaf)
        target = choices[0]
        if len(choices) > 1:
            question = _question(top, leaf, known, choices, answers, rolls)
            asked.append(question)
            target = question.answer or (whole if whole in choices else "")
        turned.moves.append(_move(leaf, target))
    if asked:
        turned.questions.append(_whole(top, known, asked, whole))


def _question(
    top: Old,
    leaf: Old,
    known: Known,
    choices: tuple[str, ...],
    answers: Mapping[str, str],
    rolls: Rolls,
) -> Question:
    key = key_of(top, leaf.leaf)
    given = answers.get(key, "") if leaf.leaf else ""
    likely = CURRENT if CURRENT in choices and leaf.name in rolls.by_name else ""
    words = _choices(choices, known)
    return Question(key, leaf.leaf, words, given if given in choices else "", likely)


def _whole(top: Old, known: Known, asked: list[Question], whole: str) -> Question:
    choices = asked[0].choices
    answer = whole if whole in {one.value for one in choices} else ""
    details = tuple(one for one in asked if one.asks)
    asks = f"{top.code} {known.name}转为哪个科目？"
    return Question(key_of(top), asks, choices, answer, "", details)


def _choices(choices: tuple[str, ...], known: Known) -> tuple[Choice, ...]:
    words = known.words or tuple(standard().get(code).name for code in choices)
    return tuple(
        Choice(code, f"{said} → {code} {standard().get(code).name}")
        for code, said in zip(choices, words, strict=True)
    )


def _move(leaf: Old, target: str) -> Move:
    if target == "322.02" and leaf.top.name and "分配" in leaf.name and "未分配" not in leaf.name:
        # 收益分配 has 各项分配 and 未分配收益; only the second is left after a year's end.
        own = "322.01" if leaf.above is not None and leaf.top.code == DISTRIBUTION else target
        return Move(leaf, own, "")
    if target.startswith(DISTRIBUTION):
        return Move(leaf, target, "")
    return Move(leaf, target, leaf.leaf)


def settle_households(turned: Turned, rolls: Rolls) -> None:
    """Give the details of 内部往来 their households: in the books they stand by number, not name.

    Source: 农村集体经济组织会计制度 113 内部往来 (kept per household and unit).
    """
    numbers = {one.household for one in rolls.holdings}
    for at, move in enumerate(turned.moves):
        if move.target != CURRENT:
            continue
        leaf = move.old
        if not move.name:
            what = "转到内部往来的余额要写到每户"
            turned.faults.append(
                leaf.row.fault("name", what, "在“内部往来”或“债权债务”表里逐户填写")
            )
            continue
        own = leaf.name
        found = {own} if own in numbers else rolls.by_name.get(own, set())
        if len(found) > 1:
            what = (
                f"有 {len(found)} 户里都有“{own}”（户 {'、'.join(sorted(found))}），不知道是哪一户"
            )
            turned.faults.append(leaf.row.fault("name", what, "把名称改成户编号"))
        elif found:
            turned.moves[at] = move._replace(name=f"户{found.pop()}")
        else:
            what = f"“{own}”不在成员与户名册里，按所属单位开户，名称会记入账簿"
            turned.hints.append(leaf.row.fault("name", what, "是本村农户的，请补进名册后再导入"))

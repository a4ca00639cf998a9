"""From a bank line to a draft voucher: rules first, then what the village did before."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple, Protocol

from ledger.bank.line import Line
from ledger.chart import Chart
from ledger.items import items
from ledger.voucher import Leg, Number, Party, Voucher

SUNDRY = {"in": "income.sundry", "out": "spending.sundry"}
PLAIN = {"in": "收到{who}{what}", "out": "付给{who}{what}"}
NOISE = re.compile(r"[\d年月日号第季度期\s\W_]+")
LENGTH = 60


class Rule(NamedTuple):
    """When a line's words hold one of `words`, it is for `item`.

    `side` is `in` or `out`; `account` overrides the item's account when not empty; `summary` is a
    template over {party}, {purpose}, {summary} and {month}; `party` (exact) and `like` (the number
    of the voucher that taught the rule) are for learned rules.
    """

    name: str
    side: str
    words: tuple[str, ...]
    item: str
    account: str
    summary: str
    party: str = ""
    like: str = ""


class Proposal(NamedTuple):
    """A draft for a line, why it is so (zh-CN), and whether nobody need look again."""

    voucher: Voucher
    reason: str
    sure: bool


class Lore(NamedTuple):
    """Rules ready for many lines: what was learned, by side, party and words; then the others."""

    taught: Mapping[tuple[str, str, str], Rule]
    rules: tuple[Rule, ...]

    def decide(self, line: Line) -> Rule | None:
        """Return the first rule that fits a line, learned ones before the others."""
        words = essence(words_of(line))
        for party in (line.party, ""):
            if (line.side, party, words) in self.taught:
                return self.taught[line.side, party, words]
        return next((rule for rule in self.rules if _fits(rule, line)), None)


def lore(rules: Sequence[Rule]) -> Lore:
    """Return rules so that a line finds what was learned for it at once."""
    taught = {(one.side, one.party, one.words[0]): one for one in reversed(rules) if one.like}
    return Lore(taught, tuple(one for one in rules if not one.like))


class Past(Protocol):
    """What is learned from: a posted voucher with its number."""

    @property
    def number(self) -> Number:
        """Return the voucher's number."""

    @property
    def voucher(self) -> Voucher:
        """Return the voucher."""


@cache
def standard_rules() -> tuple[Rule, ...]:
    """Return the rules of ledger/data/bank_rules.toml in order; the first that fits decides."""
    text = resources.files("ledger").joinpath("data", "bank_rules.toml").read_text("utf-8")
    return tuple(
        Rule(**{**row, "words": tuple(row["words"]), "account": row.get("account", "")})
        for row in tomllib.loads(text)["rule"]
    )


def propose(
    line: Line, village: str, bank_account_code: str, rules: Sequence[Rule] | Lore, chart: Chart
) -> Proposal:
    """Draft the voucher that answers a bank line.

    The first rule that fits decides item and account; a line that none fits goes to 零星 and is not
    sure. An account with details takes the detail whose name stands in the line, else the first and
    is not sure. The bank's own words stay on the bank leg, so that later lines can be compared.
    """
    rule = (rules if isinstance(rules, Lore) else lore(rules)).decide(line)
    item = rule.item if rule else SUNDRY[line.side]
    account = (rule.account if rule else "") or items()[item].account
    leaf, certain = _leaf(chart, account, line)
    summary = _summary(rule.summary if rule else "", line)
    voucher = Voucher(
        village=village,
        kind="receipt" if line.in_fen else "payment",
        day=line.day,
        summary=summary,
        purpose=item,
        legs=_legs(line, bank_account_code, leaf, summary),
        payee=Party(line.party, line.party_account, line.party_bank) if line.party else None,
        bank_line=line.key,
    )
    return Proposal(voucher, _reason(rule, line, certain=certain), rule is not None and certain)


def _fits(rule: Rule, line: Line) -> bool:
    if rule.side != line.side or (rule.party and rule.party != line.party):
        return False
    return any(word in line.text for word in rule.words)


def words_of(line: Line) -> str:
    """Return what the bank says the money is for: the purpose, else the summary."""
    return line.purpose or line.summary


def essence(text: str) -> str:
    """Return the words without dates, numbers, punctuation: 5月电费 and 6月份电费 are alike."""
    return NOISE.sub("", text.replace("月份", ""))


def _legs(line: Line, bank: str, counter: str, summary: str) -> tuple[Leg, ...]:
    sign = 1 if line.in_fen else -1
    money = Leg(bank, sign * line.fen, words_of(line) or summary)
    other = Leg(counter, -sign * line.fen, summary)
    return (money, other) if sign > 0 else (other, money)


def _leaf(chart: Chart, account: str, line: Line) -> tuple[str, bool]:
    """Return the account to book on, and whether it was told rather than guessed."""
    if chart.is_leaf(account):
        return account, True
    details = chart.children(account)
    for detail in details:
        if detail.name in line.text and chart.is_leaf(detail.code):
            return detail.code, True
    return _leaf(chart, details[0].code, line)[0], False


def _summary(template: str, line: Line) -> str:
    what = words_of(line)
    if template:
        facts = {"party": line.party, "purpose": what, "summary": line.summary}
        return template.format(**facts, month=line.day.month)[:LENGTH]
    what = f"：{what}" if what and line.party else what
    return (PLAIN[line.side].format(who=line.party, what=what))[:LENGTH]


def _reason(rule: Rule | None, line: Line, *, certain: bool) -> str:
    if rule is None:
        return "没有规则认得这笔流水，请选择收支项目"
    if rule.like:
        reason = f"与 {rule.like} 相同"
    else:
        word = next(word for word in rule.words if word in line.text)
        reason = f"规则“{rule.name}”：含“{word}”"
    return reason if certain else f"{reason}；请选择明细科目"


def learned(rules: Sequence[Rule], past: Iterable[Past]) -> tuple[Rule, ...]:
    """Put what posted vouchers teach before the rules: same party and same words, same item.

    The newest voucher decides. Red-letter vouchers and those they write off teach nothing.
    """
    vouchers = list(past)
    wrong = {one.voucher.reverses for one in vouchers}
    taught: dict[tuple[str, str, str], Rule] = {}
    for one in vouchers:
        rule = None if str(one.number) in wrong else _taught(one)
        if rule:
            taught[rule.side, rule.party, rule.words[0]] = rule
    return (*taught.values(), *rules)


def _taught(one: Past) -> Rule | None:
    voucher = one.voucher
    money = [leg for leg in voucher.legs if leg.account.partition(".")[0] == "102"]
    others = [leg for leg in voucher.legs if leg not in money]
    if voucher.reverses or voucher.payee is None or len(money) != 1 or len(others) != 1:
        return None
    side = "in" if money[0].fen > 0 else "out"
    words = essence(money[0].summary)
    if not words:
        return None
    return Rule(
        name=f"与 {one.number} 相同",
        side=side,
        words=(words,),
        item=voucher.purpose,
        account=others[0].account,
        summary="",
        party=voucher.payee.name,
        like=str(one.number),
    )

"""A union and its branches as one: what they owe each other is taken out, differences are named.

Nothing is levelled between branches (财农〔2021〕121号 art. 32): each keeps its own books and
surplus; this is a view over them. Source: 广元市利州区三堆镇 (镇级集体经济合作总社、分社).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ledger import statements
from ledger.refusal import Refusal
from ledger.statements import Statement, Year

KINDS = {"current": "内部往来", "capital": "出资", "income": "下拨收益"}
# Of each kind, which accounts stand against each other: (left, right).
SIDES = {
    "current": (("113",), ("113",)),
    "capital": (("301",), ("141",)),
    "income": (("113",), ("502",)),
}


class Pair(NamedTuple):
    """Two accounts that tell the same thing from both sides, `left` and `right` are villages.

    An `income` names the account of the union that it was handed down by; that account is matched
    by a pair of its own, so here the branch's income alone is taken out, against what was given.
    """

    kind: str
    left: str
    above: str
    right: str
    below: str


class Entity(NamedTuple):
    """One of the union: its balances at the year's beginning and now (fen), its year."""

    code: str
    name: str
    opening: Mapping[str, int]
    closing: Mapping[str, int]
    year: Year


class Match(NamedTuple):
    """What both sides of a pair say (fen, debit positive) and what was taken out."""

    pair: Pair
    left: int
    right: int
    out: int

    @property
    def difference(self) -> int:
        """Return what one side has and the other has not: on its way, or an error."""
        return 0 if self.pair.kind == "income" else self.left + self.right


class Whole(NamedTuple):
    """The union as one: 会村01表 and 会村02表 over all, and every pair with its difference."""

    sheet: Statement
    income: Statement
    matches: tuple[Match, ...]


def consolidate(entities: Sequence[Entity], pairs: Iterable[Pair]) -> Whole:
    """Return the union and its branches as one.

    Raises:
        BadPair: a pair names who is not of the union. StatementUntied: the whole does not tie.
    """
    known = {one.code: at for at, one in enumerate(entities)}
    pairs = tuple(pairs)
    for pair in pairs:
        if not {pair.left, pair.right} <= known.keys():
            raise BadPair(why=f"{pair.left} 或 {pair.right} 不在总社的名单里")
    opening = _sum(known, [one.opening for one in entities])
    closing = _sum(known, [one.closing for one in entities])
    matches = []
    for pair in pairs:
        keys = (f"{pair.above}.{known[pair.left]}", f"{pair.below}.{known[pair.right]}")
        _take(opening, keys, pair)
        matches.append(_take(closing, keys, pair))
    handed = sum(-match.right for match in matches if match.pair.kind == "income")
    year = _years(entities, pairs, handed)
    sheet = statements.balance_sheet(closing, opening)
    income = statements.income_statement(year)
    statements.tie(sheet, income)
    return Whole(sheet, income, tuple(matches))


def _sum(known: Mapping[str, int], books: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Put all balances side by side; the place keeps equal codes of two books apart."""
    found = {}
    for at in known.values():
        for code, fen in books[at].items():
            found[f"{code}.{at}"] = fen
    return found


def _take(balances: dict[str, int], keys: tuple[str, str], pair: Pair) -> Match:
    """Take out of the balances what both sides agree upon; the rest stays and is named."""
    left, right = (balances.get(key, 0) for key in keys)
    if pair.kind == "income":  # taken out of the year below, and kept in what is undistributed
        return Match(pair, left, right, -right)
    out = min(abs(left), abs(right)) if left * right < 0 else 0
    for key, fen in zip(keys, (left, right), strict=True):
        if out:
            balances[key] = fen - (out if fen > 0 else -out)
    return Match(pair, left, right, out)


def _years(entities: Sequence[Entity], pairs: Sequence[Pair], handed: int) -> Year:
    """Add the years up; what was handed down is no income of the whole and no gift of it."""
    moved: dict[str, int] = {}
    inner = {(pair.right, pair.below) for pair in pairs if pair.kind == "income"}
    for at, one in enumerate(entities):
        for code, fen in one.year.moved.items():
            if (one.code, code) not in inner:
                moved[f"{code}.{at}"] = fen
    years = [one.year for one in entities]
    into, given = sum(one.into for one in years), sum(one.members for one in years) - handed
    return Year(
        moved,
        sum(one.opening for one in years),
        into,
        sum(one.reserve for one in years),
        given,
        sum(one.other for one in years),
    )


class BadPair(Refusal):
    """Two accounts that cannot stand against each other."""

    code = "D060"
    says = "总社和分社的往来没有登记：{why}。"
    rule = "财农〔2021〕121号 第三十二条"
    status = 422

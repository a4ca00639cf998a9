"""The sheet: one village's month as villagers see it. Plain values, money in fen."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Line(NamedTuple):
    """One voucher on the sheet: item by item, entry by entry (逐项逐笔)."""

    number: str
    day: date
    summary: str
    fen: int
    handler: str
    party: str
    approver: str
    case: str


class Group(NamedTuple):
    """The entries of one item (收支项目) with their total."""

    item: str
    title: str
    fen: int
    lines: tuple[Line, ...]


class Fund(NamedTuple):
    """What a bank account or fund held, received, gave and holds."""

    name: str
    opening_fen: int
    in_fen: int
    out_fen: int
    closing_fen: int


class Claim(NamedTuple):
    """What somebody owes the collective, or the collective owes somebody."""

    account: str
    name: str
    fen: int


class Mark(NamedTuple):
    """A signature under the sheet: what for, who, when (ISO, empty when open), how."""

    title: str
    name: str
    at: str
    method: str


class Erratum(NamedTuple):
    """A correction: the entry written off, the entry that takes its place, why."""

    wrong: str
    right: str
    before_fen: int
    after_fen: int
    why: str


class Answer(NamedTuple):
    """A villager's question and, when there is one, its answer.

    `line` is the voucher asked about, `correction` the voucher that puts an error right; both may
    be empty.
    """

    number: str
    asked: date
    question: str
    answered: date | None
    answer: str
    by: str
    line: str = ""
    correction: str = ""


class Hung(NamedTuple):
    """How a month's sheet hung on a board: promised from `due` to `until`, in truth `up` to `down`.

    `due` is None where it was never published, `up` where nobody proved it, `down` while it hangs.
    """

    period: str
    board: str
    due: date | None
    until: date | None
    up: date | None
    down: date | None


class Urgent(NamedTuple):
    """A payment that an emergency let through while the sheet of a month was not posted."""

    number: str
    period: str


class Odd(NamedTuple):
    """How many of the month's vouchers show an odd pattern, a kind of `disclosure.oddly.KINDS`."""

    kind: str
    vouchers: int


class Aside(NamedTuple):
    """A line of what stands beside the money: which part (`PARTS`), who or what, words, fen."""

    part: str
    name: str
    words: str
    fen: int


# Parts of what stands beside the money, in their order on the sheet.
PARTS = {
    "gift": "专项资金是谁给的",
    "levy": "村民自筹收费（金额是还欠的）",
}
# Those whose names may be a person's.
PERSONAL = frozenset({"gift"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the month's sheet shows; page, PDF, JSON and CSV are renders of this value.

    The five lines villagers read first: opening_fen, income_fen, spending_fen, closing_fen, and the
    year's two sums. Money is 库存现金 + 银行存款. `hung`, `urgent`, `odd` and `asides` are left
    out of the JSON where there is nothing to say.
    """

    village: str
    name: str
    township: str
    period: str
    opening_fen: int
    income_fen: int
    spending_fen: int
    closing_fen: int
    year_income_fen: int
    year_spending_fen: int
    income: tuple[Group, ...]
    spending: tuple[Group, ...]
    transfers: tuple[Line, ...]
    banks: tuple[Fund, ...]
    funds: tuple[Fund, ...]
    receivables: tuple[Claim, ...]
    payables: tuple[Claim, ...]
    assets: tuple[Fund, ...]
    resources: tuple[Fund, ...]
    distribution: tuple[Claim, ...]
    errata: tuple[Erratum, ...]
    answers: tuple[Answer, ...]
    marks: tuple[Mark, ...]
    sealed: str
    size: int
    root: str
    digits: str
    registrar: str
    telephone: str
    posted: date | None
    until: date | None
    hung: tuple[Hung, ...] = ()
    urgent: tuple[Urgent, ...] = ()
    odd: tuple[Odd, ...] = ()
    asides: tuple[Aside, ...] = ()

    def beside(self) -> dict[str, list[Aside]]:
        """Return what stands beside the money by the title of its part, in their order."""
        found = {
            title: [one for one in self.asides if one.part == part] for part, title in PARTS.items()
        }
        return {title: rows for title, rows in found.items() if rows}

"""The voucher: what is asked for, signed, posted and printed.

A voucher is a value. Its canonical body is what every sign-off binds (docs/FORMATS.md, "Voucher").
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple, Protocol

from ledger import canonical
from ledger.refusal import Refusal

Kind = Literal["receipt", "payment", "transfer", "opening"]
WORDS: dict[str, str] = {"receipt": "收", "payment": "付", "transfer": "转", "opening": "初"}
CASH = "101"
BANK = "102"


# The name of an auxiliary dimension: what may stand in a Beancount key behind `dim-`.
DIMENSION = re.compile(r"[a-z][a-z0-9]{0,15}")


class Dim(NamedTuple):
    """What a leg is of in an auxiliary dimension that the village defined (辅助核算).

    Dimension and value by code and by the name they had when this was written, so that whoever
    signs or audits needs no list beside it; `name` may be empty where it would name a person.
    """

    code: str
    title: str
    value: str
    name: str

    def __str__(self) -> str:
        return f"{self.value} {self.name}".strip()


class Leg(NamedTuple):
    """One line of a voucher: positive fen is a debit (借), negative a credit (贷).

    `dims` are in the order of their codes, each dimension once.
    """

    account: str
    fen: int
    summary: str
    dims: tuple[Dim, ...] = ()

    def body(self) -> dict[str, Any]:
        """Return the canonical body; without dimensions the bytes it had before there were any."""
        plain = {"account": self.account, "fen": self.fen, "summary": self.summary}
        return {**plain, "dims": [dim._asdict() for dim in self.dims]} if self.dims else plain


class Party(NamedTuple):
    """Who pays or is paid: name, bank account number (may be empty) and bank name."""

    name: str
    account: str
    bank: str


# What a source document is; a policy may ask for some of these with a spending.
PAPERS: dict[str, str] = {
    "invoice": "发票",
    "receipt": "收据",
    "bank": "银行回单",
    "contract": "合同",
    "minutes": "会议记录",
    "roll": "发放花名册",
    "acceptance": "验收单",
    "photo": "照片",
}


class Paper(NamedTuple):
    """A source document: SHA-256 of its bytes (hex), title, its own number, and what it is.

    `kind` is a key of `PAPERS`, or empty where nobody said.
    """

    digest: str
    title: str
    number: str
    kind: str = ""

    def body(self) -> dict[str, str]:
        """Return the canonical body; a kind that nobody said is left out, as before there was one.

        So the digests of vouchers signed earlier stay what they were.
        """
        return {name: text for name, text in self._asdict().items() if text or name != "kind"}


class Number(NamedTuple):
    """The number of a posted voucher: gapless from 1 within village, year and kind."""

    year: int
    kind: str
    no: int

    def __str__(self) -> str:
        return f"{self.year}-{WORDS[self.kind]}-{self.no:04d}"

    @classmethod
    def parse(cls, text: str) -> "Number":
        """Read `2021-付-0012`.

        Raises:
            UnknownNumber: the text is no voucher number.
        """
        year, _, rest = text.partition("-")
        word, _, no = rest.partition("-")
        kinds = {word: kind for kind, word in WORDS.items()}
        if (
            not (year.isdecimal() and year.isascii() and no.isdecimal() and no.isascii())
            or word not in kinds
        ):
            raise UnknownNumber(number=text)
        return cls(int(year), kinds[word], int(no))


@dataclass(frozen=True, slots=True)
class Voucher:
    """One voucher before it has a number.

    `purpose` is an item of ledger/data/items.toml; `sheets` is 附单据数; `bank_line` the key of
    the bank statement line it answers; `reverses` the number it writes off in red; `corrects` the
    number that its blue entry puts right; `resolution` the resolution it carries out; `fund` the
    name of a fund.
    """

    village: str
    kind: Kind
    day: date
    summary: str
    purpose: str
    legs: tuple[Leg, ...]
    handler: str = ""
    payee: Party | None = None
    papers: tuple[Paper, ...] = ()
    sheets: int = 0
    bank_line: str = ""
    reverses: str = ""
    corrects: str = ""
    resolution: str = ""
    fund: str = ""

    @property
    def total(self) -> int:
        """Return the sum of the debit side in fen (of the red debits for a red-letter voucher)."""
        debits = sum(leg.fen for leg in self.legs if leg.fen > 0)
        return -debits if self.reverses else debits

    @property
    def period(self) -> str:
        """Return the month the voucher belongs to, `2021-05`."""
        return f"{self.day:%Y-%m}"

    def body(self) -> dict[str, Any]:
        """Return the canonical body: every field, always present, JSON values only."""
        return {
            "village": self.village,
            "kind": self.kind,
            "day": self.day.isoformat(),
            "summary": self.summary,
            "purpose": self.purpose,
            "handler": self.handler,
            "payee": self.payee._asdict() if self.payee else None,
            "legs": [leg.body() for leg in self.legs],
            "papers": [paper.body() for paper in self.papers],
            "sheets": self.sheets,
            "bank_line": self.bank_line,
            "reverses": self.reverses,
            "corrects": self.corrects,
            "resolution": self.resolution,
            "fund": self.fund,
        }

    def digest(self) -> str:
        """Return the SHA-256 (hex) of the canonical body."""
        return canonical.digest(self.body())


def from_body(body: Mapping[str, Any]) -> Voucher:
    """Rebuild the voucher whose `body()` this is (from_body(v.body()) == v).

    Raises:
        BadVoucher: a field is missing, unknown or of the wrong type.
    """
    try:
        fields = dict(body)
        fields["day"] = date.fromisoformat(fields["day"])
        fields["payee"] = Party(**fields["payee"]) if fields["payee"] else None
        fields["legs"] = tuple(_leg_of(leg) for leg in fields["legs"])
        fields["papers"] = tuple(Paper(**paper) for paper in fields["papers"])
        voucher = Voucher(**fields)
    except (KeyError, TypeError, ValueError) as fault:
        raise BadVoucher(why=str(fault)) from fault
    if voucher.body() != body:
        raise BadVoucher(why="字段不全或类型不对")
    return voucher


def _leg_of(body: Mapping[str, Any]) -> Leg:
    fields = dict(body)
    return Leg(dims=tuple(Dim(**dim) for dim in fields.pop("dims", ())), **fields)


class Accounts(Protocol):
    """What a check asks of a chart of accounts."""

    def is_leaf(self, code: str) -> bool:
        """Tell whether entries may be made on this account."""

    def knows(self, code: str) -> bool:
        """Tell whether the account exists and is open."""


def check(voucher: Voucher, chart: Accounts) -> None:
    """Refuse a voucher that no book may hold, whoever signs it.

    Raises:
        BadVoucher, NoLegs, ZeroLeg, Unbalanced, UnknownAccount, NotLeaf, WrongKind, CashSpending.
    """
    if voucher.kind not in WORDS:
        raise BadVoucher(why=f"凭证类别 {voucher.kind} 不存在")
    if not voucher.summary.strip():
        raise NoSummary
    if len(voucher.legs) < 2:  # noqa: PLR2004 - double entry
        raise NoLegs
    for leg in voucher.legs:
        _check_leg(leg, chart)
    difference = sum(leg.fen for leg in voucher.legs)
    if difference:
        raise Unbalanced(difference=f"{difference / 100:.2f}")
    check_papers(voucher.papers)
    _check_kind(voucher)


def check_papers(papers: Iterable[Paper]) -> None:
    """Refuse papers of a kind that does not exist.

    Raises:
        BadVoucher: names the kind.
    """
    for paper in papers:
        if paper.kind and paper.kind not in PAPERS:
            raise BadVoucher(why=f"单据种类 {paper.kind} 不存在")


def _check_leg(leg: Leg, chart: Accounts) -> None:
    if type(leg.fen) is not int:
        raise BadVoucher(why="金额必须是整数分")
    if leg.fen == 0:
        raise ZeroLeg(account=leg.account)
    if not chart.knows(leg.account):
        raise UnknownAccount(account=leg.account)
    if not chart.is_leaf(leg.account):
        raise NotLeaf(account=leg.account)
    codes = [dim.code for dim in leg.dims]
    if codes != sorted(set(codes)) or not all(map(DIMENSION.fullmatch, codes)):
        raise BadVoucher(why="辅助核算的项目重复、次序不对或代码不对")
    if not all(dim.title and dim.value for dim in leg.dims):
        raise BadVoucher(why="辅助核算没有写明项目和档案")


def _root(code: str) -> str:
    return code.partition(".")[0]


def _check_kind(voucher: Voucher) -> None:
    sign = -1 if voucher.reverses else 1
    cash = sign * sum(leg.fen for leg in voucher.legs if _root(leg.account) == CASH)
    bank = sign * sum(leg.fen for leg in voucher.legs if _root(leg.account) == BANK)
    money = any(_root(leg.account) in {CASH, BANK} for leg in voucher.legs)
    if voucher.kind == "opening":
        return
    if voucher.kind == "transfer" and money:
        raise WrongKind(kind="转账", why="不能涉及现金或银行存款科目")
    if voucher.kind == "receipt" and cash + bank <= 0:
        raise WrongKind(kind="收款", why="必须增加现金或银行存款")
    if voucher.kind == "payment" and (not money or cash + bank > 0):
        raise WrongKind(kind="付款", why="必须减少银行存款，或在账户之间划转")
    # A deposit of cash into the bank is no spending; anything else out of the till is.
    if cash < 0 and bank < -cash:
        raise CashSpending


class BadVoucher(Refusal):
    """The voucher's fields are not those of a voucher."""

    code = "V001"
    says = "凭证内容无法识别：{why}。请重新填写后提交。"
    status = 422


class NoLegs(Refusal):
    """A voucher has fewer than two legs."""

    code = "V002"
    says = "凭证至少要有一借一贷两行分录，请补全。"
    rule = "会计基础工作规范 第五十一条"
    status = 422


class ZeroLeg(Refusal):
    """A leg is of zero."""

    code = "V003"
    says = "科目 {account} 的金额为零，请填写金额或删去该行。"
    status = 422


class Unbalanced(Refusal):
    """Debits and credits differ."""

    code = "V004"
    says = "借贷不平，相差 {difference} 元，请核对各行金额。"
    rule = "农村集体经济组织会计制度 借贷记账法"
    status = 422


class UnknownAccount(Refusal):
    """The account does not exist in this village's chart, or is closed."""

    code = "V005"
    says = "科目 {account} 不存在或已停用，请从本村科目表中选择。"
    rule = "财会〔2023〕14号 附录：会计科目"
    status = 422


class NotLeaf(Refusal):
    """The account has detail accounts; entries go to those."""

    code = "V006"
    says = "科目 {account} 设有明细科目，请选择末级明细科目。"
    status = 422


class WrongKind(Refusal):
    """The legs do not fit the class of the voucher."""

    code = "V007"
    says = "{kind}凭证{why}，请改用合适的凭证类别。"
    rule = "会计基础工作规范 第五十条"
    status = 422


class CashSpending(Refusal):
    """Spending out of the till: payments go through the bank."""

    code = "V008"
    says = "零现金支付：支出必须通过银行转账，不能用库存现金付款。请改用银行存款科目。"
    rule = "利州区“银行转账，零现金支付”；农村集体经济组织法 第四十四条"
    status = 422


class NoSummary(Refusal):
    """The voucher has no summary."""

    code = "V009"
    says = "凭证没有摘要，请用一句话写明事由。"
    rule = "会计基础工作规范 第五十一条"
    status = 422


class UnknownNumber(Refusal):
    """The text is no voucher number."""

    code = "V010"
    says = "“{number}”不是凭证号，凭证号形如 2021-付-0012。"
    status = 404

"""The chart of accounts of 农村集体经济组织会计制度 (财会〔2023〕14号) and a village's details."""

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import NamedTuple

from ledger.initials import spells
from ledger.refusal import Refusal

ROOTS = {"Assets", "Liabilities", "Equity", "Income", "Expenses"}
# Only ASCII digits: 102.０１ would be a second account that reads like 102.01.
_CODE = re.compile(r"[0-9]{3}(\.[0-9]{2,4}){0,3}")


class Account(NamedTuple):
    """One account; `side` is its normal side (debit, credit, both), `parent` None at the top."""

    code: str
    name: str
    name_en: str
    category: str
    root: str
    side: str
    parent: str | None


@dataclass(frozen=True)
class Chart:
    """Accounts by code, with the Beancount path of each; every look-up is one of a dictionary.

    `build` makes it. Codes, paths and details by parent are derived from `accounts` alone.
    """

    accounts: dict[str, Account] = field(hash=False)
    paths: dict[str, str] = field(default_factory=dict, compare=False)
    codes: dict[str, str] = field(default_factory=dict, compare=False)
    parents: frozenset[str] = frozenset()
    details: dict[str, list[Account]] = field(default_factory=dict, compare=False)

    def get(self, code: str) -> Account:
        """Return an account.

        Raises:
            NoAccount: the chart has no such code.
        """
        if code not in self.accounts:
            raise NoAccount(account=code)
        return self.accounts[code]

    def knows(self, code: str) -> bool:
        """Tell whether the account exists."""
        return code in self.accounts

    def is_leaf(self, code: str) -> bool:
        """Tell whether entries may be made on the account."""
        return code in self.accounts and code not in self.parents

    def children(self, code: str) -> list[Account]:
        """Return the direct details of an account, in the order of the chart."""
        return list(self.details.get(code, ()))

    def path(self, code: str) -> str:
        """Return the Beancount account of a code."""
        self.get(code)
        return self.paths[code]

    def code_of(self, path: str) -> str:
        """Return the code of a Beancount account.

        Raises:
            NoAccount: no account of the chart has this path.
        """
        if path not in self.codes:
            raise NoAccount(account=path)
        return self.codes[path]

    def with_details(self, details: Iterable[tuple[str, str]]) -> "Chart":
        """Return the chart with further detail accounts (code, name); parents come first.

        Raises:
            BadDetail: the code has a wrong form or is taken, the parent is missing, or nothing of
                the name can stand in a Beancount account.
        """
        accounts = dict(self.accounts)
        for code, name in details:
            parent = code.rpartition(".")[0]
            if not _CODE.fullmatch(code) or parent not in accounts or code in accounts:
                raise BadDetail(code=code, name=name)
            if not plain(name):
                raise BadDetail(code=code, name=name)
            above = accounts[parent]
            accounts[code] = above._replace(code=code, name=name, name_en="", parent=parent)
        return build(accounts)

    def find(self, text: str) -> list[Account]:
        """Return the accounts that a text may mean, those whose code begins with it first.

        The text is the beginning of a code, a part of a name, or pinyin initials of a part.
        """
        wanted = unicodedata.normalize("NFKC", text).strip()
        if not wanted:
            return []
        by_code = {code: item for code, item in self.accounts.items() if code.startswith(wanted)}
        by_name = {code: item for code, item in self.accounts.items() if _named(item.name, wanted)}
        return list((by_code | by_name).values())


def _named(name: str, wanted: str) -> bool:
    return wanted in unicodedata.normalize("NFKC", name) or spells(wanted, name)


def plain(name: str) -> str:
    """Return what of a name may stand in a Beancount account: letters, digits and hyphens."""
    # 〇 is a numeral to Unicode and no letter; 二〇二一 is common in names of projects.
    folded = unicodedata.normalize("NFKC", name).replace("〇", "零")
    return "".join(sign for sign in folded if sign == "-" or _stands(sign))


def _stands(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category.startswith("L") or category == "Nd"


def component(code: str, name: str) -> str:
    """Return the Beancount component of a code: its last segment and the plain name.

    A hyphen keeps a name that begins with a digit off the segment, so that the leading digits are
    always the segment and no two codes share a path.
    """
    cleaned = plain(name)
    hyphen = "-" if cleaned[:1].isdecimal() else ""
    return f"{code.rpartition('.')[2]}{hyphen}{cleaned}"


def build(accounts: dict[str, Account]) -> Chart:
    """Return the chart of these accounts; a parent comes before its details."""
    paths: dict[str, str] = {}
    details: dict[str, list[Account]] = {}
    for code, item in accounts.items():
        above = item.root
        if item.parent:
            above = paths[item.parent]
            details.setdefault(item.parent, []).append(item)
        paths[code] = f"{above}:{component(code, item.name)}"
    codes = {path: code for code, path in paths.items()}
    return Chart(accounts, paths, codes, frozenset(details), details)


@cache
def standard() -> Chart:
    """Return the forty-two accounts and the two details of 322."""
    text = (resources.files("ledger") / "data/chart_2023.csv").read_text("utf-8")
    accounts = {}
    for row in csv.DictReader(text.splitlines()):
        code = row["code"]
        accounts[code] = Account(
            code,
            row["name_zh"],
            row["name_en"],
            row["category"],
            row["root"],
            row["normal_side"],
            code.rpartition(".")[0] or None,
        )
    return build(accounts)


class NoAccount(Refusal):
    """The chart has no such account."""

    code = "K001"
    says = "科目 {account} 不在本村科目表中。"
    status = 404


class BadDetail(Refusal):
    """The detail account cannot be opened."""

    code = "K002"
    says = "不能开设明细科目 {code} {name}：上级科目不存在、编码重复或格式不对。编码形如 102.01。"
    status = 422

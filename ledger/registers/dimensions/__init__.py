"""Auxiliary dimensions (辅助核算) that a village defines: 村民小组, project, household, contract.

A dimension has values of its own, or takes those of a register: households stand by their number
alone, as in the chart (decision 32), contracts by number and subject. What a leg is of is written
into the voucher with the names of the day, so that a signature binds it and no list is needed to
read it. Pure; source: 财会〔2024〕12号 § 20 (三).
"""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from ledger.initials import spells
from ledger.refusal import Refusal
from ledger.voucher import DIMENSION, Dim

OWN = "list"
CONTRACT = "contract"  # there by itself where a village has contracts, so that rents are told apart
SOURCES = {
    OWN: "自己列的档案",
    "households": "户（只记户号）",
    "contracts": "合同",
    "assets": "资产卡片",
}
LONGEST, NAMED = 60, 5


class Dimension(NamedTuple):
    """A dimension: its code, names in both languages, where its values come from.

    `accounts` are codes that it is asked for on, with their details; none: on every account.
    `first` and `last` are the first and last day it may be written; None: from or for ever.
    """

    code: str
    zh: str
    en: str
    source: str = OWN
    accounts: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None

    def asked(self, account: str) -> bool:
        """Tell whether it is asked for on an account."""
        return not self.accounts or any(
            account == code or account.startswith(f"{code}.") for code in self.accounts
        )


class Value(NamedTuple):
    """A value of a dimension, with the first and last day it may be written."""

    code: str
    name: str
    first: date | None = None
    last: date | None = None

    @property
    def shown(self) -> str:
        """Return code and name as the grid shows them."""
        return f"{self.code} {self.name}".strip()


def active(one: Dimension | Value, day: date) -> bool:
    """Tell whether a dimension or value may be written on a day."""
    return (one.first or day) <= day <= (one.last or day)


def check(one: Dimension) -> None:
    """Refuse a dimension that cannot be.

    Raises:
        BadDimension: says what is wrong.
    """
    if not DIMENSION.fullmatch(one.code):
        raise BadDimension(why="代码用小写英文字母开头，后面可以有数字，不超过 16 个，例如 group")
    for name in (one.zh, one.en):
        if not name.strip() or len(name) > LONGEST:
            raise BadDimension(why=f"请写中文名和英文名，各不超过 {LONGEST} 个字")
    if one.source not in SOURCES:
        raise BadDimension(why="请选档案从哪里来")
    _check_days(one)


def check_value(one: Value) -> None:
    """Refuse a value that cannot be.

    Raises:
        BadDimension: says what is wrong.
    """
    if not one.code or " " in one.code or len(one.code) > LONGEST or len(one.name) > LONGEST:
        why = f"“{one.shown[:LONGEST]}”要先写代码再写名称，各不超过 {LONGEST} 个字"
        raise BadDimension(why=why)
    _check_days(one)


def _check_days(one: Dimension | Value) -> None:
    if one.first and one.last and one.last < one.first:
        raise BadDimension(why=f"停用日期 {one.last} 早于启用日期 {one.first}")


def search(values: Iterable[Value], wanted: str) -> list[Value]:
    """Return the values that a text may mean, as accounts are looked up: code, name, initials."""
    plain = unicodedata.normalize("NFKC", wanted).strip()
    known = list(values)
    exact = [one for one in known if plain == one.code or plain.startswith(f"{one.code} ")]
    if exact or not plain:
        return exact
    by_code = [one for one in known if one.code.startswith(plain)]
    return by_code + [
        one
        for one in known
        if one not in by_code and (plain in one.name or spells(plain, one.name))
    ]


def chosen(
    known: Mapping[Dimension, Iterable[Value]], typed: Mapping[str, str], day: date, row: int
) -> tuple[Dim, ...]:
    """Return what a leg is of, from what was typed for each dimension (by code) in a row from 1.

    Raises:
        NoValue: a text means no value, several, or one that is not in use on the day.
    """
    found = []
    for one in sorted(known):
        text = typed.get(one.code, "")
        if not text:
            continue
        if not active(one, day):
            raise NoValue(row=row, title=one.zh, why=f"{day} 不在启用期内，请清空这一格")
        value = _value(one, search(known[one], text), text, day, row)
        found.append(Dim(one.code, one.zh, value.code, value.name))
    return tuple(found)


def _value(one: Dimension, found: list[Value], text: str, day: date, row: int) -> Value:
    fitting = [value for value in found if active(value, day)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = "、".join(value.shown for value in fitting[:NAMED])
        raise NoValue(row=row, title=one.zh, why=f"“{text}”可能是{names}等，请写代码")
    if found:
        raise NoValue(row=row, title=one.zh, why=f"“{found[0].shown}”在 {day} 没有启用或已停用")
    raise NoValue(row=row, title=one.zh, why=f"没有“{text}”，请从档案里选")


class BadDimension(Refusal):
    """An auxiliary dimension or a value of one cannot be kept."""

    code = "W660"
    says = "辅助核算没有存：{why}。"
    rule = "财会〔2024〕12号 第二十条（三）"
    status = 422


class NoValue(Refusal):
    """What was typed for a dimension means none of its values, or several."""

    code = "W661"
    says = "第 {row} 行的{title}：{why}。"
    status = 422

"""The voucher form: what it says of a voucher, and the voucher that it describes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.drafts import MOST_ROWS, dim_field
from app.web.room import text
from approvals.cases import standing_of
from approvals.standing import Standing
from ledger import periods
from ledger.money import parse_yuan
from ledger.refusal import Refusal
from ledger.registers import dimensions
from ledger.registers.dimensions import Dimension, Value
from ledger.voucher import Leg, Party, Voucher

Known = Mapping[Dimension, list[Value]]
ROWS = 6
KINDS = frozenset({"receipt", "payment", "transfer"})
OPEN = frozenset({"signing", "returned", "cleared"})
SIDES = ("account", "debit", "credit")


def may_amend(standing: Standing, person: str) -> bool:
    """Tell whether a person made the case and may still amend or withdraw it."""
    return standing.state in OPEN and person in standing.makers


def amended(conn: Connection, village: str, case: str, person: str) -> Standing | None:
    """Return the case that a person amends by the form, or None when it is a new one.

    Raises:
        UnknownCase: the village has no such case.
    """
    if not case:
        return None
    standing = standing_of(conn, village, case)
    fits = standing.voucher.kind in KINDS and may_amend(standing, person)
    return standing if fits else None


def rows(values: Mapping[str, Any]) -> int:
    """Return how many rows the form shows: six, or as many as are filled."""
    filled = [
        row for row in range(MOST_ROWS) if any(text(values, f"{side}{row}") for side in SIDES)
    ]
    return max([ROWS, *(row + 1 for row in filled)])


def drafted(
    values: Mapping[str, Any], before: Voucher | None, known: Known | None = None
) -> Voucher:
    """Return the voucher that the form describes, upon the revision before if there is one.

    `known` are the village's auxiliary dimensions with their values.

    Raises:
        NoValue: a dimension's text means none of its values.
        BadForm: a field cannot be read; names it.
        OneSide: a row has an amount on both sides or on none.
        RedAmount: an amount is negative.
    """
    kind, sheets = text(values, "kind"), text(values, "sheets") or "0"
    if kind not in KINDS:
        raise BadForm(field="凭证类别")
    if not (sheets.isascii() and sheets.isdecimal() and len(sheets) <= 4):  # noqa: PLR2004
        raise BadForm(field="附单据数")
    if not text(values, "purpose"):
        raise BadForm(field="收支项目")
    day = _day(text(values, "day"))
    base = before or Voucher(text(values, "village"), "transfer", date.min, "", "", ())
    return replace(
        base,
        kind=kind,  # type: ignore[arg-type]
        day=day,
        summary=text(values, "summary"),
        purpose=text(values, "purpose"),
        legs=tuple(leg for row in range(MOST_ROWS) for leg in _leg(values, row, day, known or {})),
        handler=text(values, "handler"),
        payee=_payee(values),
        sheets=int(sheets),
        reverses=text(values, "reverses") or base.reverses,
        corrects=text(values, "corrects") or base.corrects,
    )


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as fault:
        raise BadForm(field="日期") from fault


def _payee(values: Mapping[str, Any]) -> Party | None:
    if not text(values, "payee"):
        return None
    return Party(*(text(values, name) for name in ("payee", "payee_account", "payee_bank")))


def _leg(values: Mapping[str, Any], row: int, day: date, known: Known) -> list[Leg]:
    account = text(values, f"account{row}").partition(" ")[0]
    debit, credit = text(values, f"debit{row}"), text(values, f"credit{row}")
    if not account and not debit and not credit:
        return []
    if bool(debit) == bool(credit):
        raise OneSide(row=row + 1)
    amount = parse_yuan(debit or credit)
    if amount < 0:
        raise RedAmount(row=row + 1)
    fen = amount if debit else -amount
    typed = {one.code: text(values, dim_field(one.code, row)) for one in known}
    dims = dimensions.chosen(known, typed, day, row + 1)
    return [Leg(account, fen, text(values, f"words{row}"), dims)]


def mirrored(voucher: Voucher, wrong: Voucher) -> Voucher:
    """Return a red-letter voucher with the dimensions of the voucher that it writes off.

    They were signed once; what the lists say today does not matter.
    """
    if len(voucher.legs) != len(wrong.legs):
        return voucher
    pairs = zip(voucher.legs, wrong.legs, strict=True)
    return replace(voucher, legs=tuple(leg._replace(dims=old.dims) for leg, old in pairs))


def month_of(values: Mapping[str, Any], name: str) -> str:
    """Return a month that was typed: a wrong one is a field to mend, not a page that is not there.

    Raises:
        BadForm: it is none.
    """
    try:
        return periods.parse(text(values, name))
    except periods.BadPeriod:
        raise BadForm(field="月份") from None


class BadForm(Refusal):
    """A field of the voucher form cannot be read."""

    code = "W021"
    says = "“{field}”填得不对，请改正后再提交。"
    status = 422


class OneSide(Refusal):
    """A row has an amount on both sides or on none."""

    code = "W022"
    says = "第 {row} 行：借方、贷方只填一边，并选好科目。"
    status = 422


class RedAmount(Refusal):
    """An amount of an ordinary voucher is negative; red is for writing off alone."""

    code = "W027"
    says = "第 {row} 行：金额不能为负。写错方向请换到另一边；冲销已记账的凭证要用红字冲销。"
    rule = "会计基础工作规范 第五十一条（五）"
    status = 422

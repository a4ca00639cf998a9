"""Electronic invoices among the papers: what they say, held against the voucher."""

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from app import bounded, einvoice
from ledger import papers
from ledger.money import parse_yuan, yuan
from ledger.posted.finding import plain
from ledger.refusal import Refusal
from ledger.voucher import Voucher

KINDS = frozenset({"xml", "ofd", "pdf"})


class Invoice(NamedTuple):
    """What an electronic invoice states; `number` holds code and number, `fen` with the tax.

    `day`, `fen` and the names are None or empty where the file does not say them.
    """

    number: str
    day: date | None
    fen: int | None
    seller: str
    buyer: str
    what: str


def read(data: bytes) -> Invoice | None:
    """Return what a paper states as an electronic invoice, or None when it is none."""
    kind = papers.sniff(data)
    if kind not in KINDS:
        return None
    answer = bounded.run(einvoice.__file__, data, kind)
    stated: dict[str, str] = json.loads(answer) if answer else {}
    if not stated:
        return None
    return Invoice(
        number="-".join(part for part in (stated.get("code"), stated["number"]) if part)[:80],
        day=_day(stated.get("day", "")),
        fen=_fen(stated.get("total", "")),
        **{name: stated.get(name, "") for name in ("seller", "buyer", "what")},
    )


@lru_cache(maxsize=1024)
def kept(root: Path, digest: str) -> Invoice | None:
    """Return what a kept paper states as an electronic invoice, or None when it is none.

    Raises:
        UnknownPaper, DamagedPaper: of `ledger.papers`.
    """
    return read(papers.load(root, digest))


def _day(text: str) -> date | None:
    digits = "".join(letter for letter in text[:11] if letter.isdecimal())
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _fen(text: str) -> int | None:
    try:
        return parse_yuan(text)
    except Refusal:
        return None


def doubts(voucher: Voucher, unit: str, found: Sequence[Invoice]) -> list[str]:
    """Return, in plain words, where a voucher and its invoices say different things.

    `unit` is the full name of the collective. An invoice that does not state a field is not held
    against it; the signers decide what a difference means.
    """
    if not found:
        return []
    told = []
    sums = [one.fen for one in found if one.fen is not None]
    if len(sums) == len(found) and sum(sums) != voucher.total:
        told.append(f"发票合计 {yuan(sum(sums))} 元，凭证是 {yuan(voucher.total)} 元。")
    payee = voucher.payee.name if voucher.payee else ""
    for one in found:
        if voucher.kind == "payment" and one.seller and payee and plain(one.seller) != plain(payee):
            told.append(f"发票 {one.number} 的销售方是“{one.seller}”，收款方是“{payee}”。")
        if voucher.kind == "payment" and one.buyer and plain(one.buyer) != plain(unit):
            told.append(f"发票 {one.number} 的购买方是“{one.buyer}”，不是本集体“{unit}”。")
        if one.day and one.day > voucher.day:
            told.append(f"发票 {one.number} 的开票日期 {one.day} 晚于凭证日期 {voucher.day}。")
    return told

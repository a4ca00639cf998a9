"""What a case is found by: the words kept of it, and how what somebody types is understood."""

import re
import unicodedata
from datetime import date
from typing import Any, NamedTuple

from ledger.money import NotAmount, SubFen, TooMuch, parse_yuan
from ledger.voucher import WORDS, Voucher

KINDS = {word: kind for kind, word in WORDS.items()}
# `2021-付-0012`, `付-12`, `付12`
NUMBER = re.compile(rf"(?:([0-9]{{4}})-)?({'|'.join(KINDS)})-?0*([0-9]{{1,8}})")


class Found(NamedTuple):
    """A case that a search found; `number` is empty until it is posted, `fen` its total."""

    village: str
    case: str
    day: date
    number: str
    open: bool
    summary: str
    payee: str
    fen: int


def entry(voucher: Voucher) -> dict[str, Any]:
    """Return what the index keeps of a voucher, by column."""
    payee = voucher.payee.name if voucher.payee else ""
    words = [voucher.summary, payee, voucher.handler, *(leg.summary for leg in voucher.legs)]
    words += [text for paper in voucher.papers for text in (paper.title, paper.number)]
    return {
        "day": voucher.day,
        "fen": voucher.total,
        "summary": voucher.summary,
        "payee": payee,
        "words": "\n".join(dict.fromkeys(plain(text) for text in words if text)),
    }


def plain(text: str) -> str:
    """Return text as it is compared: full-width as half-width, capitals as small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def amounts(word: str) -> set[int]:
    """Return the totals (fen) that a word may mean: black and red, or none."""
    try:
        fen = parse_yuan(word)
    except (NotAmount, SubFen, TooMuch):
        return set()
    return {fen, -fen}


def number(word: str) -> dict[str, Any]:
    """Return what a word says of a voucher's number, by column; nothing if it is no number."""
    found = NUMBER.fullmatch(word)
    if found is None:
        return {}
    year, kind, no = found.groups()
    return {"kind": KINDS[kind], "no": int(no), **({"year": int(year)} if year else {})}

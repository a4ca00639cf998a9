"""Days, times, amounts and header names as banks write them."""

import re
import unicodedata
from datetime import date, time

from ledger.money import NotAmount, SubFen, TooMuch, parse_yuan

BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
TIME = re.compile(r"(\d{1,2})\s*[:时]\s*(\d{1,2})\s*(?:[:分]\s*(\d{1,2}))?(?:\.\d+)?\s*秒?")
PACKED_TIME = re.compile(r"(\d{2})(\d{2})(\d{2})")
NOTHING = {"", "-", "--", "—", "/", "无"}


def name(header: str) -> str:
    """Return a header or label as it is compared: half-width, no blanks, no brackets, no colon."""
    text = unicodedata.normalize("NFKC", header)
    return BRACKETS.sub("", "".join(text.split())).rstrip(":").upper()


def moment(text: str) -> tuple[date, str] | None:
    """Read `2021-05-03 10:22:31`, `20210503`, `2021年5月3日` …; the time may be absent (empty)."""
    text = unicodedata.normalize("NFKC", text).replace("T", " ").strip()
    found = DAY.match(text) or PACKED.match(text)
    if not found:
        return None
    try:
        day = date(*map(int, found.groups()))
    except ValueError:
        return None
    rest = text[found.end() :].strip()
    at = clock(rest)
    return None if at is None else (day, at)


def clock(text: str) -> str | None:
    """Read a time of day as `10:22:31`; empty for an empty text, None for no time."""
    text = unicodedata.normalize("NFKC", text).strip()
    if text in NOTHING:
        return ""
    found = TIME.fullmatch(text) or PACKED_TIME.fullmatch(text.zfill(6))
    if not found:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return time(hour, minute, second).isoformat()
    except ValueError:
        return None


def amount(text: str) -> int | None:
    """Read an amount in yuan as fen; an empty cell or a dash is nothing (0), None is no amount.

    Decimals beyond the fen are accepted only if they are zeros, as some exports write 12.5000.
    """
    if text.strip() in NOTHING:
        return 0
    head, point, tail = text.strip().replace("．", ".").partition(".")
    text = head + point + tail[:2] if tail[2:].strip("0") == "" else text
    try:
        return parse_yuan(text)
    except (NotAmount, SubFen, TooMuch):
        return None


def alike(one: str, other: str) -> bool:
    """Tell whether two names or numbers may be one; banks hide some signs behind stars."""
    for masked, plain in ((one, other), (other, one)):
        pattern = ".*".join(re.escape(part) for part in re.split(r"\*+", masked))
        if re.fullmatch(pattern, plain):
            return True
    return False

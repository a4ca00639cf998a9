"""Money: integer fen, read from what people type and bring, written as they expect it."""

import re
from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from ledger.refusal import Refusal

LARGEST = 2**53 - 1  # fen; what canonical JSON can hold exactly
# Not NFKC: that would read 10² as 102.
NARROW = str.maketrans("０１２３４５６７８９，．－−＋￥", "0123456789,.--+¥")
AMOUNT = re.compile(
    r"(?P<sign>[-+]?)\s*¥?\s*(?P<sign2>[-+]?)"
    r"(?P<yuan>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.(?P<part>[0-9]+))?\s*元?"
)
DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))
SPOKEN = str.maketrans(DIGITS + "仟佰拾", "零一二三四五六七八九千百十")
PAIR = ("二千", "二万", "二亿")  # said 两千, 两万, 两亿 where a number begins with them


def parse_yuan(text: str) -> int:
    """Read an amount in yuan as people write it and return it in fen.

    Full-width digits, thousands commas, `¥`, `元`, a sign and surrounding blanks are understood.

    Raises:
        NotAmount: the text is no amount.
        SubFen: there are more than two decimals.
        TooMuch: the amount is beyond ±(2^53 - 1) fen.
    """
    found = AMOUNT.fullmatch(text.strip().translate(NARROW))
    if not found or not (found["yuan"] or found["part"]) or (found["sign"] and found["sign2"]):
        raise NotAmount(text=text)
    part = found["part"] or ""
    if len(part) > 2:  # noqa: PLR2004 - jiao and fen
        raise SubFen(text=text)
    digits = found["yuan"].replace(",", "") + part.ljust(2, "0")
    if len(digits.lstrip("0")) > len(str(LARGEST)) or int(digits) > LARGEST:
        raise TooMuch(text=text)
    return -int(digits) if "-" in (found["sign"], found["sign2"]) else int(digits)


def yuan(fen: int) -> str:
    """Return the amount in yuan with thousands commas, `-1,234.50`."""
    return f"{_sign(fen)}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def plain(fen: int) -> str:
    """Return the amount in yuan without commas, `-1234.50`."""
    return f"{_sign(fen)}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def capital(fen: int) -> str:
    """Return the amount in financial capitals (大写金额), `壹仟肆佰零玖元伍角整`.

    Zero is `零元整`; a negative amount begins with `负`. A 零 stands between a zero yuan digit and
    jiao, which the rule leaves open.

    Source: 会计基础工作规范 第五十二条
    """
    whole, jiao, cent = abs(fen) // 100, abs(fen) // 10 % 10, abs(fen) % 10
    text = f"{_spell(whole)}元" if whole or not fen else ""
    if whole and (jiao or cent) and (whole % 10 == 0 or jiao == 0):
        text += "零"
    text += f"{DIGITS[jiao]}角" if jiao else ""
    text += f"{DIGITS[cent]}分" if cent else "整"
    return f"负{text}" if fen < 0 else text


def spoken(fen: int) -> str:
    """Return the amount as people say it: `一万二千三百元五角`, `两千元`, `三元零五分`."""
    whole, jiao, cent = abs(fen) // 100, abs(fen) // 10 % 10, abs(fen) % 10
    text = f"{counted(whole)}元" if whole or not fen else ""
    text += f"{spoken_number(jiao) if whole else counted(jiao)}角" if jiao else ""
    text += "零" if whole and cent and not jiao else ""
    text += f"{spoken_number(cent) if text else counted(cent)}分" if cent else ""
    return f"负{text}" if fen < 0 else text


def spoken_number(number: int) -> str:
    """Return a whole number from 0 as people say it: `十二`, `两千零五`, `二百`."""
    said = _spell(number).translate(SPOKEN)
    said = said.removeprefix("一") if said.startswith("一十") else said
    return f"两{said[1:]}" if said.startswith(PAIR) else said


def counted(number: int) -> str:
    """Return a number as it stands before a measure word: a two is `两` there, 两元, 两个."""
    return "两" if number == 2 else spoken_number(number)  # noqa: PLR2004


def split(total: int, weights: Sequence[int | Fraction]) -> list[int]:
    """Split an amount (fen) by weights so that the parts sum to it exactly.

    Largest remainder; of equal remainders the earlier part gets the fen. Parts of a negative total
    are the negatives of the parts of its absolute value.

    Raises:
        NoWeights: there are no weights, all are zero, or one is negative.
    """
    whole = sum(weights, Fraction(0))
    if whole <= 0 or min(weights) < 0:
        raise NoWeights
    # Over one denominator, whole numbers do: parts and remainders are those of the fractions.
    scale = lcm(*(weight.denominator for weight in weights))
    units, all_units = [int(weight * scale) for weight in weights], int(whole * scale)
    exact = [divmod(abs(total) * unit, all_units) for unit in units]
    parts = [part for part, _ in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (-exact[i][1], i))
    for i in by_remainder[: abs(total) - sum(parts)]:
        parts[i] += 1
    return [-part for part in parts] if total < 0 else parts


def _sign(fen: int) -> str:
    return "-" if fen < 0 else ""


def _spell(number: int) -> str:
    for unit, word in UNITS:
        if number >= unit:
            head, rest = divmod(number, unit)
            gap = "零" if 0 < rest < unit // 10 else ""
            return _spell(head) + word + gap + (_spell(rest) if rest else "")
    return DIGITS[number]


class NotAmount(Refusal):
    """The text is no amount of money."""

    code = "M001"
    says = "“{text}”不是金额。请只填数字，例如 1234.50。"
    status = 422


class SubFen(Refusal):
    """The amount has more than two decimals."""

    code = "M002"
    says = "“{text}”的小数超过两位。人民币以分为最小单位，请填到分。"
    rule = "会计基础工作规范 第五十二条"
    status = 422


class TooMuch(Refusal):
    """The amount is larger than can be kept exactly."""

    code = "M003"
    says = "“{text}”过大，请核对金额。"
    status = 422


class NoWeights(Refusal):
    """There is nothing to split by: no weights, only zeros, or a negative one."""

    code = "M004"
    says = "没有可以分摊的份额：份额不能全为零，也不能为负。请核对名册。"
    status = 422

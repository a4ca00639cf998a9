"""The loudspeaker (村村响): the month in spoken sentences of at most three minutes."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from disclosure.redact import hide
from disclosure.sheet import Group, Line, Sheet
from ledger.money import counted, spoken, spoken_number
from ledger.refusal import Refusal

SECONDS = 180
FITTING = 170  # the original leaves a clerk some room
A_MINUTE = 170  # syllables, pauses included: slow, as an outdoor loudspeaker has to be
LONGEST = 4_000  # characters of an adjusted script; what it takes to say is measured besides
# How many items a side and how many single entries are named: the richest mix that fits.
MIXES = (
    (9, 9),
    (8, 6),
    (7, 5),
    (6, 5),
    (6, 4),
    (5, 4),
    (5, 3),
    (4, 3),
    (4, 2),
    (3, 2),
    (3, 1),
    (2, 0),
)
# As the loudspeaker says the kinds of `disclosure.oddly.KINDS`.
ODD = {
    "hurried": "几个人半分钟里接连签名",
    "night": "夜里签名",
    "paper": "有纸质签字",
    "late": "签名以后才补附件",
    "split": "分开付款合起来超过一档",
    "payee": "第一次付给的收款方",
    "account": "收款账号和上次不同",
    "round": "金额是整千元",
}
LONG_TITLE, LONG_SUMMARY = 20, 60
DIGITS = "零一二三四五六七八九"
_NUMBER = re.compile(r"(\d{4})-([初收付转])-(\d{4,})")
_YEAR = re.compile(r"(\d{4})(?=年)")
_PERCENT = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*[%％]")
_TELEPHONE = re.compile(r"0\d{2,3}-\d{7,8}|\d{7,}|0\d+")
_COUNT = re.compile(r"(-?)(\d[\d,]*)(?:\.(\d+))?")
_NARROW = str.maketrans("０１２３４５６７８９．％", "0123456789.%")
_STOPS = str.maketrans(
    {
        "［": "，",
        "］": "，",
        "：": "，",
        ":": "，",
        "（": "，",
        "）": "，",
        "(": "，",
        ")": "，",
        "—": "，",
        "+": "加",
        "/": "，",
    }
)


def script(sheet: Sheet) -> str:
    """Return what the loudspeaker says of a month, in the names of the wall.

    The sums are always said; the largest items and entries as far as three minutes reach, the
    others are counted. There is no digit in it: numbers are words.
    """
    made = ("\n".join(_said(sheet, kinds, entries)) for kinds, entries in MIXES)
    return next((text for text in made if seconds(text) <= FITTING), "\n".join(_said(sheet, 1, 0)))


def _said(sheet: Sheet, kinds: int, entries: int) -> Iterator[str]:
    year, number = sheet.period.split("-")
    when = f"{_each(year)}年{spoken_number(int(number))}月"
    yield f"{say(sheet.name)}的各位乡亲，现在广播{when}的集体账目。"
    yield f"上个月底，集体账上有{_sum(sheet.opening_fen)}。"
    yield f"这个月收入{_sum(sheet.income_fen)}，支出{_sum(sheet.spending_fen)}。"
    yield f"这个月底，集体账上还有{_sum(sheet.closing_fen)}。"
    sums = (_sum(sheet.year_income_fen), _sum(sheet.year_spending_fen))
    yield f"今年到这个月底，一共收入{sums[0]}，一共支出{sums[1]}。"
    yield from _side("收入", sheet.income, kinds)
    yield from _side("支出", sheet.spending, kinds)
    yield from _largest(sheet.spending, entries)
    if sheet.errata:
        yield f"这个月更正了{counted(len(sheet.errata))}处账，原来多少、改成多少，都贴在墙上。"
    if sheet.answers:
        answered = sum(1 for one in sheet.answers if one.answered)
        asked, said = counted(len(sheet.answers)), counted(answered)
        yield f"乡亲们问了{asked}个问题，答复了{said}个，问和答都贴在墙上。"
    if sheet.odd:
        said = "，".join(f"{ODD[one.kind]}的{counted(one.vouchers)}笔" for one in sheet.odd)
        yield f"审签里请大家留意的，{said}。这些只是提醒，不是结论。"
    yield _where(sheet)
    yield "广播完了，谢谢大家。"


def _sum(fen: int) -> str:
    return spoken(fen)


def _side(word: str, groups: Sequence[Group], kinds: int) -> Iterator[str]:
    ordered = sorted(groups, key=lambda group: -abs(group.fen))
    if not ordered:
        yield f"这个月没有{word}。"
        return
    titles = [say(group.title[:LONG_TITLE]) for group in ordered[:kinds]]
    parts = [f"{title}{_sum(g.fen)}" for title, g in zip(titles, ordered, strict=False)]
    if ordered[kinds:]:
        rest = sum(group.fen for group in ordered[kinds:])
        parts.append(f"其余{counted(len(ordered) - kinds)}项{_sum(rest)}")
    yield f"{word}里面，{'，'.join(parts)}。"


def _largest(groups: Sequence[Group], entries: int) -> Iterator[str]:
    lines = [line for group in groups for line in group.lines]
    ordered = sorted(lines, key=lambda line: (-abs(line.fen), line.day, line.number))[:entries]
    if not ordered:
        return
    yield "最大的几笔支出是：" if len(ordered) > 1 else "最大的一笔支出是："
    yield from (_entry(line) for line in ordered)


def _entry(line: Line) -> str:
    named = f"付给{say(line.party)}，" if line.party and line.party not in line.summary else ""
    words = say(line.summary[:LONG_SUMMARY]).strip("，。； ")
    return f"{_day(line.day)}，{named}{words}，{_sum(line.fen)}。"


def _where(sheet: Sheet) -> str:
    up = "每一笔账都贴在公开栏"
    if sheet.posted and sheet.until:
        up += f"，从{_day(sheet.posted)}贴到{_day(sheet.until)}"
    asked = f"，或者打电话{say(sheet.telephone)}" if sheet.telephone else ""
    return f"{up}。有看不明白的，请找村文书登记{asked}，十天之内给答复。"


def _day(day: date) -> str:
    return f"{spoken_number(day.month)}月{spoken_number(day.day)}日"


def _each(digits: str, one: str = "一") -> str:
    return "".join(one if digit == "1" else DIGITS[int(digit)] for digit in digits)


def say(text: str) -> str:
    """Return a text as it is read out: every number in words, brackets as pauses."""
    steps: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
        (_NUMBER, lambda m: f"{_each(m[1])}年{m[2]}字第{spoken_number(int(m[3]))}号"),
        (_YEAR, lambda m: _each(m[1])),
        (_PERCENT, lambda m: f"百分之{_count(m[1])}"),
        (_TELEPHONE, lambda m: _each(m[0].replace("-", ""), "幺")),
        (_COUNT, lambda m: _count(m[0])),
    )
    text = text.translate(_NARROW)
    for pattern, words in steps:
        text = pattern.sub(words, text)
    return re.sub(r"\s+", "", text).translate(_STOPS)


def _count(text: str) -> str:
    found = _COUNT.fullmatch(text)
    assert found is not None  # noqa: S101 - both patterns give what this one takes
    whole = found[2].replace(",", "")
    said = spoken_number(int(whole)) if len(whole) <= 16 else _each(whole)  # noqa: PLR2004
    part = f"点{_each(found[3])}" if found[3] else ""
    return ("负" if found[1] else "") + said + part


def syllables(text: str) -> int:
    """Return how many syllables a text has: a hanzi one, a digit or letter one."""
    return sum(1 for letter in text if letter.isalnum())


def seconds(text: str) -> int:
    """Return how long a text takes on the loudspeaker, in seconds, pauses included."""
    return -(-syllables(say(text)) * 60 // A_MINUTE)


def adjusted(sheet: Sheet, text: str) -> str:
    """Return a clerk's own wording of a month, fit to be read out.

    Raises:
        SilentScript: one of the month's four sums is not said any more.
        LongScript: it would take more than three minutes.
    """
    rows = (" ".join(row.split()) for row in unicodedata.normalize("NFC", text).splitlines())
    kept = "\n".join(row for row in rows if row)
    kept = hide("".join(c for c in kept if c == "\n" or unicodedata.category(c)[0] != "C"))
    said = say(kept)
    sums = {
        "上月余额": sheet.opening_fen,
        "本月收入": sheet.income_fen,
        "本月支出": sheet.spending_fen,
        "本月余额": sheet.closing_fen,
    }
    silent = [word for word, fen in sums.items() if _sum(fen) not in said]
    if silent:
        lacking = "、".join(f"{word}{_sum(sums[word])}" for word in silent)
        raise SilentScript(lacking=lacking)
    taken = seconds(kept)
    if taken > SECONDS or len(kept) > LONGEST:
        raise LongScript(taken=taken, most=SECONDS)
    return kept


class SilentScript(Refusal):
    """An adjusted script leaves out a sum of the month, or says another."""

    code = "N080"
    says = "广播稿里少了或改了这几个数：{lacking}。措辞可以改，数字要和公开表一样。"
    rule = "农村集体经济组织财务公开规定：真实、完整"
    status = 422


class LongScript(Refusal):
    """An adjusted script takes more than three minutes."""

    code = "N081"
    says = "广播稿要念 {taken} 秒，最多 {most} 秒，请删短一些。"
    status = 422

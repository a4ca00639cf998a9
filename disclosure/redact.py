"""What of a person goes where: names in full on the village's wall, masked on the web (张*明).

Numbers of identity cards, bank accounts and mobiles go nowhere.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple

from disclosure.sheet import (
    PERSONAL,
    Answer,
    Aside,
    Claim,
    Erratum,
    Fund,
    Group,
    Hung,
    Line,
    Sheet,
)

Profile = Literal["wall", "web"]
Scrub = Callable[[str], str]

TAILS = re.compile(r"(?:户|家|夫妇|夫妻|等(?:.{0,6}[人户名])?)?(?:[（(].*)?$")
HANZI = re.compile(r"[\u3007\u3400-\u9fff\U00020000-\U0003ffff]+(?:·[\u3400-\u9fff]+)*")
ONE = re.compile(r"[^、，,；;]+")  # of several names in one field
# Mobiles (11 digits), identity cards (15 or 18), bank accounts (15 to 22), spaced or not.
NUMBERS = re.compile(
    r"(?<![0-9A-Za-z])(?:1[3-9]\d(?:[ -]?\d{4}){2}|\d{15,22}|\d{17}[Xx]|\d{6} \d{8} \d{3}[\dXx]"
    r"|\d{4}(?: \d{4}){3,}(?: \d{1,3})?)(?![0-9A-Za-z])"
)
HIDDEN = "［号码不公开］"
SHORT, LONG = 2, 4


class Known(NamedTuple):
    """By what a name is told to be a person's (data/names.toml)."""

    units: tuple[str, ...]
    surnames: frozenset[str]
    compounds: tuple[str, ...]


@cache
def known() -> Known:
    """Return the words of data/names.toml."""
    text = (resources.files("disclosure") / "data/names.toml").read_text("utf-8")
    words = {name: row.split() for name, row in tomllib.loads(text).items()}
    surnames = frozenset("".join(words["surnames"]))
    return Known(tuple(words["units"]), surnames, tuple(words["compounds"]))


@cache
def mask(name: str) -> str:
    """Return a name with natural persons masked: 张晓明 → 张*明, 王芳 → 王*.

    Several persons in one name are masked each; firms and offices stay as they are.
    """
    return ONE.sub(lambda found: _masked_one(found.group()), name)


def _masked_one(name: str) -> str:
    plain = "".join(name.split())
    base = TAILS.sub("", plain)
    if _person(base):
        return _masked(base) + plain[len(base) :]
    return _masked(plain) if _person(plain) else name


def _person(name: str) -> bool:
    if len(name) < SHORT or not HANZI.fullmatch(name):
        return False
    if "·" in name:
        return True
    if len(name) > LONG:
        return False
    units, surnames, compounds = known()
    named = name[0] in surnames if len(name) < LONG else name.startswith(compounds)
    return named or not name.endswith(units)


def _masked(name: str) -> str:
    if len(name) <= SHORT:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def hide(text: str) -> str:
    """Return a text without numbers of identity cards, bank accounts and mobiles."""
    return NUMBERS.sub(HIDDEN, text)


def redact(sheet: Sheet, profile: Profile) -> Sheet:
    """Return a sheet as the wall or the web may show it.

    `wall`: names in full, no identifying numbers. `web`: villagers masked besides, wherever the
    sheet names them; the officers who handled and approved stay by name. Figures never change.

    Source: 个人信息保护法 art. 6 (no more than the purpose needs)
    """
    if profile == "wall":
        return _each(sheet, hide, hide)
    return _each(sheet, lambda text: mask(hide(text)), _names(sheet))


def for_web(sheet: Sheet) -> Sheet:
    """Return the sheet as the public page shows it."""
    return redact(sheet, "web")


def _names(sheet: Sheet) -> Scrub:
    """Return what masks the persons whom the sheet names as party or debtor, in any text.

    A name of two characters may be part of a longer word, so those are left to their own lines.
    """
    long = sorted((one for one in persons(sheet) if len(one) > SHORT), key=len, reverse=True)
    masks = {part: mask(part) for part in long}
    return lambda text: _replaced(hide(text), masks)


def persons(sheet: Sheet) -> set[str]:
    """Return the natural persons whom a sheet names as party or debtor."""
    lines = (*_lines(sheet.income), *_lines(sheet.spending), *sheet.transfers)
    names = [line.party for line in lines]
    names += [claim.name for claim in (*sheet.receivables, *sheet.payables)]
    names += [one.name for one in sheet.asides if one.part in PERSONAL]
    parts = {TAILS.sub("", part) for name in names for part in ONE.findall(name)}
    return {part for part in parts if mask(part) != part}


def _replaced(text: str, masks: Mapping[str, str]) -> str:
    for name, masked in masks.items():
        text = text.replace(name, masked)
    return text


def _lines(groups: Iterable[Group]) -> list[Line]:
    return [line for group in groups for line in group.lines]


def _each(sheet: Sheet, name: Scrub, text: Scrub) -> Sheet:
    def line(item: Line) -> Line:
        shown = name(item.party)
        summary = text(item.summary.replace(item.party, shown) if item.party else item.summary)
        return item._replace(party=shown, summary=summary, handler=hide(item.handler))

    def group(item: Group) -> Group:
        return item._replace(lines=tuple(map(line, item.lines)))

    def claim(item: Claim) -> Claim:
        return item._replace(name=name(item.name))

    def fund(item: Fund) -> Fund:
        return item._replace(name=hide(item.name))

    def erratum(item: Erratum) -> Erratum:
        return item._replace(why=text(item.why))

    def answer(item: Answer) -> Answer:
        return item._replace(question=text(item.question), answer=text(item.answer))

    def hung(item: Hung) -> Hung:
        return item._replace(board=hide(item.board))

    def aside(item: Aside) -> Aside:
        shown = name(item.name) if item.part in PERSONAL else text(item.name)
        return item._replace(name=shown, words=text(item.words))

    return replace(
        sheet,
        asides=tuple(map(aside, sheet.asides)),
        hung=tuple(map(hung, sheet.hung)),
        income=tuple(map(group, sheet.income)),
        spending=tuple(map(group, sheet.spending)),
        transfers=tuple(map(line, sheet.transfers)),
        banks=tuple(map(fund, sheet.banks)),
        funds=tuple(map(fund, sheet.funds)),
        assets=tuple(map(fund, sheet.assets)),
        receivables=tuple(map(claim, sheet.receivables)),
        payables=tuple(map(claim, sheet.payables)),
        errata=tuple(map(erratum, sheet.errata)),
        answers=tuple(map(answer, sheet.answers)),
    )

"""The chart before 2024 and what each of its accounts becomes: by regime, code and name together.

A bare code says nothing: 153 and 154 changed places, 211, 212, 502, 511 and 521 changed meaning.
Source: 财会〔2004〕12号 (the old chart); 财会〔2023〕20号 (transition).
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache
from importlib import resources
from typing import NamedTuple

from ledger.chart import standard

REGIMES = {
    "2004": "村集体经济组织会计制度（财会〔2004〕12号）",
    "2023": "农村集体经济组织会计制度（财会〔2023〕14号）",
}
_SIGNS = re.compile(r"[^\w]|_")
_LIKE = 0.55
_MOST = 3


class Known(NamedTuple):
    """A top account of a regime: code, name, other usual names, and what it may become.

    `to` are codes of the chart of 2023, the usual one first; `words` says when each is right.
    Details whose name holds a word of `when` may become what `other` says instead.
    """

    code: str
    name: str
    names: tuple[str, ...]
    to: tuple[str, ...]
    words: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    def choices(self, leaf: str) -> tuple[str, ...]:
        """Return the accounts that a detail of this name may become; one: nothing to choose."""
        return self.other if any(word in leaf for word in self.when) else self.to


def same(name: str) -> str:
    """Return a name as names are compared: half-width, letters and digits alone."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", name))


@cache
def accounts(regime: str) -> dict[str, Known]:
    """Return the top accounts of a regime by code."""
    if regime == "2023":
        tops = [one for one in standard().accounts.values() if one.parent is None]
        return {one.code: Known(one.code, one.name, (), (_leaf(one.code),)) for one in tops}
    text = (resources.files("ledger") / "data/chart_2004.toml").read_text("utf-8")
    return {
        code: Known(
            code,
            row["name"],
            tuple(row.get("names", ())),
            tuple(row["to"]),
            tuple(row.get("words", ())),
            tuple(row.get("when", ())),
            tuple(row.get("else", ())),
        )
        for code, row in tomllib.loads(text).items()
    }


def _leaf(code: str) -> str:
    return "322.02" if code == "322" else code


def named(known: Known, name: str) -> bool:
    """Tell whether a name is one of the account's."""
    return same(name) in {same(one) for one in (known.name, *known.names)}


def fits(regime: str, code: str, name: str) -> bool:
    """Tell whether a regime has a top account of this code and this name."""
    known = accounts(regime).get(code)
    return known is not None and named(known, name)


def regime_of(tops: Iterable[tuple[str, str]]) -> str:
    """Return the regime that alone fits all these top accounts (code, name); empty if unsure.

    Where no top account tells the two apart, both fit alike and mean the same accounts only when
    each becomes itself; so then it is the new one if nothing would have to be chosen.
    """
    found = list(tops)
    fit = {regime: [fits(regime, *one) for one in found] for regime in REGIMES}
    whole = [regime for regime, marks in fit.items() if found and all(marks)]
    if len(whole) == 1:
        return whole[0]
    if not whole:
        count = {regime: sum(marks) for regime, marks in fit.items()}
        best = max(count, key=lambda regime: count[regime])
        other = min(count.values())
        return best if count[best] > other else ""
    return ""


def alike(regime: str, code: str, name: str) -> list[str]:
    """Return what an unknown account may have been meant for, `202 应付款`, the likeliest first."""
    wanted = same(name)
    marks = []
    for known in accounts(regime).values():
        likeness = max(
            SequenceMatcher(None, wanted, same(one)).ratio() for one in (known.name, *known.names)
        )
        if wanted and (wanted in same(known.name) or same(known.name) in wanted):
            likeness = max(likeness, 0.8)
        if known.code == code:
            likeness = max(likeness, _LIKE)
        marks.append((likeness, f"{known.code} {known.name}"))
    marks.sort(key=lambda one: (-one[0], one[1]))
    return [text for likeness, text in marks[:_MOST] if likeness >= _LIKE]

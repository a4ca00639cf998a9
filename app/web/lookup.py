"""Account look-up: by code, name or pinyin initials, among the accounts that entries may be on.

The browser searches the index with the same rules (static/lookup.js), without asking again.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

from app.drafts import MOST_ROWS
from app.web.room import text
from ledger.chart import Chart
from ledger.initials import letters, spells
from ledger.refusal import Refusal

NAMED = 5


class Entry(NamedTuple):
    """An account of the index: `name` is the full one, `letters` the initials of each sign."""

    code: str
    name: str
    letters: list[str]
    fen: int


def full(chart: Chart, code: str) -> str:
    """Return the name of an account below the names of those above it, `银行存款—基本户`."""
    account = chart.get(code)
    return f"{full(chart, account.parent)}—{account.name}" if account.parent else account.name


def index(chart: Chart, balances: Mapping[str, int]) -> list[Entry]:
    """Return the accounts without details, in the order of the chart, with balances in fen."""
    leaves = [code for code in chart.accounts if chart.is_leaf(code)]
    return [
        Entry(code, name, letters(name), balances.get(code, 0))
        for code in leaves
        for name in [full(chart, code)]
    ]


def search(chart: Chart, wanted: str) -> list[str]:
    """Return the codes of the accounts that a text may mean, those whose code it begins first."""
    plain = unicodedata.normalize("NFKC", wanted).strip()
    if not plain:
        return []
    leaves = [code for code in chart.accounts if chart.is_leaf(code)]
    by_code = [code for code in leaves if code.startswith(plain)]
    by_name = [code for code in leaves if code not in by_code and _means(chart, code, plain)]
    return by_code + by_name


def _means(chart: Chart, code: str, plain: str) -> bool:
    name = unicodedata.normalize("NFKC", full(chart, code))
    return plain in name or spells(plain, name)


def resolved(values: Mapping[str, Any], chart: Chart) -> dict[str, Any]:
    """Return the form with every account that was typed in words or initials as its code.

    What means no account stays as it is, for the voucher's own check to refuse.

    Raises:
        ManyAccounts: a text means several accounts; names some.
    """
    found = dict(values)
    for row in range(MOST_ROWS):
        typed = text(values, f"account{row}")
        if typed:
            found[f"account{row}"] = _code(chart, typed, row)
    return found


def _code(chart: Chart, typed: str, row: int) -> str:
    first = unicodedata.normalize("NFKC", typed).partition(" ")[0]
    if chart.knows(first):
        return first
    codes = search(chart, typed)
    if len(codes) > 1:
        names = "、".join(f"{code} {full(chart, code)}" for code in codes[:NAMED])
        raise ManyAccounts(row=row + 1, typed=typed, names=names)
    return codes[0] if codes else first


class ManyAccounts(Refusal):
    """What was typed for an account means several."""

    code = "W025"
    says = "第 {row} 行：“{typed}”可能是{names}等，请填科目代码或多写几个字。"
    status = 422

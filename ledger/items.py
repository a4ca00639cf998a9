"""收支项目: what a voucher is for."""

import tomllib
from functools import cache
from importlib import resources
from typing import NamedTuple


class Item(NamedTuple):
    """An item: id, names, side (income, spending, transfer) and its usual account."""

    id: str
    zh: str
    en: str
    side: str
    account: str


@cache
def items() -> dict[str, Item]:
    """Return every item by id, in the order of data/items.toml."""
    text = (resources.files("ledger") / "data/items.toml").read_text("utf-8")
    return {
        name: Item(name, row["zh"], row["en"], side, row["account"])
        for side, rows in tomllib.loads(text).items()
        for name, row in rows.items()
    }

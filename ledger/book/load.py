"""Load a village's books with Beancount's own loader, and nothing but the books.

What could make Beancount say yes for the wrong reason is refused before it is asked: other
plugins, the raw processing mode, a month left out or brought in from elsewhere.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from beancount import loader
from beancount.core import realization
from beancount.core.amount import Amount
from beancount.core.data import BeancountError, Directives, Open, Transaction
from beancount.parser import parser

from ledger.book.text import GUARD
from ledger.refusal import Refusal

PLUGINS = {"audit.beancount": [(GUARD, None)]}
ACCOUNTS = "accounts.beancount"
ALL = "all.beancount"


class Loaded(NamedTuple):
    """What Beancount made of a book; `errors` are Beancount's own."""

    entries: Directives
    errors: list[BeancountError]
    options: dict[str, Any]


def load(path: Path) -> Loaded:
    """Load `main.beancount`, `audit.beancount` or `all.beancount` of a village, uncached.

    Raises:
        BooksMissing: there is no such file.
        BooksAltered: it names other plugins, options or files than the books have.
    """
    path = path.resolve()
    if not path.is_file():
        raise BooksMissing(path=path.name)
    _check_head(path)
    # Fava loads in the same way; `load_file` would write its pickle cache among the books.
    entries, errors, options = loader._load([(str(path), True)], None, None, None)  # noqa: SLF001
    if set(options["include"]) != {str(path), *map(str, included(path))}:
        raise BooksAltered(path=path.name, what="包含的文件")
    return Loaded(entries, errors, options)


def included(path: Path) -> list[Path]:
    """Return the files that a book must include: all months there are, and its accounts."""
    if path.name == ALL:
        return sorted(path.parent.glob("[0-9][0-9][0-9][0-9]/*-[0-9][0-9].beancount"))
    return [path.parent / ACCOUNTS, *sorted(path.parent.glob("*-[0-9][0-9].beancount"))]


def _check_head(path: Path) -> None:
    # Parsing runs no plugin; so this comes before the load, which would import them.
    _, errors, options = parser.parse_file(str(path))
    if errors:
        raise BooksFaulty(path=path.name, fault=errors[0].message)
    expected = {
        "plugin": PLUGINS.get(path.name, []),
        "plugin_processing_mode": "default",
        "insert_pythonpath": False,
        "operating_currency": ["CNY"],
        "documents": [],
    }
    for name, value in expected.items():
        if options[name] != value:
            raise BooksAltered(path=path.name, what=f"选项 {name}")


def balances(path: Path, until: date) -> dict[str, int]:
    """Return the balances in fen that Beancount realises before the day `until`.

    `until` is the first day that no longer counts, as in Beancount's own `balance`. Keys are the
    codes of the open directives; zero balances are left out.

    Raises:
        BooksMissing, BooksAltered: as `load`.
        BooksFaulty: Beancount finds an error, an account without a code or an amount below a fen.
    """
    loaded = load(path)
    if loaded.errors:
        raise BooksFaulty(path=path.name, fault=loaded.errors[0].message)
    opens = [item for item in loaded.entries if isinstance(item, Open)]
    nameless = [item.account for item in opens if not isinstance(item.meta.get("code"), str)]
    if nameless:
        raise BooksFaulty(path=path.name, fault=nameless[0])
    codes = {item.account: item.meta["code"] for item in opens}
    before = [
        item for item in loaded.entries if isinstance(item, Transaction) and item.date < until
    ]
    found = {}
    for real in realization.iter_children(realization.realize(before)):  # type: ignore[no-untyped-call] # Beancount's own
        fen = sum(_fen(position.units, path) for position in real.balance)
        if fen:
            found[codes[real.account]] = fen
    return dict(sorted(found.items()))


def _fen(units: Amount, path: Path) -> int:
    fen = (units.number or Decimal()).scaleb(2)
    if units.currency != "CNY" or fen != fen.to_integral_value():
        raise BooksFaulty(path=path.name, fault=units.to_string())
    return int(fen)


class BooksMissing(Refusal):
    """There is no such book."""

    code = "E001"
    says = "没有找到账簿文件 {path}，请先重建账簿。"
    status = 404


class BooksAltered(Refusal):
    """A book names plugins, options or files that the books of a village do not have."""

    code = "E002"
    says = "账簿文件 {path} 的{what}被改动过，请重建账簿并核查。"
    rule = "docs/FORMATS.md Books"


class BooksFaulty(Refusal):
    """Beancount finds an error in the books."""

    code = "E003"
    says = "账簿文件 {path} 有误：{fault}。请重建账簿并核查。"
    rule = "docs/FORMATS.md Books"

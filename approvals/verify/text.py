"""The texts: every file the render of what was posted, and Beancount's own word on them."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core.data import Transaction
from beancount.parser import parser

from approvals.verify.entries import CARRIED, judge
from approvals.verify.outcome import Outcome
from approvals.verify.reading import read
from approvals.verify.replay import History
from approvals.verify.seals import balances
from approvals.verify.state import State
from approvals.verify.verdict import StopAt
from ledger.book.render import render_books
from ledger.book.text import Village
from ledger.money import plain

GUARD = [("approvals.guard", None)]
ALL = "all.beancount"
BOOKS = ("main.beancount", "audit.beancount", ALL)
CACHE = ".picklecache"
FEN = Decimal(100)


def expected(history: History, past: State | None = None) -> dict[str, bytes]:
    """Return every file but the events, as it must be, by its name within the books.

    The entries of the months that a state holds are left out.
    """
    settled = {seal.period for seal in history.seals if past and seal.period <= past.sealed}
    facts = {name: history.facts[name] for name in ("name", "township", "chart", "opened")}
    village = Village(code=history.village, registrar=history.people.registrars[0], **facts)
    notes = {seal.period: seal.note for seal in history.seals}
    return render_books(village, history.posted, history.chart(), [], notes, settled)


def settled(past: State | None) -> dict[str, str]:
    """Return the files of entries that a state holds, with their digests."""
    files = past.files if past else {}
    return {name: digest for name, digest in files.items() if name.endswith(".beancount")}


def check_texts(outcome: Outcome) -> dict[str, bytes]:
    """Compare the directory with the render, byte for byte, and return the render.

    A file of a month that the outcome's state holds was equal to its render when the state was
    made; it is enough that it is the same file, by its SHA-256.

    Raises:
        StopAt: Y004 a file is missing, Y009, Y00A one is too many, Y130 one differs, at its line.
    """
    texts, known = expected(outcome.history, outcome.past), settled(outcome.past)
    for name in sorted(outcome.files):
        if name not in texts and name not in known and name not in outcome.events:
            raise StopAt(name, 0, "Y00A" if name.endswith(CACHE) else "Y009")
    for name in sorted({*texts, *known}):
        data = read(outcome.files, name)
        if name in known and outcome.files.digests[name] != known[name]:
            raise StopAt(name, 0, "Y130")
        if name in texts and data != texts[name]:
            raise StopAt(name, _line(data, texts[name]), "Y130")
    return texts


def _line(data: bytes, text: bytes) -> int:
    """Return the first line (from 1) in which two texts differ."""
    ours, theirs = text.split(b"\n"), data.split(b"\n")
    pairs = zip(ours, theirs, strict=False)
    for number, (one, other) in enumerate(pairs, start=1):
        if one != other:
            return number
    return min(len(ours), len(theirs))


def check_beancount(outcome: Outcome, texts: Mapping[str, bytes]) -> None:
    """Load each year's main and audit book, and all years, with Beancount's own loader.

    Raises:
        StopAt: Y140 it reports an error, Y141 it was told otherwise, Y142 a balance differs.
    """
    for name in sorted(texts):
        if name.endswith(BOOKS):
            entries = _load(outcome, name, texts)
            _check_balances(outcome.history, name, entries)


def _load(outcome: Outcome, name: str, texts: Mapping[str, bytes]) -> list[Any]:
    path = outcome.files[name].resolve()
    # Not load_file: it would read and write a pickle beside the books.
    entries, errors, options = loader._load([(str(path), True)], None, None, None)  # noqa: SLF001
    if errors:
        raise StopAt(name, _error_line(errors[0], path), "Y140", why=errors[0].message)
    top = path.parent.parent if "/" in name else path.parent
    included = {Path(item).relative_to(top).as_posix() for item in options["include"]}
    if _altered(name, options) or included != {name, *_months(name, {*texts})}:
        raise StopAt(name, 0, "Y141")
    return list(entries)


def _altered(name: str, options: Mapping[str, Any]) -> bool:
    """Tell whether a book has other plugins or options than it must."""
    return bool(
        options["plugin"] != (GUARD if name.endswith("audit.beancount") else [])
        or options["plugin_processing_mode"] != "default"
        or options["documents"]
        or options["insert_pythonpath"]
    )


def check_new(outcome: Outcome, past: State, texts: Mapping[str, bytes]) -> None:
    """Let Beancount load the months after a state, on top of the balances that it verified.

    Every entry that Beancount reads must be its voucher, the balances at the end those of the log,
    and the head of each book what it must be. docs/FORMATS.md, "State".

    Raises:
        StopAt: Y140, Y141, Y142; whoever asked verifies anew to learn the place.
    """
    files = {*texts, *settled(past)}
    for name in sorted(texts):
        if name.endswith(BOOKS):
            _check_head(outcome, name, texts[name], files)
    history = outcome.history
    entries, errors, _ = loader.load_string(_on_top(history, past, texts))
    found = [entry for entry in entries if isinstance(entry, Transaction)]
    wrong = [judge(outcome, entry) for entry in found if entry.meta.get("opening") != CARRIED]
    if errors or any(wrong):
        why = errors[0].message if errors else next(filter(None, wrong))
        raise StopAt(ALL, 0, "Y140", why=why)
    if len(found) - 1 != sum(item.period > past.sealed for item in history.posted):
        raise StopAt(ALL, 0, "Y141")
    _check_balances(history, ALL, found)


def _check_head(outcome: Outcome, name: str, text: bytes, files: set[str]) -> None:
    entries, errors, options = parser.parse_string(text.decode())
    if errors:
        raise StopAt(name, 0, "Y140", why=errors[0].message)
    top = name[:5] if "/" in name else ""
    included = {f"{top}{item}" for item in options["include"]}
    carried = [entry for entry in entries if isinstance(entry, Transaction)]
    if (
        _altered(name, options)
        or included != _months(name, files)
        or any(judge(outcome, entry) for entry in carried)
    ):
        raise StopAt(name, 0, "Y141")


def _on_top(history: History, past: State, texts: Mapping[str, bytes]) -> str:
    """Return a book that begins with the balances of a state and holds the months after it."""
    before = balances(history.sums, past.sealed)
    after = [amounts for period, amounts in history.sums.items() if period > past.sealed]
    day = date.fromisoformat(f"{past.sealed}-01")
    last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    path = history.chart().path
    opens = [f"{last} open {path(code)} CNY" for code in sorted({*before, *set().union(*after)})]
    carried = [f"  {path(code)}  {plain(fen)} CNY" for code, fen in before.items()]
    head = [*opens, "", f'{last} * "carried"', f'  opening: "{CARRIED}"', *carried, ""]
    months = [texts[name].decode() for name in sorted(texts) if _is_month(name)]
    return "\n".join([*head, *months])


def _is_month(name: str) -> bool:
    return name.endswith(".beancount") and name[5:9].isdecimal()


def _months(name: str, texts: set[str]) -> set[str]:
    """Return the files that a book must include."""
    books = {item for item in texts if item.endswith(".beancount")}
    plain = {item for item in books if _is_month(item)}
    if "/" not in name:
        return plain
    year = name[:5]
    return {item for item in plain if item.startswith(year)} | {f"{year}accounts.beancount"}


def _error_line(error: Any, path: Path) -> int:  # noqa: ANN401 - Beancount's errors are of many types
    source = getattr(error, "source", None) or {}
    return int(source.get("lineno", 0)) if source.get("filename") == str(path) else 0


def _check_balances(history: History, name: str, entries: list[Any]) -> None:
    until = f"{name[:4]}-12" if "/" in name else "9999-12"
    ours = balances(history.sums, until)
    theirs: dict[str, Decimal] = {}
    for entry in entries:
        if isinstance(entry, Transaction):
            for leg in entry.postings:
                amount = leg.units.number if leg.units else None
                theirs[leg.account] = theirs.get(leg.account, Decimal(0)) + (amount or 0)
    paths = {history.chart().path(code): fen for code, fen in ours.items()}
    for account in sorted(paths.keys() | theirs.keys()):
        fen, found = paths.get(account, 0), theirs.get(account, Decimal(0))
        if found * FEN != fen:
            facts = {"ours": Decimal(fen) / FEN, "theirs": found}
            raise StopAt(name, 0, "Y142", account=account, **facts)

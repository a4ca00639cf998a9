"""The texts: every file the render of what was posted, and Beancount's own word on them."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core.data import Transaction

from approvals.verify.outcome import Outcome
from approvals.verify.reading import read
from approvals.verify.replay import History
from approvals.verify.seals import balances
from approvals.verify.verdict import StopAt
from ledger.book.render import render_books
from ledger.book.text import Village

GUARD = [("approvals.guard", None)]
CACHE = ".picklecache"
FEN = Decimal(100)


def expected(history: History) -> dict[str, bytes]:
    """Return every file but the events, as it must be, by its name within the books."""
    facts = {name: history.facts[name] for name in ("name", "township", "chart", "opened")}
    village = Village(code=history.village, registrar=history.people.registrars[0], **facts)
    notes = {seal.period: seal.note for seal in history.seals}
    return render_books(village, history.posted, history.chart(), [], notes)


def check_texts(outcome: Outcome) -> dict[str, bytes]:
    """Compare the directory with the render, byte for byte, and return the render.

    Raises:
        StopAt: Y004 a file is missing, Y009, Y00A one is too many, Y130 one differs, at its line.
    """
    texts = expected(outcome.history)
    for name in sorted(outcome.files):
        if name not in texts and name not in outcome.events:
            raise StopAt(name, 0, "Y00A" if name.endswith(CACHE) else "Y009")
    for name, text in sorted(texts.items()):
        data = read(outcome.files, name)
        if data != text:
            raise StopAt(name, _line(data, text), "Y130")
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
        if name.endswith(("main.beancount", "audit.beancount", "all.beancount")):
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
    plugins = GUARD if name.endswith("audit.beancount") else []
    wrong = (
        options["plugin"] != plugins
        or options["plugin_processing_mode"] != "default"
        or options["documents"]
        or options["insert_pythonpath"]
        or included != {name, *_months(name, texts)}
    )
    if wrong:
        raise StopAt(name, 0, "Y141")
    return list(entries)


def _months(name: str, texts: Mapping[str, bytes]) -> set[str]:
    """Return the files that a book must include."""
    books = {item for item in texts if item.endswith(".beancount")}
    plain = {item for item in books if item[5:9].isdecimal()}
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

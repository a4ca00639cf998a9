"""The ledgers that Fava serves: loaded when asked for, few at a time, never changed in place.

A changed file makes a new ledger that takes the old one's place, so a request sees the books as
they were or as they are, not a mixture.
"""

import threading
import warnings
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Any, NoReturn

from fava.core import FavaLedger
from fava.core.extensions import ExtensionModule
from fava.core.file import FileModule
from flask import request

from approvals.guard import guard
from reports.auditors.books import Book, Stamp, find, inspect
from reports.auditors.questions import Questions
from reports.auditors.signatures import Signatures

GUARD = "approvals.guard"
KEPT = 8
MOST_LINES = 2000
PATIENCE = 60.0  # seconds
SCOPE = "mingbai.villages"


class Papers(FileModule):
    """Fava's module of source files without the files: it neither reads nor writes any."""

    def _refuse(self, *_args: object, **_named: object) -> NoReturn:
        raise PermissionError

    get_source = set_source = insert_entries = insert_metadata = _refuse
    save_entry_slice = delete_entry_slice = render_entries = _refuse


class Extensions(ExtensionModule):
    """The extensions of the desk itself; what a book names is not loaded."""

    def load_file(self) -> None:
        """Set up the list of signatures."""
        self.errors = []
        extension = Signatures(self.ledger)
        self._instances = {extension.name: extension}


class VillageLedger(FavaLedger):
    """A book as Fava shows it: Chinese, guarded, without the server's paths."""

    def __init__(self, book: Book, language: str, home: str, after: int = 0) -> None:
        self.book = book
        self._home = home
        self._language = language
        self.stamp = book.stamp()
        self._mtime = max(after + 1, self.stamp.latest())
        self._loaded = monotonic()
        shown = warnings.showwarning  # each query shell takes it for itself
        try:
            super().__init__(str(book.path), poll_watcher=True)
        finally:
            warnings.showwarning = shown

    def load_file(self) -> None:
        """Load the book; the guard judges it, whether the file names it or not."""
        self.extensions = Extensions(self)
        self.query_shell = Questions(self)
        self.file = Papers(self)
        super().load_file()
        self.fava_options.language = self._language
        self.fava_options.locale = self._language
        self.fava_options.invert_income_liabilities_equity = True
        self.format_decimal.load_file()
        self.misc.sidebar_links = [("← 返回村庄列表", self._home)]
        if GUARD not in [name for name, _ in self.options["plugin"]]:
            entries: Any = self.all_entries
            options: Any = self.options
            judged: list[Any] = guard(entries, options)[1]
            self.load_errors = [*self.load_errors, *judged]
        self._hide_paths()

    def stale(self, stamp: Stamp) -> bool:
        """Tell whether the files have changed so that the ledger must be loaded again.

        Each sign-off writes an event, and to judge the whole log again takes seconds in an old
        village: while no text has changed, a new judgement waits a minute.
        """
        if stamp.texts != self.stamp.texts:
            return True
        return stamp.events != self.stamp.events and monotonic() - self._loaded > PATIENCE

    def changed(self) -> bool:
        """Never change: a new ledger takes this one's place."""
        return False

    @property
    def mtime(self) -> int:
        """The time of the latest change, always later than the ledger before."""
        return self._mtime

    def account_journal(self, *args: Any, **named: Any) -> list[Any]:  # noqa: ANN401
        """Return the last lines of an account's journal; the page says so where it cuts."""
        found: list[Any] = super().account_journal(*args, **named)
        return found[-MOST_LINES:]

    def _hide_paths(self) -> None:
        # Where the books lie on the server is nobody's business: names within the village remain.
        for entry in self.all_entries:
            for holder in (entry, *getattr(entry, "postings", ())):
                if holder.meta and "filename" in holder.meta:
                    holder.meta["filename"] = self._short(holder.meta["filename"])
        self.load_errors = [
            fault._replace(source=self._shortened(fault.source)) for fault in self.load_errors
        ]
        self.options["filename"] = self._short(self.options["filename"])
        self.options["include"] = [self._short(name) for name in self.options["include"]]

    def _shortened(self, source: Mapping[str, Any] | None) -> dict[str, Any]:
        found = dict(source or {})
        return {**found, "filename": self._short(str(found.get("filename", "")))}

    def _short(self, name: str) -> str:
        return _within(self.book.folder, name)


@lru_cache(4096)  # each entry and posting names its file, and there are few files
def _within(folder: Path, name: str) -> str:
    path = Path(name)
    if path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    return path.name if path.is_absolute() else name


class Ledgers:
    """What Fava takes for its mapping of ledgers: only what the present visitor may see."""

    def __init__(self, root: Path, language: str, kept: int = KEPT) -> None:
        self._root = root
        self._language = language
        self._room = kept
        self._kept: OrderedDict[Path, VillageLedger] = OrderedDict()
        self._shelf = threading.Lock()
        self._loading = threading.Lock()

    def first_slug(self) -> str:
        """Return no ledger: the first page of the desk is not Fava's."""
        raise KeyError

    def items(self) -> tuple[()]:
        """Return nothing: Fava would list every village's title on every page."""
        return ()

    def __getitem__(self, slug: str) -> VillageLedger:
        scope = request.environ["asgi.scope"]
        home = request.script_root + "/"
        return self.open(find(self._root, scope.get(SCOPE), slug), home)

    def open(self, book: Book, home: str = "/audit/") -> VillageLedger:
        """Return the ledger of a book as its files are now.

        Raises:
            StrangeLine: a file holds what may not be there.
        """
        known = self._fresh(book)
        if known is None:
            with self._loading:  # two visitors at once load it once
                known = self._fresh(book) or self._load(book, home)
        return known

    def _fresh(self, book: Book) -> VillageLedger | None:
        stamp = book.stamp()
        with self._shelf:
            known = self._kept.get(book.path)
            if known is None or known.stale(stamp):
                return None
            self._kept.move_to_end(book.path)
            return known

    def _load(self, book: Book, home: str) -> VillageLedger:
        inspect(book)
        old = self._kept.get(book.path)
        made = VillageLedger(book, self._language, home, old.mtime if old else 0)
        with self._shelf:
            self._kept[book.path] = made
            self._kept.move_to_end(book.path)
            while len(self._kept) > self._room:
                self._kept.popitem(last=False)
        return made

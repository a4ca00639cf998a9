"""The books that a visitor of the audit desk may open, and what their files may say.

An address names a book by village and year (`510802-sandui-jingtian-2021`) or by village and `all`.
The year book is always `audit.beancount`, which names the guard; there is no other file to fall
back on.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from ledger.refusal import Refusal

ALL = "all"
YEAR = re.compile(r"[0-9]{4}")
AUDIT = "audit.beancount"
TEXTS = ("*.beancount", "*/*.beancount", "*/*.seal", "village.json")
EVENTS = ("*/*.events.jsonl",)
# Whatever starts a line must be one of these: no documents (Fava would serve any path they name),
# no extensions and plugins but the guard (they are code), no options that loosen the checks.
HEADS = re.compile(
    rb"(;|$|option \"(title|operating_currency)\" |plugin \"approvals\.guard\"$"
    rb"|include \"([0-9]{4}/)?[0-9a-z-]+\.beancount\"$"
    rb"|[0-9]{4}-[0-9]{2}-[0-9]{2} (\*|open|balance) )"
)
GAP = b" \t"

Allowed = AbstractSet[str] | Mapping[str, Path]


class Facts(NamedTuple):
    """Name, size, time (ns) and place of a file."""

    name: str
    size: int
    time: int
    place: int


class Stamp(NamedTuple):
    """How the files of a village are: the texts that are loaded, and the events behind them.

    A replaced file changes it even where the new one has an older time.
    """

    texts: tuple[Facts, ...]
    events: tuple[Facts, ...]

    def latest(self) -> int:
        """Return the latest time (ns) of any file."""
        return max((file.time for file in (*self.texts, *self.events)), default=0)


class Book(NamedTuple):
    """A book: the village's code and folder, and the year or `all`."""

    village: str
    folder: Path
    year: str

    @property
    def path(self) -> Path:
        """Return the file that Beancount loads."""
        name = "all.beancount" if self.year == ALL else f"{self.year}/{AUDIT}"
        return self.folder / name

    @property
    def slug(self) -> str:
        """Return the name of the book in addresses."""
        return f"{self.village}-{self.year}"

    def stamp(self) -> Stamp:
        """Return how the files of the village are now."""
        return Stamp(tuple(_facts(self.folder, TEXTS)), tuple(_facts(self.folder, EVENTS)))


class Shelf(NamedTuple):
    """A village's books as the first page lists them; `sealed` is the last sealed month or ""."""

    village: str
    name: str
    township: str
    years: tuple[str, ...]
    sealed: str


def _facts(folder: Path, patterns: Sequence[str]) -> Iterator[Facts]:
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            with suppress(FileNotFoundError):  # replaced or taken away this very moment
                facts = path.stat()
                name = path.relative_to(folder).as_posix()
                yield Facts(name, facts.st_size, facts.st_mtime_ns, facts.st_ino)


def folder_of(root: Path, allowed: Allowed | None, village: str) -> Path:
    """Return the folder of a village.

    Raises:
        KeyError: the visitor may not see the village; `None` allows nobody anything.
    """
    if allowed is None or village not in allowed:
        raise KeyError(village)
    # Beancount loads absolute paths alone.
    return Path(allowed[village] if isinstance(allowed, Mapping) else root / village).resolve()


def find(root: Path, allowed: Allowed | None, slug: str) -> Book:
    """Return the book of an address.

    Raises:
        KeyError: there is no such book, or not for this visitor.
        NoAuditBook: the year is kept, but its audit.beancount is missing.
    """
    village, _, year = slug.rpartition("-")
    folder = folder_of(root, allowed, village)
    book = Book(village, folder, year)
    kept = folder if year == ALL else folder / year
    if not (year == ALL or YEAR.fullmatch(year)) or not kept.is_dir():
        raise KeyError(slug)
    if not book.path.is_file():
        raise NoAuditBook(file=book.path.relative_to(folder).as_posix())
    return book


def shelves(root: Path, allowed: Allowed | None) -> list[Shelf]:
    """Return the books of the villages that a visitor may see, by code."""
    return [shelf(folder_of(root, allowed, code), code) for code in sorted(allowed or ())]


def shelf(folder: Path, village: str) -> Shelf:
    """Return what a village keeps."""
    facts = facts_of(folder)
    years = tuple(sorted(path.parent.name for path in folder.glob(f"[0-9]*/{AUDIT}")))
    seals = sorted(path.name.removesuffix(".seal") for path in folder.glob("*/*.seal"))
    name = str(facts.get("name", village))
    return Shelf(village, name, str(facts.get("township", "")), years, seals[-1] if seals else "")


def facts_of(folder: Path) -> dict[str, Any]:
    """Return what village.json says, or nothing where it is missing or unreadable."""
    try:
        facts = json.loads((folder / "village.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def inspect(book: Book) -> None:
    """Refuse a book whose files hold anything but entries, accounts and balances.

    Raises:
        StrangeLine: a line of the book or of a file that it includes may not be there.
    """
    for path in _files(book):
        for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
            # An indented line belongs to the entry above it.
            if line[:1] not in GAP and not HEADS.match(line):
                name = path.relative_to(book.folder).as_posix()
                raise StrangeLine(file=name, line=number)


def _files(book: Book) -> list[Path]:
    included = re.findall(rb'^include "([^"]*)"', book.path.read_bytes(), re.MULTILINE)
    found = [book.path.parent / name.decode(errors="replace") for name in included]
    return [book.path, *(path for path in found if path.is_file())]


class NoAuditBook(Refusal):
    """A year's books lack the file that names the guard."""

    code = "R040"
    says = "账簿缺少核验用的文件 {file}，审计台不打开未经核验的账簿。请登记员重建账簿文件后再查。"
    rule = "docs/FORMATS.md，Books"
    status = 409


class StrangeLine(Refusal):
    """A file of the books holds a directive that the projection never writes."""

    code = "R041"
    says = "账簿文件 {file} 第 {line} 行不是明白账写入的内容，审计台不打开。请用核验程序检查。"
    rule = "docs/FORMATS.md，Books"
    status = 409

"""The reconciliation of an account with the bank's statement (银行存款余额调节表).

The balance in the books and the balance of the bank's statement differ by what one side has and the
other lacks. Each side is adjusted by what it lacks; then both must be equal, or the difference is
older than the first line that was imported.

Source: 会计基础工作规范 第八十六条（定期对账）; 财会〔2024〕12号 第二十三条（银行对账）
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from ledger.bank.line import Line
from ledger.sums import Entry


class Item(NamedTuple):
    """What one side has and the other lacks: `ref` is the voucher's number or the bank's serial.

    fen is positive for money in; `case` is the case behind it, or empty.
    """

    day: date
    ref: str
    what: str
    fen: int
    case: str


class Reconciliation(NamedTuple):
    """An account at the end of a month; amounts in fen.

    `bank_only` is in the bank's statement alone, `book_only` in the books alone; `until` is the day
    of the statement's last line.
    """

    book_fen: int
    bank_fen: int
    bank_only: tuple[Item, ...]
    book_only: tuple[Item, ...]
    until: date

    @property
    def adjusted_book(self) -> int:
        """Return the balance in the books with what only the bank has."""
        return self.book_fen + sum(item.fen for item in self.bank_only)

    @property
    def adjusted_bank(self) -> int:
        """Return the balance of the statement with what only the books have."""
        return self.bank_fen + sum(item.fen for item in self.book_only)

    @property
    def difference(self) -> int:
        """Return what no item explains: adjusted bank less adjusted books."""
        return self.adjusted_bank - self.adjusted_book


def reconcile(
    entries: Sequence[Entry],
    lines: Sequence[tuple[Line, str | None]],
    roots: Mapping[str, str] | None = None,
) -> Reconciliation | None:
    """Return the reconciliation of an account's legs with its lines (oldest first), or None.

    `lines` say which case answers each; `roots` leads from a red or blue correction to the case
    that it corrects, so that a correction and its original are one. Legs from before the first line
    stand in the bank's balance already, unless a line answers them. Without lines there is nothing
    to reconcile with.
    """
    if not lines:
        return None
    known = roots or {}
    first = lines[0][0]
    answered = {known.get(case, case) for _, case in lines if case}
    legs: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        root = known.get(entry.case, entry.case)
        older = entry.kind == "opening" or entry.day < first.day
        if root in answered or not older:
            legs[root].append(entry)
    told: dict[str, list[Line]] = defaultdict(list)
    bank_only = []
    for line, case in lines:
        if case:
            told[known.get(case, case)].append(line)
        else:
            bank_only.append(_of_line(line, ""))
    book_only = []
    for root in legs.keys() | told.keys():
        if sum(map(moved, told[root])) != sum(entry.fen for entry in legs[root]):
            bank_only += [_of_line(line, root) for line in told[root]]
            book_only += [_of_leg(entry) for entry in legs[root]]
    return Reconciliation(
        book_fen=sum(entry.fen for entry in entries),
        bank_fen=lines[-1][0].balance_fen,
        bank_only=tuple(sorted(bank_only)),
        book_only=tuple(sorted(book_only)),
        until=lines[-1][0].day,
    )


def moved(line: Line) -> int:
    """Return what a line added to the account (fen)."""
    return line.in_fen - line.out_fen


def sides(items: Iterable[Item]) -> tuple[list[Item], list[Item]]:
    """Return the items that brought money in, and those that took it out."""
    known = list(items)
    return [one for one in known if one.fen > 0], [one for one in known if one.fen <= 0]


def _of_line(line: Line, case: str) -> Item:
    what = " ".join(dict.fromkeys(filter(None, (line.party, line.purpose or line.summary))))
    return Item(line.day, line.serial, what, moved(line), case)


def _of_leg(entry: Entry) -> Item:
    return Item(entry.day, entry.number, entry.summary, entry.fen, entry.case)

"""Keep the bank lines of a village and what answers them: added once, never changed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from ledger.bank.joining import Kept, LineConflict, join
from ledger.bank.line import Line
from ledger.bank.tables import bank_account, bank_file, bank_layout, bank_line
from ledger.money import yuan
from ledger.refusal import Refusal

MANY = 500  # keys asked for at once; SQLite bounds the variables of a statement


class Account(NamedTuple):
    """A bank account of a village: its code in the books, its number, holder and bank."""

    village: str
    code: str
    number: str
    holder: str
    bank: str


class File(NamedTuple):
    """A file that somebody brought and that is not imported yet."""

    id: str
    account_code: str
    month: str
    name: str
    data: bytes
    person: str


class Answered(NamedTuple):
    """A line, the case that answers it (or None), and why somebody said so by hand."""

    line: Line
    case: str | None
    note: str


def add(conn: Connection, village: str, account_code: str, lines: Iterable[Line]) -> int:
    """Add a statement's lines (oldest first) to an account and return how many were new.

    Lines that are there already are passed over, so a file may be imported again, and files may
    overlap (`ledger.bank.joining`).

    Raises:
        Gap, LineConflict, Unclear: the lines do not join those that are kept.
    """
    lines = tuple(lines)
    if not lines:
        return 0
    homes = _homes(conn, village, [line.key for line in lines])
    for line in lines:
        if homes.get(line.key, account_code) != account_code:
            raise LineConflict(day=line.day, serial=line.serial, amount=yuan(line.fen))
    front, back = join(_kept(conn, village, account_code, lines), lines)
    first, last = _ends(conn, village, account_code)
    home = {"village": village, "account_code": account_code, "voucher_case": None, "note": ""}
    places = [*enumerate(front, first - len(front)), *enumerate(back, last + 1)]
    rows = [{**line._asdict(), **home, "position": at} for at, line in places]
    for row in rows:  # a line alike in all its facts may be there, and be another movement
        key, count = row["key"], 1
        while row["key"] in homes:
            count += 1
            row["key"] = sha256(f"{key}|{count}".encode()).hexdigest()[:20]
        homes[row["key"]] = account_code
    if rows:
        conn.execute(insert(bank_line), rows)
    return len(rows)


def _kept(conn: Connection, village: str, account_code: str, fresh: Sequence[Line]) -> Kept:
    mine = (_of(village), bank_line.c.account_code == account_code)
    day, place = bank_line.c.day, bank_line.c.position
    days = (day >= min(line.day for line in fresh), day <= max(line.day for line in fresh))
    first, last = conn.execute(select(func.min(place), func.max(place)).where(*mine, *days)).one()
    if first is None:  # no line on these days: the file stands between two that are neighbours
        behind = select(func.min(place)).where(*mine, day > fresh[-1].day)
        first = conn.execute(behind).scalar()
        first = _ends(conn, village, account_code)[1] + 1 if first is None else first
        last = first - 1
    query = select(bank_line).where(*mine, place >= first - 1, place <= last + 1)
    found = {row.position: _line(row) for row in conn.execute(query)}
    inside = [found[at] for at in range(first, last + 1)]
    return Kept(inside, found.get(first - 1), found.get(last + 1))


def _homes(conn: Connection, village: str, keys: list[str]) -> dict[str, str]:
    """Return the account of every key that is there."""
    found: dict[str, str] = {}
    for at in range(0, len(keys), MANY):
        some = bank_line.c.key.in_(keys[at : at + MANY])
        query = select(bank_line.c.key, bank_line.c.account_code).where(_of(village), some)
        found.update((row.key, row.account_code) for row in conn.execute(query))
    return found


def _of(village: str) -> ColumnElement[bool]:
    return bank_line.c.village == village


def _ends(conn: Connection, village: str, account_code: str) -> tuple[int, int]:
    """Return the places of the oldest and the newest line of an account; (0, -1) without any."""
    place = bank_line.c.position
    query = select(func.min(place), func.max(place)).where(
        _of(village), bank_line.c.account_code == account_code
    )
    first, last = conn.execute(query).one()
    return (0, -1) if first is None else (first, last)


def _line(row: Row[tuple[object, ...]]) -> Line:
    return Line(*(getattr(row, field) for field in Line._fields))


def unmatched(conn: Connection, village: str, account_code: str | None = None) -> list[Line]:
    """Return the lines that no voucher answers yet, oldest first; of one account if asked."""
    query = select(bank_line).where(_of(village), bank_line.c.voucher_case.is_(None))
    if account_code is not None:
        query = query.where(bank_line.c.account_code == account_code)
    order = query.order_by(bank_line.c.day, bank_line.c.account_code, bank_line.c.position)
    return [_line(row) for row in conn.execute(order)]


def get(conn: Connection, village: str, key: str) -> Line:
    """Return one line.

    Raises:
        UnknownLine: the village has no such line.
    """
    return _line(_row(conn, village, key))


def _row(conn: Connection, village: str, key: str) -> Row[tuple[object, ...]]:
    row = conn.execute(select(bank_line).where(_of(village), bank_line.c.key == key)).first()
    if row is None:
        raise UnknownLine(key=key)
    return row


def has(conn: Connection, village: str, key: str) -> bool:
    """Tell whether the village has a line of this key."""
    query = select(bank_line.c.key).where(_of(village), bank_line.c.key == key)
    return conn.execute(query).first() is not None


def account_of(conn: Connection, village: str, key: str) -> str:
    """Return the code of the account that a line moved.

    Raises:
        UnknownLine: the village has no such line.
    """
    return str(_row(conn, village, key).account_code)


def case_of(conn: Connection, village: str, key: str) -> str | None:
    """Return the case whose voucher answers a line, or None.

    Raises:
        UnknownLine: the village has no such line.
    """
    case: str | None = _row(conn, village, key).voucher_case
    return case


def cases(conn: Connection, village: str, account_code: str) -> frozenset[str]:
    """Return the cases that lines of an account answer."""
    query = select(bank_line.c.voucher_case).where(
        _of(village),
        bank_line.c.account_code == account_code,
        bank_line.c.voucher_case.is_not(None),
    )
    return frozenset(conn.execute(query.distinct()).scalars())


def counts(conn: Connection, village: str) -> dict[str, int]:
    """Return how many lines of each account no voucher answers."""
    query = select(bank_line.c.account_code, func.count()).where(
        _of(village), bank_line.c.voucher_case.is_(None)
    )
    found = conn.execute(query.group_by(bank_line.c.account_code))
    return {code: int(count) for code, count in found}


def months(conn: Connection, village: str, account_code: str) -> tuple[str, str] | None:
    """Return the months of the oldest and the newest line of an account, or None."""
    day = bank_line.c.day
    query = select(func.min(day), func.max(day)).where(
        _of(village), bank_line.c.account_code == account_code
    )
    first, last = conn.execute(query).one()
    return None if first is None else (f"{first:%Y-%m}", f"{last:%Y-%m}")


def free(conn: Connection, village: str, key: str) -> None:
    """Free one line of the case that answers it."""
    mine = update(bank_line).where(_of(village), bank_line.c.key == key)
    conn.execute(mine.values(voucher_case=None, note=""))


def mark(conn: Connection, village: str, key: str, case: str) -> None:
    """Say which case answers a line; saying it again changes nothing.

    Raises:
        UnknownLine: the village has no such line.
        LineTaken: another case has the line.
    """
    free = bank_line.c.voucher_case.is_(None) | (bank_line.c.voucher_case == case)
    mine = update(bank_line).where(_of(village), bank_line.c.key == key, free)
    # One statement decides, so two clerks at once cannot both have the line.
    if conn.execute(mine.values(voucher_case=case)).rowcount == 0:
        row = _row(conn, village, key)
        line = _line(row)
        raise LineTaken(day=line.day, amount=yuan(line.fen), case=row.voucher_case)


def release(conn: Connection, village: str, case: str) -> None:
    """Free the lines of a case that was withdrawn."""
    held = update(bank_line).where(_of(village), bank_line.c.voucher_case == case)
    conn.execute(held.values(voucher_case=None))


def last_line(conn: Connection, village: str, account_code: str) -> Line | None:
    """Return the newest line of an account, whose balance the bank vouches for, or None."""
    query = select(bank_line).where(_of(village), bank_line.c.account_code == account_code)
    row = conn.execute(query.order_by(bank_line.c.position.desc()).limit(1)).first()
    return None if row is None else _line(row)


def lines(conn: Connection, village: str, account_code: str, until: date) -> list[Answered]:
    """Return all lines of an account through a day, oldest first, with what answers them."""
    mine = (_of(village), bank_line.c.account_code == account_code, bank_line.c.day <= until)
    query = select(bank_line).where(*mine).order_by(bank_line.c.position)
    return [Answered(_line(row), row.voucher_case, row.note) for row in conn.execute(query)]


def note(conn: Connection, village: str, key: str, why: str) -> None:
    """Keep why somebody said by hand which case answers a line."""
    here = update(bank_line).where(_of(village), bank_line.c.key == key)
    conn.execute(here.values(note=why))


def account(conn: Connection, village: str, code: str) -> Account | None:
    """Return the bank account that a code of the books stands for, or None."""
    mine = (bank_account.c.village == village, bank_account.c.code == code)
    row = conn.execute(select(bank_account).where(*mine)).first()
    return None if row is None else Account(*row)


def accounts(conn: Connection) -> list[Account]:
    """Return every bank account of every village."""
    return [Account(*row) for row in conn.execute(select(bank_account))]


def bind(conn: Connection, one: Account) -> None:
    """Say which bank account a code of the books stands for."""
    mine = (bank_account.c.village == one.village, bank_account.c.code == one.code)
    conn.execute(delete(bank_account).where(*mine))
    conn.execute(insert(bank_account).values(**one._asdict()))


def layout(conn: Connection, fingerprints: Sequence[str]) -> tuple[str, Mapping[str, Any]] | None:
    """Return (fingerprint, what a person told) of the first layout that is remembered, or None."""
    known = [one for one in fingerprints if one]
    query = select(bank_layout).where(bank_layout.c.fingerprint.in_(known))
    found = {row.fingerprint: row.told for row in conn.execute(query)}
    return next(((one, json.loads(found[one])) for one in known if one in found), None)


def remember(
    conn: Connection, fingerprint: str, told: Mapping[str, Any], person: str, at: datetime
) -> None:
    """Keep what a person told of a bank's layout; the latest word counts."""
    forget(conn, fingerprint)
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    row = {"fingerprint": fingerprint, "told": text, "person": person, "at": at.isoformat()}
    conn.execute(insert(bank_layout).values(row))


def forget(conn: Connection, fingerprint: str) -> None:
    """Drop what was told of a layout."""
    conn.execute(delete(bank_layout).where(bank_layout.c.fingerprint == fingerprint))


def hold(conn: Connection, village: str, file: File, at: datetime) -> None:
    """Hold a file until its columns are told; a person holds one file for an account."""
    same = (
        bank_file.c.village == village,
        bank_file.c.account_code == file.account_code,
        bank_file.c.person == file.person,
    )
    conn.execute(delete(bank_file).where(*same))
    drop(conn, village, file.id)
    row = {"village": village, **file._asdict(), "at": at.isoformat()}
    conn.execute(insert(bank_file).values(row))


def held(conn: Connection, village: str, name: str) -> File:
    """Return a file in hand.

    Raises:
        NoFile: it is imported or given up.
    """
    mine = (bank_file.c.village == village, bank_file.c.id == name)
    row = conn.execute(select(bank_file).where(*mine)).first()
    if row is None:
        raise NoFile
    return File(row.id, row.account_code, row.month, row.name, bytes(row.data), row.person)


def drop(conn: Connection, village: str, name: str) -> None:
    """Let a file go."""
    mine = (bank_file.c.village == village, bank_file.c.id == name)
    conn.execute(delete(bank_file).where(*mine))


class NoFile(Refusal):
    """The statement file is not in hand any more."""

    code = "B022"
    says = "这个流水文件已经导入或放弃，请重新选择文件导入。"
    status = 410


class LineTaken(Refusal):
    """The bank line belongs to another voucher already."""

    code = "B013"
    says = (
        "{day} 的这笔流水（{amount} 元）已用于单据 {case}，一笔流水只能对应一张凭证。请另选流水。"
    )
    rule = "财会〔2024〕12号 第二十一条（二）防止重复入账"


class UnknownLine(Refusal):
    """The village has no such bank line."""

    code = "B014"
    says = "没有找到流水 {key}，请先导入银行明细。"
    status = 404

"""Keep the bank lines of a village and what answers them: added once, never changed."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from ledger.bank.line import Line, new_lines
from ledger.bank.tables import bank_line
from ledger.money import yuan
from ledger.refusal import Refusal

MANY = 500  # keys asked for at once; SQLite bounds the variables of a statement


def add(conn: Connection, village: str, account_code: str, lines: Iterable[Line]) -> int:
    """Add a statement's lines (oldest first) to an account and return how many were new.

    Lines that are there already are passed over, so a file may be imported again.

    Raises:
        LineConflict: a key is there with other content or under another account.
    """
    lines = tuple(lines)
    known = _known(conn, village, [line.key for line in lines])
    for line in lines:
        if line.key in known and known[line.key] != (account_code, line):
            raise LineConflict(day=line.day, serial=line.serial, amount=yuan(line.fen))
    fresh = new_lines(lines, known)
    first = _next(conn, village, account_code)
    home = {"village": village, "account_code": account_code, "voucher_case": None}
    rows = [{**line._asdict(), **home, "position": at} for at, line in enumerate(fresh, first)]
    if rows:
        conn.execute(insert(bank_line), rows)
    return len(rows)


def _known(conn: Connection, village: str, keys: list[str]) -> dict[str, tuple[str, Line]]:
    found: dict[str, tuple[str, Line]] = {}
    for at in range(0, len(keys), MANY):
        some = bank_line.c.key.in_(keys[at : at + MANY])
        for row in conn.execute(select(bank_line).where(_of(village), some)):
            found[row.key] = (row.account_code, _line(row))
    return found


def _of(village: str) -> ColumnElement[bool]:
    return bank_line.c.village == village


def _next(conn: Connection, village: str, account_code: str) -> int:
    query = select(func.max(bank_line.c.position)).where(
        _of(village), bank_line.c.account_code == account_code
    )
    last = conn.execute(query).scalar()
    return 0 if last is None else last + 1


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


def line_on(conn: Connection, village: str, account_code: str, day: date) -> Line | None:
    """Return the last line of an account on or before a day, or None: its balance is the bank's."""
    mine = (_of(village), bank_line.c.account_code == account_code, bank_line.c.day <= day)
    order = (bank_line.c.day.desc(), bank_line.c.position.desc())
    row = conn.execute(select(bank_line).where(*mine).order_by(*order).limit(1)).first()
    return None if row is None else _line(row)


class LineConflict(Refusal):
    """A known line comes again with other content, or for another account."""

    code = "B012"
    says = (
        "{day} 的流水 {serial}（{amount} 元）已经导入过，但内容或账户不同。"
        "请核对文件是否改过、账户是否选对。"
    )


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

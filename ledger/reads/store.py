"""Note the reads of personal data, and bind what was noted: docs/FORMATS.md, "Reads"."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select

from ledger import canonical, tree
from ledger.log import store as log
from ledger.reads.tables import read

# What of personal data there is to read.
KINDS: dict[str, str] = {
    "paper": "单据",
    "voucher": "凭证或审批单",
    "roll": "分红花名册或每户明细",
    "register": "成员与份额登记簿",
    "points": "积分和积分超市",
    "books": "整套账簿",
    "asked": "网上提问人留的姓名",
    "household": "一户查自己的账",
    "audit": "审计台",
    "payments": "付款文件",
    "contracts": "合同、资源和往来",
}


class Read(NamedTuple):
    """One read: `at` ISO 8601, `what` a key of `KINDS`, `subject` the case, year or paper."""

    village: str
    no: int
    at: str
    person: str
    what: str
    subject: str

    def line(self) -> bytes:
        """Return the canonical line that a digest binds."""
        return canonical.encode(self._asdict())


def note(
    conn: Connection, village: str, at: datetime, person: str, what: str, subject: str
) -> None:
    """Note a read before anything is shown; the same read again on the same day adds nothing."""
    log.hold(conn, village)  # numbers have no gaps, whoever reads at once
    moment = at.isoformat(timespec="seconds")
    same = select(read.c.no).where(
        read.c.village == village,
        read.c.person == person,
        read.c.subject == subject,
        read.c.what == what,
        read.c.at.startswith(moment[:10]),
    )
    if conn.execute(same.limit(1)).first() is None:
        row = Read(village, last(conn, village) + 1, moment, person, what, subject)
        conn.execute(insert(read).values(**row._asdict()))


def last(conn: Connection, village: str) -> int:
    """Return the number of the last read, or 0."""
    query = select(func.max(read.c.no)).where(read.c.village == village)
    return conn.execute(query).scalar() or 0


def reads(conn: Connection, village: str, first: int, until: int) -> list[Read]:
    """Return the reads from one number to another, both included, in order."""
    query = select(read).where(read.c.village == village, read.c.no.between(first, until))
    return [Read(*row) for row in conn.execute(query.order_by(read.c.no))]


def root(lines: Sequence[Read]) -> str:
    """Return the RFC 9162 root (hex) over the lines of some reads."""
    return tree.root([tree.leaf_hash(one.line()) for one in lines]).hex()

"""What several rooms of the counter ask for: a village's statements, its books as one file."""

import io
import zipfile
from pathlib import Path

from sqlalchemy import Connection

from approvals import distribution, membership, register
from ledger.distribution import Roll, allot
from ledger.log import store as log
from ledger.refusal import Refusal
from ledger.registers import store as shares
from ledger.reported import statements_of
from ledger.statements import Statement

FIXED = (2020, 1, 1, 0, 0, 0)  # the same books give the same file


def three_statements(conn: Connection, village: str, period: str) -> tuple[str, list[Statement]]:
    """Return the village's name and 会村01表, 会村02表 and 科目余额表 through a period.

    Raises:
        UnknownVillage, StatementUntied.
    """
    return register.of(conn, village).facts["name"], statements_of(conn, village, period)


def roll_of(conn: Connection, village: str, year: int) -> Roll:
    """Return the roll of a frozen distribution, from the share register that it was frozen on.

    Raises:
        NotFrozen: no distribution of the year is frozen.
        RegisterChanged: today's register gives another roll than the one that was frozen.
    """
    frozen = log.events(conn, village, kinds=("distribution.frozen",), subject=str(year))
    if not frozen:
        register.of(conn, village)
        raise NotFrozen(year=year)
    body = frozen[-1].statement()["body"]
    walked = distribution.roll_of(conn, village, year, frozen[-1])
    found = membership.adopted(conn, village, frozen[-1].seq)
    households = found.households if found else shares.holdings(conn, village)
    roll = walked or allot(year, body["members"], households)
    if roll.digest() != body["allotment"]:
        raise RegisterChanged(year=year)
    return roll


def bundle(folder: Path) -> bytes:
    """Return a village's books directory as a .zip, the same bytes for the same books."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = path.relative_to(folder.parent).as_posix()
                archive.writestr(zipfile.ZipInfo(name, FIXED), path.read_bytes())
    return out.getvalue()


class NotFrozen(Refusal):
    """No distribution of the year has been frozen."""

    code = "W040"
    says = "{year} 年还没有定案的收益分配方案，没有分红花名册。"
    status = 404


class RegisterChanged(Refusal):
    """The share register has changed since the roll was frozen."""

    code = "W041"
    says = "份额登记簿在 {year} 年分配定案后有变动，花名册与定案不一致，不能打印。请核对登记簿。"
    rule = "农村集体经济组织法 第四十二条"

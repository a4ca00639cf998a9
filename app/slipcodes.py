"""Codes on households' slips: a household's own figures without a telephone number or a login.

A code has 60 random bits and is printed once; the database keeps what scrypt makes of it. Two
milliseconds a guess are enough for sixty bits, and a thousand slips are made while a clerk waits.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import scrypt
from hmac import compare_digest
from typing import NamedTuple

from sqlalchemy import Connection, Engine, delete, insert, select, update

from app import desk
from app.tables import slip_code
from ledger.distribution import Holding
from ledger.distribution import Row as Share
from ledger.log import store as log
from ledger.reads import store as reads
from ledger.refusal import Refusal
from ledger.registers import store as shares

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U to misread
ALIKE = str.maketrans("ILO", "110")
GROUPS, LONG = 3, 4
TRIES, LOCK = 5, timedelta(hours=24)


class Year(NamedTuple):
    """What a household got of a frozen distribution: its line, and the fen a share brought."""

    year: int
    share: Share


class Own(NamedTuple):
    """What a household may see: its own line of the register, and its own dividends."""

    holding: Holding
    years: tuple[Year, ...]
    unknown: tuple[int, ...]  # years whose roll cannot be computed from the register any more


def issue(engine: Engine, village: str, households: Iterable[str]) -> dict[str, str]:
    """Give every household a new code; the earlier ones and their locks are gone."""
    codes = {name: _fresh() for name in households}
    rows = [
        {"village": village, "household": name, "code": _made(village, code)}
        for name, code in codes.items()
    ]
    with engine.begin() as conn:
        conn.execute(delete(slip_code).where(slip_code.c.village == village))
        conn.execute(insert(slip_code), [{**row, "failures": 0, "locked": ""} for row in rows])
    return codes


def _fresh() -> str:
    parts = ("".join(secrets.choice(LETTERS) for _ in range(LONG)) for _ in range(GROUPS))
    return "-".join(parts)


def _plain(code: str) -> str:
    return "".join(c for c in code.upper().translate(ALIKE) if c in LETTERS)


def _made(village: str, code: str) -> str:
    salt = f"mingbai/slip/v1\n{village}".encode()
    return scrypt(_plain(code).encode(), salt=salt, n=2**10, r=8, p=1, dklen=32).hex()


def check(engine: Engine, village: str, household: str, code: str, now: datetime) -> None:
    """Check a household's code; the attempt is counted before the code is looked at.

    Raises:
        CodeLocked: five wrong ones; a new code from the clerk opens it, or a day.
        WrongCode: household or code is wrong, which of them is not said.
    """
    mine = (slip_code.c.village == village) & (slip_code.c.household == household)
    with engine.begin() as conn:
        row = conn.execute(select(slip_code).where(mine).with_for_update()).first()
        if row is not None:
            if row.locked and now < datetime.fromisoformat(row.locked):
                raise CodeLocked(hours=int(LOCK.total_seconds() // 3600))
            failures = 1 if row.locked else row.failures + 1
            locked = (now + LOCK).isoformat() if failures >= TRIES else ""
            count = update(slip_code).where(mine)
            conn.execute(count.values(failures=failures, locked=locked))
    given = _made(village, code)
    if row is None or not compare_digest(given, row.code):
        raise WrongCode
    with engine.begin() as conn:
        conn.execute(update(slip_code).where(mine).values(failures=0, locked=""))


def own(conn: Connection, village: str, household: str) -> Own:
    """Return what a household may see of itself, and nothing of any other.

    Raises:
        WrongCode: the register has no such household any more.
    """
    holding = next(
        (one for one in shares.holdings(conn, village) if one.household == household), None
    )
    if holding is None:
        raise WrongCode
    found, unknown = [], []
    frozen = {event.subject for event in log.events(conn, village, kinds=("distribution.frozen",))}
    for year in sorted(map(int, frozen), reverse=True):
        try:
            rows = desk.roll_of(conn, village, year).rows
        except desk.RegisterChanged:
            unknown.append(year)
            continue
        found += [Year(year, row) for row in rows if row.household == household]
    return Own(holding, tuple(found), tuple(unknown))


def note(engine: Engine, village: str, household: str, now: datetime) -> None:
    """Note that a household reads its own data, before anything is shown."""
    with engine.begin() as conn:
        reads.note(conn, village, now, f"户{household}", "household", household)


class WrongCode(Refusal):
    """The household's number or its code is wrong."""

    code = "W090"
    says = "户号或查询码不对，请对照明细单再填一次。连错五次会锁住。"
    status = 403


class CodeLocked(Refusal):
    """Five wrong codes for a household."""

    code = "W091"
    says = "这一户连续填错五次，已锁住 {hours} 小时。着急的话请到村文书处换一张新的查询码。"
    status = 403

"""A village of two years with real log and views, for the tests of the books.

`python tests/village_books.py` writes its books to tests/villages, the golden files.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine

from ledger import views
from ledger.log import store as log
from ledger.log.act import Act, Event, Signature
from ledger.schema import metadata
from ledger.voucher import Leg, Number, Party, Voucher

CODE = "510802-sandui-jingtian"
GOLDEN = Path(__file__).parent / "villages"
START = datetime(2021, 11, 1, 9, 0, tzinfo=timezone(timedelta(hours=8)))
POLICY = "ef" * 32
STEP = {"id": "seen", "kind": "one", "seats": ["secretary"], "turn": 1}
CHAIN: dict[str, Any] = {"id": "books", "from_fen": 0, "below_fen": None, "steps": [STEP]}
SIGNATURE = (Signature("0" * 16, "ed25519", "0" * 128),)


@contextmanager
def database() -> Iterator[Connection]:
    """Open an empty database in memory."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as conn:
        yield conn
    engine.dispose()


def act(conn: Connection, kind: str, subject: str, body: dict[str, Any]) -> Event:
    """Record one act of the village, a minute after the one before."""
    seq = log.size(conn, CODE)
    at = START + timedelta(minutes=seq)
    nonce = hashlib.sha256(str(seq).encode()).hexdigest()[:32]
    registrar = kind in {"log.opened", "policy.adopted", "month.sealed"}
    person, seat = ("registrar", "registrar") if registrar else ("田小禾", "bookkeeper")
    made = Act(CODE, kind, at, person, seat, "pin", nonce, subject, body)
    return views.record(conn, made, SIGNATURE)


def open_village(conn: Connection) -> None:
    """Open the log, a chain of one step and two detail accounts."""
    registrar = {"key": "ab" * 8, "alg": "ed25519", "public": "cd" * 32}
    fields = {"name": "样例镇晶田村股份经济合作社", "township": "样例镇", "chart": "2023"}
    act(conn, "log.opened", "", {**fields, "opened": "2021-11-01", "registrar": registrar})
    act(conn, "policy.adopted", "", {"digest": POLICY, "policy": {"chains": [CHAIN]}})
    act(conn, "account.opened", "102.01", {"code": "102.01", "name": "基本户"})
    act(conn, "account.opened", "113.0001", {"code": "113.0001", "name": "李小川户"})


def enter(conn: Connection, no: int, voucher: Voucher) -> Number:
    """Submit and post a voucher without its chain, which is not the books' concern."""
    number = Number(voucher.day.year, voucher.kind, no)
    case = f"case-{number}"
    chain = {"policy": POLICY, "chain": CHAIN["id"], "skips": [], "head": "0" * 64}
    submitted = {"revision": 1, "voucher": voucher.body(), "digest": voucher.digest(), **chain}
    act(conn, "voucher.submitted", case, submitted)
    facts = {"year": number.year, "class": number.kind, "no": no, "period": voucher.period}
    act(conn, "voucher.posted", case, {"revision": 1, "digest": voucher.digest(), **facts})
    return number


def seal(conn: Connection, period: str) -> None:
    """Seal a month with a note that stands for the real one."""
    size, root = log.size(conn, CODE), log.root(conn, CODE).hex()
    note = [f"mingbai/{CODE}", str(size), root, f"period {period}"]
    facts = {"period": period, "size": size, "root": root, "balances": "", "note": note}
    act(conn, "month.sealed", period, facts)


def make(kind: Any, day: date, summary: str, legs: list[tuple[Any, ...]], **more: Any) -> Voucher:
    """Return a voucher of the village; legs are (account, fen) or (account, fen, summary)."""
    lines = tuple(Leg(*row) if row[2:] else Leg(*row, "") for row in legs)
    purpose = {"receipt": "income.rent", "payment": "spending.office"}.get(kind, "")
    fields = {"purpose": purpose, "legs": lines, **more}
    return Voucher(CODE, kind, day, summary, **fields)


SHOP = Party('利民"五金"店', "6217000000000000", "样例农商行")
FIRST = make("opening", date(2021, 11, 1), "期初余额", [("102.01", 500000), ("311", -500000)])
RENT = make(
    "receipt",
    date(2021, 11, 5),
    "收李小川鱼塘承包款",
    [("102.01", 120050, "转账存入"), ("501", -100050), ("113.0001", -20000, "还上年欠款")],
)
OFFICE = make(
    "payment", date(2021, 12, 8), "购\\办公\\用品", [("513", 30001), ("102.01", -30001)], payee=SHOP
)
RED = make(
    "payment",
    date(2022, 1, 10),
    "注销2021年12月8日付0001号凭证",
    [("513", -30001), ("102.01", 30001)],
    payee=SHOP,
    reverses="2021-付-0001",
)
BLUE = make(
    "payment",
    date(2022, 1, 10),
    "订正2021年12月8日付0001号凭证",
    [("513", 30010), ("102.01", -30010)],
    payee=SHOP,
    corrects="2021-付-0001",
)
WORKS = make("transfer", date(2022, 3, 1), "结转应付款", [("153", 990000), ("211", -990000)])


def fill(conn: Connection) -> None:
    """Keep the village's books from November 2021 to March 2022; February is empty."""
    open_village(conn)
    enter(conn, 1, FIRST)
    enter(conn, 1, RENT)
    seal(conn, "2021-11")
    enter(conn, 1, OFFICE)
    seal(conn, "2021-12")
    enter(conn, 1, RED)
    enter(conn, 2, BLUE)
    enter(conn, 1, WORKS)


if __name__ == "__main__":
    from ledger.book import files

    with database() as filled:
        fill(filled)
        files.project(filled, CODE, GOLDEN)

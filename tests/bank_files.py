"""Statement files of the sample village's bank, which go on from its last line."""

import csv
import io
from datetime import date
from typing import NamedTuple

from fastapi.testclient import TestClient

from app.demo.township import township
from ledger.bank import store
from ledger.money import plain

HEAD = (
    *("交易日期", "交易时间", "流水号", "摘要", "支出", "收入", "余额", "对方户名", "对方账号"),
    "用途",
)
XIAOHE = "510802-sandui-xiaohe"
STRANGE = ("哪天", "几点", "编号", "由头", "出", "进", "剩下", "谁", "谁的账号", "为什么")


class Move(NamedTuple):
    """A movement: its day, the fen that came in (or went out, negative), with whom, for what."""

    day: date
    fen: int
    party: str
    account: str
    what: str


def number() -> str:
    """Return the number of the village's account."""
    home = next(one for one in township().villages if one.code == XIAOHE)
    return home.accounts[0].number


def balance(counter: TestClient) -> int:
    """Return the balance that the bank stated last, in fen."""
    with counter.app.state.room.engine.connect() as conn:  # type: ignore[attr-defined]
        last = store.last_line(conn, XIAOHE, "102.01")
    return last.balance_fen if last else 0


def statement(
    fen: int, *moves: Move, account: str | None = None, head: tuple[str, ...] = HEAD
) -> bytes:
    """Return a file in GB18030 from a balance on; `head` may be one that no bank uses."""
    rows: list[tuple[str, ...]] = []
    for at, move in enumerate(moves, 1):
        fen += move.fen
        sides = (plain(-move.fen), "") if move.fen < 0 else ("", plain(move.fen))
        serial = f"{move.day:%Y%m%d}{at:05d}"
        start = (move.day.isoformat(), f"09:{at:02d}:00", serial, "网银转账")
        rows.append((*start, *sides, plain(fen), move.party, move.account, move.what))
    buffer = io.StringIO()
    own = number() if account is None else account
    top = [("账号", own)] if own else []
    csv.writer(buffer).writerows([*top, head, *rows])
    return buffer.getvalue().encode("gb18030")


def bring(counter: TestClient, csrf: str, data: bytes, **more: str):  # noqa: ANN201 - a response
    """Send a file to the bank room."""
    files = {"file": ("二月.csv", data, "text/csv")}
    form = {"csrf": csrf, "bank": "102.01", **more}
    return counter.post(f"/desk/{XIAOHE}/bank", data=form, files=files)

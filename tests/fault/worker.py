"""A bookkeeper's process to be killed: submit, sign, post and seal on one file, as fast as it can.

`broken` commits the event of a posting and its views apart, so that the harness has something to
catch.
"""

import sys
from datetime import date
from pathlib import Path

from sample import Village, hand, payment, rent
from sqlalchemy import Connection

from app import database
from approvals import gate
from ledger import views
from ledger.log import store as log
from ledger.log.act import Act, Event, Signature


def broken_record(conn: Connection, act: Act, signatures: tuple[Signature, ...]) -> Event:
    """Record an act with a commit between the event and its views."""
    event, new = log.put(conn, act, signatures)
    if new:
        conn.exec_driver_sql("COMMIT")
        conn.exec_driver_sql("BEGIN IMMEDIATE")
        views.follow(conn, event)
    return event


def main(folder: Path, *, broken: bool) -> None:
    """Work until somebody kills the process."""
    if broken:
        views.record = broken_record
    engine = database.connect(f"sqlite:///{folder / 'mingbai.sqlite'}")
    village = Village(engine, folder / "books")
    with engine.begin() as conn:
        last = log.last_at(conn, village.code)
    assert last is not None
    village.now = last
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    turn = 0
    while True:
        turn += 1
        day = date(2021, 1, 10 + turn % 15)
        voucher = payment(day, 100 + turn) if turn % 3 == 0 else rent(day, 100 + turn)
        standing = village.clear(village.submit(voucher))
        with engine.begin() as conn:
            gate.post(conn, hand("book1"), village.desk(), standing.case)


if __name__ == "__main__":
    main(Path(sys.argv[1]), broken=sys.argv[2] == "broken")

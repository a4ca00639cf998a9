"""Views that follow the log: what each event writes into the tables beside it.

The same functions run when an act is recorded and when the views are rebuilt, so that a rebuilt
installation cannot differ from a live one.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from ledger.legs import store as legs
from ledger.log import store as log
from ledger.log.act import Act, Event, Signature
from ledger.posted import store as posted
from ledger.posted.store import Posted, Seal
from ledger.voucher import Number, Paper, from_body

Body = dict[str, Any]


def record(conn: Connection, act: Act, signatures: tuple[Signature, ...]) -> Event:
    """Append an act to the log and let the views follow, in the caller's transaction."""
    event, new = log.put(conn, act, signatures)
    if new:  # an act repeated under its nonce has been followed already
        follow(conn, event)
    return event


def follow(conn: Connection, event: Event) -> None:
    """Write what an event means for the views."""
    step = FOLLOW.get(event.kind)
    if step is not None:
        step(conn, event, event.statement()["body"])


def _account_opened(conn: Connection, event: Event, body: Body) -> None:
    posted.open_account(conn, event.village, body["code"], body["name"], event.seq)


def _submitted(conn: Connection, event: Event, body: Body) -> None:
    posted.open_case(conn, from_body(body["voucher"]), event.subject)


def _paid(conn: Connection, event: Event, body: Body) -> None:
    if body["bank_line"]:
        posted.take_bank_line(conn, event.village, event.subject, body["bank_line"])


def _withdrawn(conn: Connection, event: Event, _body: Body) -> None:
    posted.drop_case(conn, event.village, event.subject)


def _added(conn: Connection, event: Event, body: Body) -> None:
    papers = [Paper(**paper) for paper in body["papers"]]
    posted.add_papers(conn, event.village, event.subject, papers)


def _posted(conn: Connection, event: Event, body: Body) -> None:
    submissions = log.events(
        conn, event.village, kinds=("voucher.submitted",), subject=event.subject
    )
    voucher = from_body(submissions[body["revision"] - 1].statement()["body"]["voucher"])
    number = Number(body["year"], body["class"], body["no"])
    item = Posted(
        event.village, number, event.subject, body["revision"], event.seq, voucher.period, voucher
    )
    posted.write(conn, item)
    legs.write(conn, number, event.seq, event.subject, voucher)


def _sealed(conn: Connection, event: Event, body: Body) -> None:
    text = "".join(f"{line}\n" for line in body["note"])
    seal = Seal(body["period"], event.seq, body["root"], text)
    posted.write_seal(conn, event.village, seal)


def _cosigned(conn: Connection, event: Event, body: Body) -> None:
    posted.cosign(conn, event.village, body["period"], body["line"])


FOLLOW: dict[str, Callable[[Connection, Event, Body], None]] = {
    "account.opened": _account_opened,
    "voucher.submitted": _submitted,
    "case.withdrawn": _withdrawn,
    "papers.added": _added,
    "payment.made": _paid,
    "voucher.posted": _posted,
    "month.sealed": _sealed,
    "seal.cosigned": _cosigned,
}

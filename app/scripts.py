"""A clerk's own wording of a month for the loudspeaker; the original is always a render away."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from app.tables import script
from disclosure import broadcast
from disclosure.sheet import Sheet
from ledger.refusal import Refusal


class Wording(NamedTuple):
    """A wording as it was saved: the text, by whom, when (ISO 8601; empty for the original)."""

    text: str
    person: str = ""
    at: str = ""


def of(conn: Connection, sheet: Sheet) -> Wording:
    """Return the wording of a month: the adjusted one, or what the sheet itself says."""
    query = select(script.c.text, script.c.person, script.c.at).where(
        script.c.village == sheet.village, script.c.period == sheet.period
    )
    row = conn.execute(query).first()
    return Wording(*row) if row else Wording(broadcast.script(sheet))


def save(
    conn: Connection, sheet: Sheet, person: str, text: str, upon: str, at: datetime
) -> Wording:
    """Keep an adjusted wording; `upon` is the time of the one that it was written upon.

    Raises:
        Refusal: of `broadcast.adjusted`.
        Overtaken: somebody else has saved meanwhile.
    """
    kept = broadcast.adjusted(sheet, text)
    before = of(conn, sheet)
    if before.at != upon and before.text != kept:
        raise Overtaken(at=before.at[:16].replace("T", " "))
    restore(conn, sheet)
    made = Wording(kept, person, at.isoformat(timespec="seconds"))
    if kept != broadcast.script(sheet):
        conn.execute(
            insert(script).values(village=sheet.village, period=sheet.period, **made._asdict())
        )
    return made


def restore(conn: Connection, sheet: Sheet) -> None:
    """Go back to the original wording of a month."""
    conn.execute(
        delete(script).where(script.c.village == sheet.village, script.c.period == sheet.period)
    )


class Overtaken(Refusal):
    """Two people adjusted one script at once; the second is told and loses nothing."""

    code = "W080"
    says = "您改稿的时候，广播稿在 {at} 已被别人改过。您写的还在下面，请先看新稿再保存。"

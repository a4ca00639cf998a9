"""What several stories do alike: close and publish months, read a sheet, ask verify."""

from datetime import timedelta

from sample import Village, hand

from app import drafts, proposals
from app.web.draft import drafted
from approvals.verify import verify
from disclosure import notice
from disclosure.compose import compose
from disclosure.sheet import Sheet
from ledger import periods
from ledger.posted.store import Posted


def close(village: Village, first: str, last: str) -> Sheet:
    """Seal and publish months on the second of the next; return the last one's sheet."""
    for period in periods.months(first, last):
        village.on(periods.first_day(periods.next_period(period)) + timedelta(days=1))
        village.seal(period)
        with village.engine.begin() as conn:
            up = (village.now.date(), village.now.date() + timedelta(days=20))
            notice.publish(conn, hand("book1"), village.desk(), period, up)
    with village.engine.begin() as conn:
        return compose(conn, village.code, last)


def sound(village: Village) -> None:
    """Hold the books against the evaluation that shares nothing with the server."""
    verdict = verify(village.root / village.code)
    assert verdict.good, verdict.fault


def proposed(village: Village, period: str, title: str) -> Posted:
    """Make the draft of what a month asks for under a title, once, and post it as it stands."""
    with village.engine.begin() as conn:
        asked = proposals.of_month(conn, village.code, period)
        (item,) = [one.item for one in asked if one.title == title]
        args = (conn, village.code, period, [item], "book1", village.now)
        assert [proposals.make(*args), proposals.make(*args)] == [1, 0]
        kept = drafts.get(conn, village.code, proposals.draft_id(village.code, period, item))
    assert kept
    return village.post(drafted({**kept.fields, "village": village.code}, None))

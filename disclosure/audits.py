"""The auditor's quarterly mark (季审计)."""

import re
from typing import NamedTuple

from sqlalchemy import Connection

from approvals import acts, register
from approvals.acts import Desk
from approvals.keys import Hand
from approvals.register import Register
from disclosure.answers import plain
from ledger import periods
from ledger.log import store as log
from ledger.log.act import Event
from ledger.refusal import Refusal

KIND = "audit.marked"
_QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)


def months_of(quarter: str) -> list[str]:
    """Return the three months of a quarter `2021-Q2`.

    Raises:
        BadQuarter: the text names no quarter.
    """
    match = _QUARTER.fullmatch(quarter)
    if match is None:
        raise BadQuarter(quarter=quarter)
    last = int(match[2]) * 3
    return periods.months(f"{match[1]}-{last - 2:02d}", f"{match[1]}-{last:02d}")


def mark(
    conn: Connection, hand: Hand, desk: Desk, quarter: str, opinion: str, findings: str = ""
) -> Event:
    """Enter the auditor's opinion on a quarter whose months are all sealed.

    A later mark on the same quarter takes the place of the earlier one.

    Raises:
        BadQuarter, QuarterOpen, NotEntitled, BadText.
    """
    done = periods.sealed(conn, desk.village)
    still = [month for month in months_of(quarter) if month not in done]
    if still:
        raise QuarterOpen(quarter=quarter, months="、".join(still))
    body = {
        "quarter": quarter,
        "opinion": plain(opinion),
        "findings": plain(findings) if findings.strip() else "",
    }
    return acts.record(conn, hand, desk, KIND, quarter, body)


class Audit(NamedTuple):
    """An audit mark: the quarter, what the auditor found, who and when (ISO 8601)."""

    quarter: str
    opinion: str
    findings: str
    name: str
    at: str


def audits(conn: Connection, village: str, year: str = "") -> tuple[Audit, ...]:
    """Return the last mark of each audited quarter, of one year if asked, in order of quarter."""
    people = register.of(conn, village)
    events = {event.subject: event for event in log.events(conn, village, kinds=(KIND,))}
    return tuple(
        _audit(events[quarter], people) for quarter in sorted(events) if quarter.startswith(year)
    )


def _audit(event: Event, people: Register) -> Audit:
    said = event.statement()
    body, name = said["body"], people.name(said["person"])
    return Audit(body["quarter"], body["opinion"], body["findings"], name, said["at"])


def marks(conn: Connection, village: str, year: str = "") -> dict[str, str]:
    """Return the opinion on each audited quarter."""
    return {item.quarter: item.opinion for item in audits(conn, village, year)}


class BadQuarter(Refusal):
    """The text names no quarter."""

    code = "N030"
    says = "“{quarter}”不是季度，季度形如 2021-Q2。"
    status = 422


class QuarterOpen(Refusal):
    """Months of the quarter are not sealed."""

    code = "N031"
    says = "{quarter} 还有 {months} 没有结账，结账后才能审计。"
    rule = "利州区：月公示、季审计、年决算"

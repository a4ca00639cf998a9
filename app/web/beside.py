"""What stands beside a case for whoever has to judge it: the history, the payee, the questions."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from app import inquiries
from approvals import cases, due, oddities, seen, traces
from approvals.oddities import Facts
from approvals.register import Register
from approvals.standing import Standing
from ledger import difference
from ledger.chart import Chart
from ledger.posted import store as posted

YEAR = timedelta(days=365)
LISTED = 5  # earlier payments by line; the rest is in the sum


def beside(
    conn: Connection, standing: Standing, people: Register, chart: Chart, day: date, read: int
) -> dict[str, Any]:
    """Return what a case's page shows beside the voucher; `read` is the revision last looked at.

    A further section (a budget line, say) is one more entry here and a block in case.html.
    """
    return {
        "seen": seen.mark(standing),
        "amended": _amended(conn, standing, people, chart, read),
        "earlier": _earlier(conn, standing, day),
        "oddities": oddities.of(facts_of(conn, standing, people)),
        "inquiries": _inquiries(conn, standing, people),
        "since": due.of(standing, standing.waiting()[0]).since if standing.waiting() else None,
        "lasts": {step["id"]: _due(standing, step, day) for step in standing.waiting()},
        "before": [step for step in standing.steps() if step["turn"] < standing.turn],
    }


def _due(standing: Standing, step: dict[str, Any], day: date) -> dict[str, Any]:
    found = due.of(standing, step)
    waited = (day - found.since).days
    return {"since": found.since, "last": found.last, "left": found.left(day), "waited": waited}


def account_name(chart: Chart, code: str) -> str:
    """Return an account as people read it: the name above, then its own."""
    account = chart.get(code)
    above = f"{chart.get(account.parent).name}—" if account.parent else ""
    return f"{above}{account.name}"


def _amended(
    conn: Connection, standing: Standing, people: Register, chart: Chart, read: int
) -> dict[str, Any] | None:
    """Return what differs from the revision that was looked at, else from the one before."""
    if standing.revision == 1:
        return None
    known = {one.number: one for one in cases.revisions(conn, standing.village, standing.case)}
    old = known[read if 0 < read < standing.revision else standing.revision - 1]
    new = known[standing.revision]
    back = [one for one in standing.earlier if one.decision == "return"]
    return {
        "from": old.number,
        "to": new.number,
        "at": new.at,
        "maker": people.name(new.maker),
        "changes": difference.between(old.voucher, new.voucher, lambda c: account_name(chart, c)),
        "returned": [(people.name(one.person), one.opinion, one.revision) for one in back],
        "others": [number for number in known if number not in {old.number, new.number}],
    }


def _earlier(conn: Connection, standing: Standing, day: date) -> dict[str, Any] | None:
    """Return what was paid to this payee within twelve months."""
    payee = standing.voucher.payee
    if payee is None or standing.voucher.kind != "payment":
        return None
    found = posted.paid_to(conn, standing.village, payee.name, day - YEAR, day)
    found = [one for one in found if one.case != standing.case]
    return {
        "payee": payee.name,
        "count": sum(one.fen > 0 for one in found),
        "fen": sum(one.fen for one in found),
        "lines": found[:LISTED],
        "more": max(len(found) - LISTED, 0),
    }


def facts_of(conn: Connection, standing: Standing, people: Register) -> Facts:
    """Return what odd patterns of a case are looked for in."""
    voucher, village = standing.voucher, standing.village
    devices = traces.of(conn, village, [one.seq for one in standing.signoffs])
    if voucher.payee is None or voucher.reverses or voucher.corrects:
        return Facts(standing, devices, None, (), people.name)
    last = voucher.day + oddities.NEAR
    paid = posted.vouchers_to(conn, village, {voucher.payee.name}, voucher.day - YEAR, last)
    paid = [one for one in paid if one.case != standing.case and one.number.kind == "payment"]
    others = [one for one in cases.open_cases(conn, village) if one.case != standing.case]
    beside_it = [one.voucher for one in paid] + [one.voucher for one in others]
    near = oddities.near(voucher, beside_it)
    earlier = [one.voucher for one in paid if one.voucher.day <= voucher.day]
    return Facts(standing, devices, earlier, tuple(near), people.name)


def _inquiries(conn: Connection, standing: Standing, people: Register) -> list[dict[str, Any]]:
    known = inquiries.of_case(conn, standing.village, standing.case)
    return [
        {**one._asdict(), "asker": people.name(one.person), "answerer": people.name(one.by)}
        for one in known
    ]

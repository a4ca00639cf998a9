"""What waits for a second hand, as pages show it: what was signed, by whom, and what one may do."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from approvals import halves, register, signoff, wet
from approvals.cases import standing_of
from approvals.halves import Half
from approvals.register import Register
from approvals.signoff import shown
from approvals.standing import Standing


def of_case(
    conn: Connection, village: str, case: str, person: str, at: datetime
) -> list[dict[str, Any]]:
    """Return what waits on a case, and whether the person may confirm it or let it go."""
    mine = halves.waiting_for(conn, village, person, at, case)
    people, standing = register.of(conn, village), standing_of(conn, village, case)
    found = []
    for half in halves.of_village(conn, village, case):
        act = half.act
        good = act.body["head"] == standing.head and at - act.at <= halves.STAY
        if good or act.person == person:
            may = {"may": half in mine, "mine": act.person == person, "good": good}
            found.append({**card(people, standing, half), **may})
    return found


def for_person(conn: Connection, village: str, person: str, at: datetime) -> list[dict[str, Any]]:
    """Return what a person may confirm in a village, oldest first."""
    people = register.of(conn, village)
    return [
        card(people, standing_of(conn, village, half.act.subject), half)
        for half in halves.waiting_for(conn, village, person, at)
    ]


def card(people: Register, standing: Standing, half: Half) -> dict[str, Any]:
    """Return what is shown of an act that waits: its content, and until when it is good."""
    act, steps = half.act, standing.chain["steps"]
    body = act.body
    return {
        "nonce": act.nonce,
        "paper": act.kind == halves.PAPER,
        "village": act.village,
        "village_name": str(people.facts["name"]),
        "case": act.subject,
        "id": half.title,
        "sentence": shown(standing.voucher),
        "fen": standing.voucher.total,
        "step": next((one["title"] for one in steps if one["id"] == half.title), half.title),
        "by": people.name(act.person),
        "at": act.at,
        "until": (act.at + halves.STAY).date(),
        "body": body,
        "signer": people.name(body.get("signer", "")),
        "seat": register.title(body.get("signer_seat", "")),
        "recorder": people.name(body.get("recorder", "")),
    }


def on_paper(conn: Connection, standing: Standing, day: date) -> dict[str, Any]:
    """Return what a case's page says of wet signatures: steps with their signers, used, at most."""
    people = register.of(conn, standing.village)
    found = [
        {
            "id": step["id"],
            "title": step["title"],
            "signers": [
                (f"{one.person}|{one.seat}", people.name(one.person), register.title(one.seat))
                for one in wet.signers(standing, people, step, day)
            ],
        }
        for step in wet.steps(standing)
    ]
    used = signoff.paper_steps(standing)
    return {"steps": found, "used": used, "most": standing.chain["paper_most"]}

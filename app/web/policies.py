"""The policies of a village: every chain in plain words, who could sign today, what is unsound."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app import policy_drafts
from app.web.access import TOWNSHIP
from app.web.chain_words import Words
from app.web.room import InRoom, Room, Someone, language, reading
from app.web.rooms import desk_page
from approvals import boards, cases, register, soundness, tryout
from approvals.policy import PROFILES, Policy, digest, shipped
from approvals.register import Register
from approvals.tryout import Question, Trial
from ledger.items import items
from ledger.log import store as log
from ledger.money import parse_yuan
from ledger.refusal import Refusal
from ledger.voucher import PAPERS

router = APIRouter()
HERE = "/policies"


@router.get("/desk/{village}/policies")
def policies_room(
    request: Request,
    village: str,
    who: Someone,
    place: InRoom,
    policy: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Show a village's chains, and try one out: who must sign this?"""
    return show(request, place, village, who.person, None, policy=policy)


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None,
    policy: str = "",
) -> Response:
    """Return the room; `policy` is the digest of another than the one in force, to be read."""
    day, asked = place.clock.today(), defaultdict(str, request.query_params)
    words = Words(language(request))
    with reading(place) as conn:
        people = register.of(conn, village)
        current = people.current()
        pending = {name: one.policy for name, one in people.proposed.items()}
        shown = {**people.policies, **pending}.get(policy, current)
        trial, wrong = tried(conn, village, people, shown, asked, day)
        values = {
            "running": running_by(conn, village, people),
            "history": adopted(conn, village, people),
            "drafts": policy_drafts.all_of(conn, village),
            "names": people.people,
        }
    mine = people.seats_of(person, day)
    values |= told(words, shown, people, day) | asking(words, people, asked, trial, day)
    values |= {
        "state": "now" if shown is current else "pending" if policy in pending else "earlier",
        "against": words.difference(current, shown) if shown is not current else [],
        "proposals": [proposal(words, people, name, person, day) for name in people.proposed],
        "templates": [(name, shipped(name)["title"]) for name in PROFILES],
        "town": not TOWNSHIP.seats.isdisjoint(mine),
    }
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "policies.html", unit, mine, values, refusal or wrong)


def told(words: Words, shown: Policy, people: Register, day: date) -> dict[str, Any]:
    """Return a policy as pages tell it, and what is unsound in it."""
    return {
        "chains": [words.chain(one, people, day) for one in shown["chains"]],
        "policy": {"title": shown["title"], "digest": digest(shown)},
        "adoption": words.adoption(shown),
        "findings": words.findings(soundness.of(shown, people, day)),
    }


def asking(
    words: Words, people: Register, asked: Mapping[str, str], trial: Trial | None, day: date
) -> dict[str, Any]:
    """Return what the form of the try-out and its answer show."""
    return {
        "asked": asked,
        "trial": words.trial(trial, people) if trial else None,
        "kinds": soundness.KINDS,
        "items": [one for one in items().values() if one.id != "transfer.opening"],
        "papers": PAPERS,
        "makers": makers(people, day),
    }


def proposal(words: Words, people: Register, name: str, person: str, day: date) -> dict[str, Any]:
    """Return a policy that waits for hands: who has signed, who must still, may the visitor."""
    one = people.proposed[name]
    consents = people.consents(one.hands, day)
    signed = {who for _, who in one.hands}
    may = person not in signed and any(people.holds(person, c.seat, day) for c in consents)
    return {
        "digest": name,
        "title": one.policy["title"],
        "at": one.at,
        "may": may,
        "seats": [
            {
                "title": words.seat(c.seat),
                "signed": words.listed(people.name(who) for who in c.signed),
                "left": max(c.need - len(c.signed), 0),
            }
            for c in consents
        ],
        "against": words.difference(people.current(), one.policy),
    }


def owed(words: Words, people: Register, day: date) -> str:
    """Return in words which seats must sign what replaces the policy in force."""
    return words.seats(one.seat for one in people.consents((), day))


def makers(people: Register, day: date) -> list[tuple[str, str]]:
    """Return (id, name) of whoever may make a voucher on a day."""
    found = [one for seat in sorted(soundness.MAKERS) for one in people.holders(seat, day)]
    return [(one, people.name(one)) for one in dict.fromkeys(found)]


def running_by(conn: Connection, village: str, people: Register) -> list[dict[str, Any]]:
    """Return the cases under way that keep an earlier policy than the one in force."""
    return [
        {
            "case": one.case,
            "summary": one.voucher.summary,
            "policy": people.policies[one.policy]["title"],
            "digest": one.policy,
            "waits": "、".join(step["title"] for step in one.waiting()),
        }
        for one in cases.open_cases(conn, village)
        if one.policy != people.policy
    ]


def adopted(conn: Connection, village: str, people: Register) -> list[dict[str, str]]:
    """Return the policies of a village by the day of their adoption, the latest first."""
    found = {}
    for event in log.events(conn, village, kinds=("policy.adopted",)):
        statement = event.statement()
        name = statement["body"]["digest"]
        if name in people.policies:
            title = people.policies[name]["title"]
            found[name] = {"digest": name, "title": title, "at": statement["at"]}
    return sorted(found.values(), key=lambda one: one["at"], reverse=True)


def tried(
    conn: Connection,
    village: str,
    people: Register,
    chosen: Policy,
    asked: Mapping[str, str],
    day: date,
) -> tuple[Trial | None, Refusal | None]:
    """Return what a policy asks of the voucher in the address, or why it cannot be told."""
    kind = asked.get("kind", "")
    if kind not in soundness.KINDS:
        return None, None
    purpose = asked.get("purpose", "")
    try:
        if purpose not in items():
            raise NoItem
        fen = parse_yuan(asked.get("amount", "").strip() or "0")
        if fen <= 0:
            raise NoAmount
        at_hand = tuple(one for one in PAPERS if asked.get(f"paper-{one}"))
        maker = asked.get("maker", "")
        question = Question(kind, purpose, fen, asked.get("payee", "").strip(), maker, at_hand)  # type: ignore[arg-type]
        trial = tryout.tried(chosen, people, question, day)
        boards.check_notice(conn, village, trial.chain, trial.voucher, day)
    except boards.Unnoticed as refusal:
        return trial, refusal
    except Refusal as refusal:
        return None, refusal
    return trial, None


class NoItem(Refusal):
    """The try-out needs an item."""

    code = "W100"
    says = "请选收支项目，再看要谁签。"
    status = 422


class NoAmount(Refusal):
    """The try-out needs an amount."""

    code = "W101"
    says = "请填大于零的金额（元），例如 2000。"
    status = 422

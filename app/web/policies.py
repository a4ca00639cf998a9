"""The policies of a village: every chain in plain words, who could sign today, what is unsound."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.web.room import InRoom, Room, Someone, language, reading
from app.web.rooms import desk_page
from app.words import translations
from approvals import boards, cases, register, soundness, tryout
from approvals.policy import Policy, digest, seats
from approvals.register import Register
from approvals.tryout import Question, Row, Trial
from ledger.items import items
from ledger.log import store as log
from ledger.money import parse_yuan
from ledger.refusal import Refusal
from ledger.voucher import PAPERS

router = APIRouter()
HERE = "/policies"
SHARES = {(1, 2): "一半", (2, 3): "三分之二", (3, 4): "四分之三", (4, 5): "五分之四"}


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
    """Return the room; `policy` is the digest of an earlier one to be read."""
    day, asked = place.clock.today(), defaultdict(str, request.query_params)
    with reading(place) as conn:
        people = register.of(conn, village)
        current = people.current()
        shown = people.policies.get(policy, current)
        running = running_by(conn, village, people)
        history = adopted(conn, village, people)
        trial, wrong = _tried(conn, village, people, shown, asked, day)
    words = Words(language(request))
    values = {
        "chains": [words.chain(one, people, day) for one in shown["chains"]],
        "policy": {"title": shown["title"], "digest": digest(shown)},
        "in_force": shown is current,
        "history": history,
        "running": running,
        "findings": words.findings(soundness.of(shown, people, day)),
        "asked": asked,
        "trial": words.trial(trial, people) if trial else None,
        "kinds": soundness.KINDS,
        "items": [one for one in items().values() if one.id != "transfer.opening"],
        "papers": PAPERS,
        "makers": makers(people, day),
    }
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(
        request, "policies.html", unit, people.seats_of(person, day), values, refusal or wrong
    )


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


def _tried(
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


class Words:
    """The words of chains in one language."""

    def __init__(self, tongue: str) -> None:
        self.tongue = tongue
        self.say = translations(tongue).gettext

    def seat(self, name: str) -> str:
        """Return the title of a seat."""
        found = seats().get(name)
        return str(found["en" if self.tongue == "en" else "zh"]) if found else name

    def listed(self, values: Iterable[str]) -> str:
        """Return words in a row."""
        return ("、" if self.tongue == "zh" else ", ").join(values)

    def findings(self, found: Iterable[soundness.Finding]) -> list[dict[str, str]]:
        """Return what is unsound in sentences."""
        return [
            {
                "level": one.level,
                "chain": one.chain,
                "rule": one.rule,
                "says": self.say(soundness.SAYS[one.kind])
                % {name: self._fact(value) for name, value in one.facts.items()},
            }
            for one in found
        ]

    def _fact(self, value: object) -> object:
        if isinstance(value, str):
            return self.say(value)
        return self.listed(map(self.say, value)) if isinstance(value, list) else value

    def chain(self, chain: Mapping[str, Any], people: Register, day: date) -> dict[str, Any]:
        """Return a chain as the page tells it."""
        low, high = chain["from_fen"], chain["below_fen"]
        return {
            "id": chain["id"],
            "title": chain["title"],
            "kinds": self.listed(self.say(soundness.KINDS[one]) for one in chain["kinds"]),
            "purposes": self.listed(self.item(one) for one in chain["purposes"]),
            "first": low,
            "last": None if high is None else high - 1,
            "pay": chain["pay"],
            "papers": [
                (" / ").join(self.say(PAPERS[one]) for one in group)
                for group in chain.get("papers", [])
            ],
            "paper_most": chain["paper_most"],
            "notice": chain.get("notice"),
            "steps": [self.step(one, people, day) for one in chain["steps"]],
        }

    def item(self, name: str) -> str:
        """Return the name of an item."""
        return self.say(items()[name].zh) if name in items() else name

    def step(self, step: Mapping[str, Any], people: Register, day: date) -> dict[str, Any]:
        """Return a step as the page tells it, with who holds its seats on a day."""
        holders = [people.name(p) for seat in step["seats"] for p in people.holders(seat, day)]
        return {
            **step,
            "seats": self.listed(map(self.seat, step["seats"])),
            "deputies": self.listed(map(self.seat, step["deputies"])),
            "recorders": self.listed(map(self.seat, step["recorders"])),
            "holders": self.listed(dict.fromkeys(holders)),
            "need": self.share(step["need"]),
            "present": self.share(step["present"]),
            "favour": self.share(step["favour"]),
            "due": step.get("due_days"),
        }

    def share(self, ratio: Iterable[int]) -> str:
        """Return a ratio in words; nothing for none."""
        a, b = ratio
        if not a:
            return ""
        return self.say(SHARES[a, b]) if (a, b) in SHARES else f"{a}/{b}"

    def trial(self, trial: Trial, people: Register) -> dict[str, Any]:
        """Return a trial as the page tells it."""
        return {
            "title": trial.chain["title"],
            "pay": trial.chain["pay"],
            "papers": [self.listed(self.say(p) for p in one.split("或")) for one in trial.papers],
            "rows": [self._row(row, people) for row in trial.rows],
            "crowded": trial.crowded,
            "short": any(row.short for row in trial.rows),
        }

    def _row(self, row: Row, people: Register) -> dict[str, Any]:
        able = [(one.name, self.seat(one.seat), one.giver) for one in row.able]
        barred = [(one.name, self.seat(one.seat), self.say(one.why)) for one in row.barred]
        return {
            "turn": row.step["turn"],
            "title": row.step["title"],
            "kind": row.step["kind"],
            "need": row.need,
            "skipped": row.skipped,
            "short": row.short,
            "able": able,
            "barred": barred,
            "method": row.step["method"],
            "due": row.step.get("due_days"),
            "recorders": self.listed(people.name(one) for one in row.recorders),
        }


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

"""Read cases: where they stand, who is asked, who signed what."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from approvals import register, rules, standing
from approvals.policy import Step
from approvals.register import Register
from approvals.standing import Signoff, Standing
from ledger.log import store as log
from ledger.log.act import Event
from ledger.posted import store as posted
from ledger.voucher import Voucher, from_body


class Asked(NamedTuple):
    """A case that waits for a person: at this step, as the holder of this seat."""

    standing: Standing
    step: Step
    seat: str
    giver: str = ""


class Mark(NamedTuple):
    """A line of the trail: what was decided, by whom, when (ISO 8601), by which method."""

    revision: int
    title: str
    person: str
    name: str
    seat: str
    at: str
    method: str
    decision: str
    opinion: str
    seq: int
    scan: str = ""
    minutes: str = ""


def standing_of(conn: Connection, village: str, case: str) -> Standing:
    """Return where a case stands.

    Raises:
        UnknownCase: the village has no such case.
    """
    events = log.events(conn, village, subject=case)
    return standing.fold(events, register.of(conn, village))


def standings(conn: Connection, village: str, cases: Sequence[str]) -> list[Standing]:
    """Return where several cases stand, in the order of the names.

    Only what has an event more than last time is read and folded again: an inbox of five hundred
    cases has thousands of events behind it. The leaves of a case say by themselves how it stands.
    """
    if not cases:
        return []
    leaves = log.leaves_about(conn, village, cases)
    keys = {case: (village, case, leaves.get(case, ())) for case in cases}
    found = {case: _kept[key] for case, key in keys.items() if key in _kept}
    new = [case for case in cases if case not in found]
    for case, events in _events_of(conn, village, new).items():
        found[case] = standing.fold(events, register.of(conn, village))
    if len(_kept) > KEPT:
        _kept.clear()
    _kept.update((keys[case], found[case]) for case in new)
    return [found[case] for case in cases]


KEPT = 8192
_kept: dict[tuple[str, str, tuple[bytes, ...]], Standing] = {}


def _events_of(conn: Connection, village: str, cases: Sequence[str]) -> dict[str, list[Event]]:
    by_case: dict[str, list[Event]] = {case: [] for case in cases}
    for event in log.about(conn, village, cases) if cases else ():
        by_case[event.subject].append(event)
    return by_case


def open_cases(conn: Connection, village: str) -> list[Standing]:
    """Return the cases under way in a village, oldest submission first."""
    found = standings(conn, village, posted.open_cases(conn, village))
    return sorted(found, key=lambda item: item.submitted)


def waiting_for(conn: Connection, village: str, person: str, day: date) -> list[Asked]:
    """Return the cases of a village that wait for a person on a day, oldest first."""
    people = register.of(conn, village)
    lent = any(one.to == person for one in people.delegations)
    if not lent and not people.seats_of(person, day):
        return []
    return [
        Asked(case, *place)
        for case in open_cases(conn, village)
        for place in rules.asked_of(case, people, person, day)
    ]


def trail(conn: Connection, village: str, case: str) -> tuple[Mark, ...]:
    """Return who signed what on a case, in order: submission, sign-offs, payment, posting."""
    return marks(log.events(conn, village, subject=case), register.of(conn, village))


class Revision(NamedTuple):
    """A voucher as it was submitted: the number of the revision, who, when (ISO 8601)."""

    number: int
    voucher: Voucher
    maker: str
    at: str


def revisions(conn: Connection, village: str, case: str) -> tuple[Revision, ...]:
    """Return every revision of a case, in order."""
    said = [
        event.statement()
        for event in log.events(conn, village, subject=case)
        if event.kind == "voucher.submitted"
    ]
    return tuple(
        Revision(
            one["body"]["revision"], from_body(one["body"]["voucher"]), one["person"], one["at"]
        )
        for one in said
    )


def trails(conn: Connection, village: str, cases: Sequence[str]) -> dict[str, tuple[Mark, ...]]:
    """Return the trails of several cases with one query."""
    people = register.of(conn, village)
    return {
        case: marks(events, people) for case, events in _events_of(conn, village, cases).items()
    }


def minutes(conn: Connection, village: str, case: str) -> set[str]:
    """Return the digests of the photos of minutes that stand in a case's log."""
    events = log.events(conn, village, kinds=("meeting.closed",), subject=case)
    return {event.statement()["body"]["minutes"] for event in events} - {""}


PLAIN_TITLES = frozenset({"制单", "出纳付款", "记账", "撤回", "补充附件"})
PLAIN = {
    "voucher.submitted": "制单",
    "payment.made": "出纳付款",
    "voucher.posted": "记账",
    "case.withdrawn": "撤回",
    "papers.added": "补充附件",
}


def marks(events: Iterable[Event], people: Register) -> tuple[Mark, ...]:
    """Return the trail that the events of one case make."""
    titles: dict[str, str] = {}
    found: list[Mark] = []
    for event in events:
        statement = event.statement()
        body, kind = statement["body"], event.kind
        on_paper = kind == "paper.signed"
        person = body["signer"] if on_paper else statement["person"]
        giver = body.get("for")
        if kind == "meeting.opened":  # a call to a meeting decides nothing
            continue
        if kind == "voucher.submitted":
            chain = standing.chain_of(people, body["policy"], body["chain"])
            titles = {step["id"]: step["title"] for step in chain["steps"]}
        found.append(
            Mark(
                revision=body["revision"] if "revision" in body else found[-1].revision,
                title=PLAIN.get(kind) or titles[body["step"]],
                person=person,
                name=people.name(person),
                seat=register.title(body["signer_seat"] if on_paper else statement["seat"])
                + (f"（受{people.name(giver)}委托）" if giver else ""),
                at=statement["at"],
                method="paper" if on_paper else statement["method"],
                decision=body.get("decision", "approve"),
                opinion=body.get("opinion")
                or _tally(body)
                or _entered(body, statement, people)
                or _added(body),
                seq=event.seq,
                scan=body.get("scan", ""),
                minutes=body.get("minutes", ""),
            )
        )
    return tuple(found)


def _tally(body: dict[str, int]) -> str:
    if "favour" not in body:
        return ""
    return "应到 {roster} 人，实到 {present} 人，赞成 {favour} 票，反对 {against} 票".format(**body)


def _entered(body: Mapping[str, str], statement: Mapping[str, str], people: Register) -> str:
    if "scan" not in body:
        return ""
    entering, confirming = people.name(statement["person"]), people.name(body["confirmer"])
    return f"纸质签字（{body['day']}），{entering}录入，{confirming}确认"


def _added(body: Mapping[str, Any]) -> str:
    if "papers" not in body:
        return ""
    named = "、".join(f"{one['title']} {one['number']}".strip() for one in body["papers"])
    return f"{named}（{body['reason']}）"


def last_approver(signoffs: Iterable[Signoff], people: Register) -> str:
    """Return the name of who approved last, or an empty text."""
    names = [people.name(s.person) for s in signoffs if s.decision == "approve"]
    return names[-1] if names else ""

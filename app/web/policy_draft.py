"""A draft of a policy: changed without script, held against the one in force, signed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection
from starlette.datastructures import FormData

from app import policy_drafts
from app.policy_drafts import Draft
from app.web import policies
from app.web.chain_words import SHARES, Words
from app.web.hands import perform
from app.web.room import Form, InRoom, Room, Someone, language, reading, text
from app.web.rooms import desk_page
from approvals import adopting, amending, register, soundness
from approvals.acts import Desk
from approvals.amending import guarded
from approvals.keys import Hand
from approvals.policy import (
    DUE,
    KINDS,
    METHODS,
    PROFILES,
    STEP,
    Chain,
    Policy,
    Step,
    digest,
    seats,
    shipped,
    whole,
)
from ledger.items import items
from ledger.money import parse_yuan, plain
from ledger.refusal import Refusal
from ledger.voucher import PAPERS

router = APIRouter()
PAPER_GROUPS = 3  # groups of kinds of papers that the form has room for
FAVOUR = {
    "1/2>": ([1, 2], True),
    "2/3": ([2, 3], False),
    "2/3>": ([2, 3], True),
    "3/4": ([3, 4], False),
}
MOST = {"notice": 28, "paper_most": 99, "due": 60, "roster": 9999}  # by the field's word
PRESENT = ("1/2", "2/3", "3/4")
ONE, ANYBODY = "一人就行", "不限"


@router.post("/desk/{village}/policies/draft")
def begin(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Begin a draft from the policy in force, or from one of the shipped ones."""
    origin = text(values, "origin")
    try:
        with place.engine.begin() as conn:
            people = register.of(conn, village)
            chosen = shipped(origin) if origin in PROFILES else people.current()
            args = (village, who.person, guarded(chosen), place.clock.now())
            name = policy_drafts.begin(conn, *args)
    except Refusal as refusal:
        return policies.show(request, place, village, who.person, refusal)
    return RedirectResponse(f"/desk/{village}/policies/draft/{name}", 303)


@router.get("/desk/{village}/policies/draft/{draft}")
def draft_room(
    request: Request,
    village: str,
    draft: str,
    who: Someone,
    place: InRoom,
    chain: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """Show a draft, one of its chains to be changed, and what differs from the one in force."""
    return show_draft(request, place, village, who.person, Look(draft, chain))


class Look(NamedTuple):
    """Which draft is looked at, which of its chains is changed, and what was typed in vain."""

    draft: str
    chain: str = ""
    typed: Mapping[str, Any] | None = None


def show_draft(
    request: Request,
    place: Room,
    village: str,
    person: str,
    look: Look,
    refusal: Refusal | None = None,
) -> Response:
    """Return a draft's page; a refusal keeps what was typed."""
    day, asked = place.clock.today(), defaultdict(str, request.query_params)
    words = Words(language(request))
    with reading(place) as conn:
        people = register.of(conn, village)
        try:
            draft = policy_drafts.get(conn, village, look.draft)
        except policy_drafts.NoDraft as gone:
            return policies.show(request, place, village, person, gone)
        current, mine = people.current(), people.seats_of(person, day)
        wrong, trial = _whole(draft.policy), None
        if wrong is None:
            trial, wrong = policies.tried(conn, village, people, draft.policy, asked, day)
    values = {
        "draft": draft,
        "by": people.name(draft.person),
        "adopt": draft.policy.get("adopt", []),
        "against": words.difference(current, draft.policy),
        "editing": _editing(draft.policy, look, words),
        "broken": _whole(draft.policy),
        "typed": look.typed or {},
        "seats": [(one, words.seat(one)) for one in seats() if one != register.REGISTRAR],
        "owed": policies.owed(words, people, day),
    }
    values |= (
        policies.told(words, draft.policy, people, day)
        if values["broken"] is None
        else {
            "chains": [words.chain(one, people, day) for one in draft.policy["chains"]],
            "policy": {"title": draft.policy["title"], "digest": ""},
            "adoption": words.adoption(draft.policy),
            "findings": [],
        }
    )
    values |= policies.asking(words, people, asked, trial, day)
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "policy_draft.html", unit, mine, values, refusal or wrong)


def _whole(policy: Policy) -> Refusal | None:
    try:
        whole(policy)
    except Refusal as refusal:
        return refusal
    return None


def _editing(policy: Policy, look: Look, words: Words) -> dict[str, Any] | None:
    """Return what the form of a chain shows; what was typed in vain stays, ticks and all."""
    chain = next((one for one in policy["chains"] if one["id"] == look.chain), None)
    if chain is None:
        return None
    if look.typed is not None:
        chain = _chain(chain, _readable(look.typed))
    groups = chain.get("papers", [])
    flags = amending.joined(chain)
    return {
        **chain,
        "first": plain(chain["from_fen"]) if chain["from_fen"] else "",
        "last": "" if chain["below_fen"] is None else plain(chain["below_fen"] - 1),
        "notice": chain.get("notice", ""),
        "groups": [*groups, *[[] for _ in range(PAPER_GROUPS - len(groups))]],
        "steps": [
            {
                **step,
                "joined": flag,
                "due": step.get(DUE, ""),
                "need": _ratio(step["need"]),
                "present": _ratio(step["present"]),
                "favour": _ratio(step["favour"]) + ">" * step["strict"],
            }
            for step, flag in zip(chain["steps"], flags, strict=True)
        ],
        "needs": _choices(words, [*map(_ratio, SHARES)], [s["need"] for s in chain["steps"]], ONE),
        "presents": _choices(words, PRESENT, [s["present"] for s in chain["steps"]], ANYBODY),
        "kinds_of": soundness.KINDS,
        "items_of": [(one.id, words.item(one.id)) for one in items().values()],
    }


def _ratio(ratio: Any) -> str:  # noqa: ANN401 - a pair of numbers
    return f"{ratio[0]}/{ratio[1]}"


def _choices(
    words: Words, known: Iterable[str], used: Iterable[list[int]], none: str
) -> list[tuple[str, str]]:
    """Return (value, words) of the ratios that a field offers, those in use included."""
    found = dict.fromkeys(["0/1", *known, *map(_ratio, used)])
    return [
        (one, words.say(none) if one.startswith("0/") else words.share([*map(int, one.split("/"))]))
        for one in found
    ]


# --- changes ---


@router.post("/desk/{village}/policies/draft/{draft}")
def change(
    request: Request, village: str, draft: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Change a draft: its head, the list of its chains, or one chain with its steps."""
    name, do = text(values, "chain"), text(values, "do")
    try:
        with place.engine.begin() as conn:
            upon = policy_drafts.get(conn, village, draft)
            version = text(values, "version")
            if not version.isdecimal() or int(version) != upon.version:
                raise policy_drafts.DraftMoved
            after, name = _changed(upon, values, do, name)
            by = (who.person, place.clock.now())
            policy_drafts.save(conn, village, upon, after, by)
    except Refusal as refusal:
        stale = isinstance(refusal, policy_drafts.DraftMoved)
        look = Look(draft, name, None if stale else values)
        return show_draft(request, place, village, who.person, look, refusal)
    tail = f"?chain={name}&done=1#edit" if name else "?done=1"
    return RedirectResponse(f"/desk/{village}/policies/draft/{draft}{tail}", 303)


def _changed(upon: Draft, values: Mapping[str, Any], do: str, name: str) -> tuple[Policy, str]:
    """Return the policy after what was asked, and the chain to go on with, if any."""
    policy = upon.policy
    known = {one["id"]: one for one in policy["chains"]}
    what, _, at = do.partition(":")
    if what == "new":
        chain = amending.new_chain(policy)
        return amending.with_chain(policy, chain), chain["id"]
    if what in {"earlier", "later"}:
        return amending.moved_chain(policy, at, -1 if what == "earlier" else 1), ""
    if what == "out":
        return amending.without_chain(policy, at), ""
    if name in known:
        chain = _chain(known[name], values)
        if what in amending.CHANGES:
            chain = amended(chain, what, at)
        return amending.with_chain(policy, chain), name
    title = text(values, "title") or policy["title"]
    return guarded({**policy, "title": title, "adopt": _listed(values, "adopt")}), ""


def amended(chain: Chain, what: str, at: str) -> Chain:
    """Return a chain after a button beside one of its steps."""
    return amending.amended(chain, what, int(at) if at.isdecimal() else 0)


def _readable(values: Mapping[str, Any]) -> FormData:
    """Return a form without the numbers that cannot be read; they are shown as they were typed."""
    return FormData(
        [(key, one if _reads(key, one) else "") for key, one in values.multi_items()]  # type: ignore[attr-defined]
    )


def _reads(key: str, given: Any) -> bool:  # noqa: ANN401 - a field of a form
    try:
        if key in {"first", "last"} and given:
            _fen(given)
        if key.partition("-")[0] in MOST:
            _number({key: given}, key)
    except Refusal:
        return False
    return True


def _listed(values: Mapping[str, Any], name: str) -> list[str]:
    return [str(one) for one in values.getlist(name)]  # type: ignore[attr-defined]


def _chain(chain: Chain, values: Mapping[str, Any]) -> Chain:
    """Return a chain as the form has it."""
    last = text(values, "last")
    found = {
        **chain,
        "title": text(values, "title") or chain["title"],
        "kinds": [one for one in _listed(values, "kinds") if one in soundness.KINDS],
        "purposes": [one for one in _listed(values, "purposes") if one in items()],
        "from_fen": _fen(text(values, "first") or "0"),
        "below_fen": _fen(last) + 1 if last else None,
        "pay": bool(text(values, "pay")),
        "paper_most": _number(values, "paper_most"),
        "steps": [_step(step, values, at) for at, step in enumerate(chain["steps"])],
    }
    groups = [
        [one for one in _listed(values, f"papers-{at}") if one in PAPERS]
        for at in range(PAPER_GROUPS)
    ]
    for key, value in (
        ("papers", [group for group in groups if group]),
        ("notice", _number(values, "notice")),
    ):
        found.pop(key, None)
        if value:
            found[key] = value
    return found


def _fen(given: str) -> int:
    fen = parse_yuan(given)
    if fen < 0:
        raise BadTier
    return fen


def _number(values: Mapping[str, Any], name: str) -> int:
    given, most = text(values, name) or "0", MOST[name.partition("-")[0]]
    if not (given.isascii() and given.isdecimal() and len(given) < 5 and int(given) <= most):  # noqa: PLR2004
        raise NotNumber(most=most)
    return int(given)


def _step(step: Step, values: Mapping[str, Any], at: int) -> Step:
    if text(values, f"kind-{at}") not in KINDS:  # the form does not show this step
        return step
    favour, strict = FAVOUR.get(text(values, f"favour-{at}"), (step["favour"], step["strict"]))
    method, due = text(values, f"method-{at}"), _number(values, f"due-{at}")
    found = {
        **STEP,
        **step,
        "title": text(values, f"title-{at}") or step["title"],
        "kind": text(values, f"kind-{at}"),
        "seats": _listed(values, f"seats-{at}"),
        "deputies": _listed(values, f"deputies-{at}"),
        "recorders": _listed(values, f"recorders-{at}"),
        "need": _pair(values, f"need-{at}", step["need"]),
        "present": _pair(values, f"present-{at}", step["present"]),
        "favour": favour,
        "strict": strict,
        "base": "all" if text(values, f"base-{at}") == "all" else "present",
        "roster_least": _number(values, f"roster-{at}"),
        "skip_if_vacant": bool(text(values, f"skip-{at}")),
        "method": method if method in METHODS else step["method"],
    }
    found.pop(DUE, None)
    return {**found, DUE: due} if due else found


def _pair(values: Mapping[str, Any], name: str, before: list[int]) -> list[int]:
    a, _, b = text(values, name).partition("/")
    good = a.isdecimal() and b.isdecimal() and 0 < int(b) < 100 and int(a) <= int(b)  # noqa: PLR2004
    return [int(a), int(b)] if good else before


@router.post("/desk/{village}/policies/draft/{draft}/drop")
def drop(request: Request, village: str, draft: str, values: Form, place: InRoom) -> Response:
    """Throw a draft away; nothing of it was in force."""
    del request, values
    with place.engine.begin() as conn:
        policy_drafts.drop(conn, village, draft)
    return RedirectResponse(f"/desk/{village}{policies.HERE}?done=1", 303)


# --- signatures ---


@router.post("/desk/{village}/policies/adopt")
def adopt(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Sign a draft as the registrar, or what the registrar has signed as a seat of the village."""
    name, draft = text(values, "policy"), text(values, "draft")

    def work(conn: Connection, hand: Hand, desk: Desk) -> str:
        people = register.of(conn, village)
        if draft:
            chosen = whole(guarded(policy_drafts.get(conn, village, draft).policy))
            policy_drafts.drop(conn, village, draft)
        elif name in people.proposed:
            chosen = people.proposed[name].policy
        else:
            raise adopting.NotProposed
        adopting.adopt_policy(conn, hand, desk, chosen)
        return digest(chosen)

    def done(_: str) -> str:
        place.project(village)
        return f"/desk/{village}{policies.HERE}?done=1"

    def refused(refusal: Refusal) -> Response:
        if draft:
            return show_draft(request, place, village, who.person, Look(draft), refusal)
        return policies.show(request, place, village, who.person, refusal)

    return perform(request, place, village, who.person, values, work, done=done, refused=refused)


class BadTier(Refusal):
    """A bound of a chain is no amount."""

    code = "W105"
    says = "金额的界限请填零或大于零的数（元），上限不填就是没有上限。"
    status = 422


class NotNumber(Refusal):
    """A number of days, people or steps is none."""

    code = "W106"
    says = "天数、人数和步数请填 0 到 {most} 的整数，不填就是没有要求。"
    status = 422

"""A case walks its chain: each act on it is checked against what the leaves before it left."""
# ruff: noqa: EM101 - the literal is a code; its sentence stands in sentences.py

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from approvals.verify import halves
from approvals.verify.people import METHODS, People
from approvals.verify.policies import Chain, Policy, Step, carried, choose, enough, vacant
from approvals.verify.reading import Entry
from approvals.verify.verdict import Stop
from ledger import canonical
from ledger.voucher import PAPERS, WORDS, Voucher, from_body

HEAD = b"mingbai/head/v1\n"
NEXT = b"mingbai/next/v1\n"
STATES = {
    "signing": "还在审签",
    "returned": "已退回",
    "cleared": "已审签完毕",
    "paid": "已付款",
    "posted": "已记账",
    "withdrawn": "已撤回",
}


@dataclass(slots=True)
class Case:
    """One case at a point of the log. `turns` are the steps that remain, by turn, in order."""

    name: str
    voucher: Voucher
    makers: set[str] = field(default_factory=set)
    maker_seats: set[str] = field(default_factory=set)
    revision: int = 0
    digest: str = ""
    head: str = ""
    state: str = "returned"
    payer: str = ""
    chain: Chain = field(default_factory=dict)
    funds: list[Any] = field(default_factory=list)
    turns: list[list[Step]] = field(default_factory=list)
    approvals: dict[str, dict[str, str]] = field(default_factory=dict)
    recused: set[str] = field(default_factory=set)
    hands: set[str] = field(default_factory=set)
    papers: int = 0
    holders: dict[str, int] = field(default_factory=dict)
    lines: set[str] = field(default_factory=set)

    def must_pay(self) -> bool:
        """Tell whether the bank must have paid before posting."""
        voucher = self.voucher
        return bool(self.chain["pay"]) and not voucher.reverses and not voucher.corrects

    def satisfied(self, step: Step) -> bool:
        """Tell whether a step has what it needs."""
        return enough(step, len(self.approvals[step["id"]]), self.holders[step["id"]])

    def lacking(self) -> str:
        """Return the first thing that the case still needs before posting, in words, or nothing."""
        if self.state in {"returned", "withdrawn", "posted"}:
            return f"该事项{STATES[self.state]}"
        number = len(self.chain["steps"]) - sum(map(len, self.turns))
        for step in self.turns[0] if self.turns else ():
            number += 1
            if not self.satisfied(step):
                return f"缺第 {number} 步“{step['title']}”"
        return "缺出纳付款" if self.must_pay() and self.state != "paid" else ""


def first_head(body: dict[str, Any]) -> str:
    """Return head₀ of a submission."""
    bound = {name: body[name] for name in ("revision", "digest", "policy", "chain", "skips")}
    return sha256(HEAD + canonical.encode(bound)).hexdigest()


def next_head(head: str, leaves: list[str]) -> str:
    """Return the head after a turn."""
    bound = {"head": head, "signoffs": sorted(leaves)}
    return sha256(NEXT + canonical.encode(bound)).hexdigest()


def voucher_of(entry: Entry) -> Voucher:
    """Return the voucher of a submission."""
    return from_body(entry.body["voucher"])


def submit(case: Case, entry: Entry, people: People, policy: tuple[str, Policy] | None) -> None:
    """Begin a revision: right number, maker's seat, digest, chain, skips and head.

    Raises:
        Stop: Y060 to Y069.
    """
    body = entry.body
    if case.state in {"paid", "posted", "withdrawn"}:
        raise Stop("Y061", case=case.name, state=STATES[case.state])
    if body["revision"] != case.revision + 1:
        raise Stop("Y062", revision=body["revision"], expected=case.revision + 1)
    if case.makers and entry.person not in case.makers and entry.seat not in case.maker_seats:
        raise Stop("Y063")
    voucher = voucher_of(entry)
    if voucher.village != entry.village:
        raise Stop("Y064")
    if canonical.digest(body["voucher"]) != body["digest"]:
        raise Stop("Y065")
    if policy is None or policy[0] != body["policy"]:
        raise Stop("Y066")
    chain = choose(policy[1], voucher)
    if chain is None or chain["id"] != body["chain"]:
        raise Stop("Y067", chain=body["chain"], expected=chain["title"] if chain else "（无）")
    day = entry.at[:10]
    if vacant(chain, people, day) != body["skips"]:
        raise Stop("Y068")
    _begin(case, entry, voucher, chain)
    case.funds = policy[1].get("funds", [])
    for step in chain["steps"]:
        case.holders[step["id"]] = len(people.holders(step["seats"], day))


def _begin(case: Case, entry: Entry, voucher: Voucher, chain: Chain) -> None:
    body = entry.body
    skipped = {skip["step"] for skip in body["skips"]}
    steps = [step for step in chain["steps"] if step["id"] not in skipped]
    turns = sorted({step["turn"] for step in steps})
    if not turns or body["head"] != first_head(body):
        raise Stop("Y069")
    case.makers.add(entry.person)
    case.maker_seats.add(entry.seat)
    case.revision, case.digest, case.head = body["revision"], body["digest"], body["head"]
    case.state, case.voucher, case.chain = "signing", voucher, chain
    case.turns = [[step for step in steps if step["turn"] == turn] for turn in turns]
    case.approvals = {step["id"]: {} for step in steps}
    case.recused, case.holders, case.hands, case.papers = set(), {}, set(), 0


def _place(case: Case, entry: Entry, method: str = "") -> Step:
    """Return the step that a decision is about: of this revision, in turn and open."""
    body = entry.body
    if case.state != "signing":
        raise Stop("Y070", case=case.name, state=STATES[case.state])
    _bound(case, body)
    for step in case.turns[0]:
        if step["id"] == body["step"] and not case.satisfied(step):
            method = method or entry.method
            if METHODS.index(method) < METHODS.index(step["method"]):
                raise Stop("Y071", method=method, step=step["title"])
            return step
    titles = "、".join(step["title"] for step in case.turns[0] if not case.satisfied(step))
    raise Stop("Y072", step=body["step"], turn=titles)


def _bound(case: Case, body: dict[str, Any]) -> None:
    if body["revision"] != case.revision:
        raise Stop("Y073", revision=body["revision"], expected=case.revision)
    if body["digest"] != case.digest:
        raise Stop("Y074")
    if body["head"] != case.head:
        raise Stop("Y075")


def sign(case: Case, entry: Entry, people: People) -> None:
    """Take one decision on a step.

    Raises:
        Stop: Y070 to Y079.
    """
    step, person = _place(case, entry), entry.person
    if step["kind"] == "meeting":
        raise Stop("Y076", step=step["title"])
    _may_sit(case, step, entry, people)
    # A delegate and who lent the seat are one voice: what bars the one bars both.
    voices = [person, entry.body["for"]] if entry.body["for"] else [person]
    for voice in voices:
        _may_speak(case, voice)
    decision = entry.body["decision"]
    if decision == "return":
        case.state = "returned"
    elif decision == "recuse":
        case.recused.add(person)
    else:
        for voice in voices:
            _may_approve(case, voice, people)
        _approve(case, step, entry, voices)


def _may_speak(case: Case, person: str) -> None:
    if person in case.makers:
        raise Stop("Y077", person=person)
    if person in case.recused:
        raise Stop("Y07A", person=person)
    if person in case.hands:
        raise Stop("Y078", person=person)


def _may_approve(case: Case, person: str, people: People) -> None:
    payee = case.voucher.payee
    if payee is not None and people.related(person, payee.name):
        raise Stop("Y079", person=person, payee=payee.name)


def sign_paper(case: Case, entry: Entry, people: People) -> None:
    """Take a wet signature that one person entered and another of another seat confirmed.

    Raises:
        Stop: Y070 to Y07F.
    """
    step, body, day = _place(case, entry, "paper"), entry.body, entry.at[:10]
    signer, confirmer = body["signer"], body["confirmer"]
    if step["kind"] == "meeting":
        raise Stop("Y076", step=step["title"])
    if body["signer_seat"] not in step["seats"]:
        raise Stop("Y07B", step=step["title"], seat=body["signer_seat"])
    for person, seat in ((signer, body["signer_seat"]), (confirmer, body["confirmer_seat"])):
        if not people.holds(person, seat, day):
            raise Stop("Y047", person=person, seat=seat, day=day)
    if len({signer, confirmer, entry.person}) < 3 or body["confirmer_seat"] == entry.seat:  # noqa: PLR2004
        raise Stop("Y07C")
    if {entry.person, confirmer} & case.makers:
        raise Stop("Y07D")
    if body["day"] > day:
        raise Stop("Y087", day=body["day"])
    if case.papers >= case.chain["paper_most"]:
        raise Stop("Y07E", most=case.chain["paper_most"])
    _may_speak(case, signer)
    _may_approve(case, signer, people)
    case.papers += 1
    _approve(case, step, entry, [signer])


def open_meeting(case: Case, entry: Entry) -> None:
    """Take the call to a meeting on a case, by who will chair it.

    Raises:
        Stop: Y070 to Y075, Y07B, Y084.
    """
    step = _place(case, entry)
    if step["kind"] != "meeting":
        raise Stop("Y084", step=step["title"])
    if entry.seat not in step["seats"]:
        raise Stop("Y07B", step=step["title"], seat=entry.seat)


def chain_id(case: Case) -> str:
    """Return the id of the chain that a case walks."""
    return str(case.chain.get("id", ""))


def _may_sit(case: Case, step: Step, entry: Entry, people: People) -> None:
    if entry.seat in step["seats"]:
        return
    holders = people.holders(step["seats"], entry.at[:10])
    if entry.seat not in step["deputies"] or not holders or not holders <= case.recused:
        raise Stop("Y07B", step=step["title"], seat=entry.seat)


def _approve(case: Case, step: Step, entry: Entry, voices: Sequence[str] = ()) -> None:
    # Chair and recorder of a meeting report its vote, which is no approval of their own.
    case.hands.update(voices)
    case.approvals[step["id"]][voices[0] if voices else entry.person] = entry.leaf.hex()
    turn = case.turns[0]
    if all(case.satisfied(step) for step in turn):
        leaves = [leaf for step in turn for leaf in case.approvals[step["id"]].values()]
        case.head = next_head(case.head, leaves)
        case.turns = case.turns[1:]
        if not case.turns:
            case.state = "cleared"


def close_meeting(case: Case, entry: Entry, people: People) -> None:
    """Take the close of a meeting: two people in their seats, quorum and majority.

    Raises:
        Stop: Y070 to Y088.
    """
    step, body, day = _place(case, entry), entry.body, entry.at[:10]
    if step["kind"] != "meeting":
        raise Stop("Y084", step=step["title"])
    if entry.seat not in step["seats"]:
        raise Stop("Y07B", step=step["title"], seat=entry.seat)
    second = halves.method(entry)
    if METHODS.index(second) < METHODS.index(step["method"]):
        raise Stop("Y071", method=second, step=step["title"])
    if body["recorder"] == entry.person:
        raise Stop("Y085")
    seat = body["recorder_seat"]
    if seat not in step["recorders"] or not people.holds(body["recorder"], seat, day):
        raise Stop("Y086", person=body["recorder"])
    if body["day"] > day:
        raise Stop("Y087", day=body["day"])
    wrong = carried(step, body)
    if wrong:
        raise Stop(
            wrong, step=step["title"], **{n: body[n] for n in ("roster", "present", "favour")}
        )
    _approve(case, step, entry)


def missing_papers(case: Case) -> list[str]:
    """Return in words the papers that a case's chain asks for and its voucher does not have.

    Rule: docs/FORMATS.md, chain, `papers`.
    """
    if case.voucher.reverses or case.voucher.corrects:
        return []
    kinds = {paper.kind for paper in case.voucher.papers}
    groups = case.chain.get("papers", [])
    return ["或".join(PAPERS[one] for one in group) for group in groups if kinds.isdisjoint(group)]


def withdraw(case: Case, entry: Entry) -> None:
    """End a case at its maker's wish.

    Raises:
        Stop: Y061, Y073, Y090.
    """
    if case.state in {"paid", "posted", "withdrawn"}:
        raise Stop("Y061", case=case.name, state=STATES[case.state])
    if entry.body["revision"] != case.revision:
        raise Stop("Y073", revision=entry.body["revision"], expected=case.revision)
    if entry.person not in case.makers:
        raise Stop("Y090", person=entry.person)
    case.state = "withdrawn"


def pay(case: Case, entry: Entry) -> None:
    """Take the cashier's payment of a cleared case.

    Raises:
        Stop: Y073 to Y075, Y091 to Y093.
    """
    if case.state != "cleared":
        raise Stop("Y091", case=case.name, lacking=case.lacking() or STATES[case.state])
    _bound(case, entry.body)
    if not case.must_pay():
        raise Stop("Y092", case=case.name)
    if entry.person in case.makers:
        raise Stop("Y093", person=entry.person)
    case.state, case.payer = "paid", entry.person


def post(case: Case, entry: Entry) -> Voucher:
    """Return the voucher of a case that may be posted by this event, and end the case.

    Raises:
        Stop: Y073 to Y075, Y094 to Y097.
    """
    body, voucher = entry.body, case.voucher
    if case.state == "posted":
        raise Stop("Y094", case=case.name)
    lacking = case.lacking()
    if lacking:
        raise Stop("Y095", number=_number(body), lacking=lacking)
    _bound(case, body)
    if entry.person == case.payer:
        raise Stop("Y096", person=entry.person)
    if (body["year"], body["class"], body["period"]) != (
        voucher.day.year, voucher.kind, voucher.period,
    ):  # fmt: skip
        raise Stop("Y097")
    case.state = "posted"
    return voucher


def _number(body: dict[str, Any]) -> str:
    kind = WORDS.get(body["class"], body["class"])
    return f"{body['year']}-{kind}-{body['no']:04d}"

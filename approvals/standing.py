"""Where a case stands: folded from its events, never stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from approvals.policy import Chain, Step, must_pay
from approvals.register import Register
from approvals.signing import next_head
from ledger.log.act import Event
from ledger.refusal import Refusal
from ledger.voucher import Number, Paper, Voucher, from_body

State = Literal["signing", "returned", "cleared", "paid", "posted", "withdrawn"]


class Signoff(NamedTuple):
    """One decision on a case; `leaf` is the hex leaf hash of its event, `at` ISO 8601."""

    revision: int
    step: str
    person: str
    seat: str
    at: str
    method: str
    decision: str
    opinion: str
    seq: int
    leaf: str
    giver: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as its events have it.

    `since` is when what it waits for now began (ISO 8601), `late` how many papers came after a
    signature.
    """

    village: str
    case: str
    revision: int
    voucher: Voucher
    digest: str
    policy: str
    chain: Chain
    skips: tuple[str, ...]
    maker: str
    makers: frozenset[str]
    submitted: int
    head: str
    turn: int
    signoffs: tuple[Signoff, ...]
    earlier: tuple[Signoff, ...]
    needs: Mapping[str, int]
    state: State
    payer: str
    number: Number | None
    added: tuple[Paper, ...] = ()
    since: str = ""
    late: int = 0

    def steps(self) -> list[Step]:
        """Return the steps that this case walks, skipped ones left out."""
        return [step for step in self.chain["steps"] if step["id"] not in self.skips]

    def waiting(self) -> list[Step]:
        """Return the steps of the current turn that still lack an approval."""
        if self.state != "signing":
            return []
        return [step for step in self._of_turn() if not self.satisfied(step)]

    def _of_turn(self) -> list[Step]:
        return [step for step in self.steps() if step["turn"] == self.turn]

    def approvals(self, step: Step) -> list[Signoff]:
        """Return the approvals of a step in this revision."""
        return [s for s in self.signoffs if s.step == step["id"] and s.decision == "approve"]

    def satisfied(self, step: Step) -> bool:
        """Tell whether a step has what it asks for."""
        return len(self.approvals(step)) >= self.needs.get(step["id"], 1)

    def recused(self) -> frozenset[str]:
        """Return who has recused in this revision."""
        return frozenset(s.person for s in self.signoffs if s.decision == "recuse")

    def cleared(self) -> bool:
        """Tell whether every step is satisfied."""
        return all(self.satisfied(step) for step in self.steps())


def fold(events: Iterable[Event], register: Register) -> Standing:
    """Return the standing that the events of one case make.

    Raises:
        UnknownCase: there is no submission among the events.
    """
    standing: Standing | None = None
    for event in events:
        step = STEPS.get(event.kind)
        if step is not None:
            standing = step(standing, event, register)
    if standing is None:
        raise UnknownCase
    return standing


def follow(before: Standing | None, event: Event, register: Register) -> Standing:
    """Return the standing after one more event of the case."""
    step = STEPS[event.kind]
    return step(before, event, register)


def chain_of(register: Register, policy: str, chain: str) -> Chain:
    """Return a chain of an adopted policy by its id."""
    chains = register.policies[policy]["chains"]
    found: Chain = next(item for item in chains if item["id"] == chain)
    return found


def need(step: Step, holders: int) -> int:
    """Return how many approvals a step needs: one, or more than the share a/b of the holders."""
    if step["kind"] != "some":
        return 1
    a, b = step["need"]
    return int(a * holders // b) + 1


def _submitted(before: Standing | None, event: Event, register: Register) -> Standing:
    statement = event.statement()
    body, voucher = statement["body"], from_body(statement["body"]["voucher"])
    chain = chain_of(register, body["policy"], body["chain"])
    day = event_day(statement)
    needs = {
        step["id"]: need(step, sum(len(register.holders(s, day, event.seq)) for s in step["seats"]))
        for step in chain["steps"]
    }
    earlier = (*before.earlier, *before.signoffs) if before else ()
    makers = before.makers if before else frozenset[str]()
    skips = tuple(skip["step"] for skip in body["skips"])
    turns = [step["turn"] for step in chain["steps"] if step["id"] not in skips]
    return Standing(
        village=event.village,
        case=event.subject,
        revision=body["revision"],
        voucher=voucher,
        digest=body["digest"],
        policy=body["policy"],
        chain=chain,
        skips=skips,
        maker=statement["person"],
        makers=makers | {statement["person"]},
        submitted=event.seq,
        head=body["head"],
        turn=min(turns),
        signoffs=(),
        earlier=earlier,
        needs=needs,
        state="signing",
        payer="",
        number=None,
        added=before.added if before else (),
        since=statement["at"],
    )


def event_day(statement: Mapping[str, Any]) -> date:
    """Return the calendar day of a statement's `at`."""
    return datetime.fromisoformat(statement["at"]).date()


def _some(before: Standing | None) -> Standing:
    if before is None:
        raise UnknownCase
    return before


def _signed(before: Standing | None, event: Event, _register: Register) -> Standing:
    standing, statement = _some(before), event.statement()
    body = statement["body"]
    on_paper = event.kind == "paper.signed"
    signoff = Signoff(
        revision=body["revision"],
        step=body["step"],
        person=body["signer"] if on_paper else statement["person"],
        seat=body["signer_seat"] if on_paper else statement["seat"],
        at=statement["at"],
        method="paper" if on_paper else statement["method"],
        decision=body.get("decision", "approve"),
        opinion=body.get("opinion", ""),
        seq=event.seq,
        leaf=event.leaf.hex(),
        giver=body.get("for", ""),
    )
    after = replace(standing, signoffs=(*standing.signoffs, signoff))
    if signoff.decision == "return":
        return replace(after, state="returned", since=signoff.at)
    return _advance(after) if signoff.decision == "approve" else after


def _advance(standing: Standing) -> Standing:
    turn = [step for step in standing.steps() if step["turn"] == standing.turn]
    if not all(standing.satisfied(step) for step in turn):
        return standing
    leaves = [s.leaf for step in turn for s in standing.approvals(step)]
    head = next_head(standing.head, leaves)
    later = [step["turn"] for step in standing.steps() if step["turn"] > standing.turn]
    if later:
        return replace(standing, head=head, turn=min(later), since=standing.signoffs[-1].at)
    return replace(standing, head=head, state="cleared", since=standing.signoffs[-1].at)


def _convened(before: Standing | None, _event: Event, _register: Register) -> Standing:
    return _some(before)


def _paid(before: Standing | None, event: Event, _register: Register) -> Standing:
    statement = event.statement()
    return replace(_some(before), state="paid", payer=statement["person"], since=statement["at"])


def _posted(before: Standing | None, event: Event, _register: Register) -> Standing:
    body = event.statement()["body"]
    number = Number(body["year"], body["class"], body["no"])
    return replace(_some(before), state="posted", number=number)


def _withdrawn(before: Standing | None, _event: Event, _register: Register) -> Standing:
    return replace(_some(before), state="withdrawn")


def _added(before: Standing | None, event: Event, _register: Register) -> Standing:
    standing, body = _some(before), event.statement()["body"]
    papers = tuple(Paper(**paper) for paper in body["papers"])
    late = standing.late + (len(papers) if standing.signoffs else 0)
    return replace(standing, added=(*standing.added, *papers), late=late)


STEPS = {
    "voucher.submitted": _submitted,
    "case.signed": _signed,
    "paper.signed": _signed,
    "meeting.opened": _convened,
    "meeting.closed": _signed,
    "payment.made": _paid,
    "voucher.posted": _posted,
    "case.withdrawn": _withdrawn,
    "papers.added": _added,
}


def ready(standing: Standing) -> bool:
    """Tell whether the gate may post: every step done, and paid where the bank must pay."""
    if must_pay(standing.chain, standing.voucher):
        return standing.state == "paid"
    return standing.state == "cleared"


class UnknownCase(Refusal):
    """There is no such case."""

    code = "A005"
    says = "没有找到这件事项，可能已经撤回，请回到列表查看。"
    status = 404

"""The log replayed leaf by leaf: each event must be allowed by what the leaves before it left."""
# ruff: noqa: EM101 - the literal is a code; its sentence stands in sentences.py

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from approvals.verify import cases, funds, people, policies, registers, seals, wall
from approvals.verify.cases import Case
from approvals.verify.people import People
from approvals.verify.policies import Policy
from approvals.verify.reading import Entry
from approvals.verify.registers import Shares
from approvals.verify.seals import Watch
from approvals.verify.shapes import check_body
from approvals.verify.verdict import Sealed, Stop
from approvals.verify.wall import Wall
from ledger.chart import Account, Chart, build, standard
from ledger.refusal import Refusal
from ledger.tree import Frontier
from ledger.voucher import Number, Voucher, check

OPENED = "log.opened"
SEATS: dict[str, tuple[str, ...]] = {
    "log.opened": ("registrar",),
    "person.enrolled": ("registrar",),
    "key.enrolled": ("registrar",),
    "key.revoked": ("registrar",),
    "seat.taken": ("registrar",),
    "seat.left": ("registrar",),
    "kin.declared": ("registrar",),
    "registrar.changed": ("registrar",),
    "registrar.replaced": ("registrar",),
    "server.keyed": ("registrar",),
    "witnesses.set": ("registrar",),
    "seal.cosigned": ("server",),
    "reads.digested": ("server",),
    "account.opened": ("bookkeeper",),
    "voucher.submitted": ("bookkeeper", "clerk"),
    "case.withdrawn": ("bookkeeper", "clerk"),
    "papers.added": ("bookkeeper", "clerk"),
    "payment.made": ("cashier",),
    "voucher.posted": ("bookkeeper",),
    "month.sealed": ("registrar",),
    "sheet.published": ("bookkeeper",),
    "boards.set": ("registrar", "clerk"),
    "sheet.posted": ("clerk", "supervision"),
    "sheet.taken_down": ("clerk", "supervision"),
    "question.asked": ("clerk",),
    "question.answered": ("clerk", "secretary", "bookkeeper"),
    "audit.marked": ("auditor",),
    "register.adopted": ("bookkeeper",),
    "distribution.frozen": ("bookkeeper",),
}


class Item(NamedTuple):
    """A posted voucher, with the leaf of its posting and where that stands."""

    number: Number
    case: str
    seq: int
    period: str
    voucher: Voucher
    digest: str


@dataclass(slots=True)
class History:
    """A village at a point of its log. `sums` holds fen by period and account."""

    village: str
    facts: dict[str, Any] = field(default_factory=dict)
    people: People = field(default_factory=People)
    policy: tuple[str, Policy] | None = None
    proposed: dict[str, dict[str, str]] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=lambda: dict(standard().accounts))
    known: Chart = field(default_factory=standard)
    cases: dict[str, Case] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    papers: dict[str, str] = field(default_factory=dict)
    reads: int = 0
    shares: Shares = field(default_factory=Shares)
    posted: list[Item] = field(default_factory=list)
    numbers: dict[str, Item] = field(default_factory=dict)
    reversed: set[str] = field(default_factory=set)
    last: dict[tuple[int, str], int] = field(default_factory=dict)
    sums: dict[str, dict[str, int]] = field(default_factory=dict)
    questions: set[str] = field(default_factory=set)
    wall: Wall = field(default_factory=Wall)
    seals: list[Sealed] = field(default_factory=list)
    watch: Watch = field(default_factory=Watch)
    tree: Frontier = field(default_factory=Frontier)
    nonces: set[str] = field(default_factory=set)
    at: str = ""
    signatures: int = 0

    def chart(self) -> Chart:
        """Return the chart with all details opened so far, built when it is asked for."""
        if len(self.known.accounts) < len(self.accounts):
            self.known = build(dict(self.accounts))
        return self.known

    def sealed(self) -> str:
        """Return the last sealed month, or nothing."""
        return self.seals[-1].period if self.seals else ""


def replay(history: History, entry: Entry) -> None:
    """Take one more event, or stop at the rule that it breaks.

    Raises:
        Stop: with the code of the rule.
    """
    _check_place(history, entry)
    check_body(entry.kind, entry.subject, entry.body)
    if entry.kind == OPENED:
        people.open_log(history.people, entry)
    history.signatures += people.check_signatures(history.people, entry)
    _check_seat(history, entry)
    step = STEPS.get(entry.kind)
    if step is not None:
        step(history, entry)
    history.tree.append(entry.leaf)
    history.nonces.add(entry.nonce)
    history.at = entry.at


def _check_place(history: History, entry: Entry) -> None:
    if entry.village != history.village:
        raise Stop("Y021", village=entry.village, expected=history.village)
    if (entry.kind == OPENED) != (entry.seq == 0):
        raise Stop("Y022")
    if history.at and entry.at[19:] != history.at[19:]:
        raise Stop("Y023", at=entry.at)
    if entry.at < history.at:
        raise Stop("Y024", at=entry.at, last=history.at)
    if entry.nonce in history.nonces:
        raise Stop("Y025")


def _check_seat(history: History, entry: Entry) -> None:
    allowed = SEATS.get(entry.kind)
    if allowed is not None and entry.seat not in allowed:
        raise Stop("Y046", kind=entry.kind, seat=entry.seat)
    giver = entry.body.get("for") if entry.kind == "case.signed" else ""
    if giver:  # held by another, and lent
        chain = cases.chain_id(_case(history, entry))
        if not history.people.speaks_for(entry.person, giver, entry.seat, entry.at[:10], chain):
            raise Stop("Y039", person=entry.person, giver=giver, seat=entry.seat)
    elif not history.people.holds(entry.person, entry.seat, entry.at[:10]):
        raise Stop("Y047", person=entry.person, seat=entry.seat, day=entry.at[:10])


def _opened(history: History, entry: Entry) -> None:
    history.facts = entry.body


def _adopted(history: History, entry: Entry) -> None:
    policy, name = policies.check_policy(entry.body), entry.body["digest"]
    before = history.policy[1] if history.policy else {}
    funds.adopt(before.get("funds", ()), policy.get("funds", ()), history.sums)
    hands = history.proposed.setdefault(name, {})
    if policies.agree(history.people, hands, history.policy and history.policy[1], entry):
        history.policy, history.proposed = (name, policy), {}


def _account(history: History, entry: Entry) -> None:
    code, parts = entry.body["code"], entry.body["code"].split(".")
    above = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
    # Only the line of ancestors is asked: a village opens an account for every household.
    near = {name: history.accounts[name] for name in above if name in history.accounts}
    try:
        opened = build(near).with_details([(code, entry.body["name"])])
    except Refusal as fault:
        raise Stop("Y100", account=code) from fault
    history.accounts[code] = opened.get(code)


def _case(history: History, entry: Entry) -> Case:
    case = history.cases.get(entry.subject)
    if case is None:
        raise Stop("Y060", case=entry.subject)
    return case


def _submitted(history: History, entry: Entry) -> None:
    case = history.cases.get(entry.subject) or Case(entry.subject, cases.voucher_of(entry))
    cases.submit(case, entry, history.people, history.policy)
    _check_voucher(history, case.voucher)
    funds.check_use(case.funds, case.voucher)
    missing = cases.missing_papers(case)
    if missing:
        raise Stop("Y10A", papers="、".join(missing))
    _check_notice(history, case, entry)
    history.cases[case.name] = case
    _free(history, case)
    _take_line(history, case, case.voucher.bank_line)


def _check_voucher(history: History, voucher: Voucher) -> None:
    try:
        check(voucher, history.chart())
    except Refusal as fault:
        raise Stop("Y101", why=fault.sentence()) from fault


def _free(history: History, case: Case) -> None:
    for line in case.lines:
        del history.lines[line]
    case.lines.clear()


def _take_line(history: History, case: Case, line: str) -> None:
    if not line:
        return
    if history.lines.setdefault(line, case.name) != case.name:
        raise Stop("Y102", line=line, case=history.lines[line])
    case.lines.add(line)


def _signed(history: History, entry: Entry) -> None:
    cases.sign(_case(history, entry), entry, history.people)


def _met(history: History, entry: Entry) -> None:
    cases.close_meeting(_case(history, entry), entry, history.people)


def _on_paper(history: History, entry: Entry) -> None:
    cases.sign_paper(_case(history, entry), entry, history.people)


def _convened(history: History, entry: Entry) -> None:
    cases.open_meeting(_case(history, entry), entry)


def _withdrawn(history: History, entry: Entry) -> None:
    case = _case(history, entry)
    cases.withdraw(case, entry)
    _free(history, case)
    for digest in [digest for digest, name in history.papers.items() if name == case.name]:
        del history.papers[digest]


def _paid(history: History, entry: Entry) -> None:
    case = _case(history, entry)
    cases.pay(case, entry)
    _check_notice(history, case, entry)
    _take_line(history, case, entry.body["bank_line"])


def _posted(history: History, entry: Entry) -> None:
    case = _case(history, entry)
    voucher = cases.post(case, entry)
    number = Number(entry.body["year"], entry.body["class"], entry.body["no"])
    expected = history.last.get(number[:2], 0) + 1
    if number.no != expected:
        raise Stop("Y098", number=number, expected=Number(number.year, number.kind, expected))
    if voucher.period <= history.sealed():
        raise Stop("Y099", period=voucher.period)
    _check_voucher(history, voucher)
    _check_opening(history, voucher)
    _check_correction(history, voucher)
    _check_papers(history, voucher, entry.subject)
    history.last[number[:2]] = number.no
    item = Item(number, entry.subject, entry.seq, voucher.period, voucher, entry.body["digest"])
    history.posted.append(item)
    history.numbers[str(number)] = item
    sums = history.sums.setdefault(voucher.period, {})
    for leg in voucher.legs:
        sums[leg.account] = sums.get(leg.account, 0) + leg.fen
    funds.check_left(case.funds, voucher, history.sums)


def _check_opening(history: History, voucher: Voucher) -> None:
    # An opening voucher is bound by no kind of money: it must not become a way around the chains.
    if voucher.kind == "opening" and any(kind != "opening" for _, kind in history.last):
        raise Stop("Y103")


def _check_correction(history: History, voucher: Voucher) -> None:
    for number in filter(None, (voucher.reverses, voucher.corrects)):
        if number not in history.numbers:
            raise Stop("Y104", number=number)
    if voucher.reverses:
        wrong = history.numbers[voucher.reverses].voucher
        inverse = [(leg.account, -leg.fen, leg.dims) for leg in wrong.legs]
        legs = [(leg.account, leg.fen, leg.dims) for leg in voucher.legs]
        if wrong.kind != voucher.kind or wrong.reverses or legs != inverse:
            raise Stop("Y105", number=voucher.reverses)
        if voucher.reverses in history.reversed:
            raise Stop("Y106", number=voucher.reverses)
        history.reversed.add(voucher.reverses)


def _check_papers(history: History, voucher: Voucher, case: str) -> None:
    if voucher.reverses or voucher.corrects:
        return
    for paper in voucher.papers:
        _take_paper(history, paper.digest, paper.title, case)


def _take_paper(history: History, digest: str, title: str, case: str) -> None:
    other = history.papers.setdefault(digest, case)
    if other != case:
        raise Stop("Y107", title=title, case=other)


def _added(history: History, entry: Entry) -> None:
    case = _case(history, entry)
    if case.state == "withdrawn":
        raise Stop("Y061", case=case.name, state=cases.STATES[case.state])
    digests = [item.digest for item in history.posted if item.case == case.name]
    if entry.body["digest"] != (digests[0] if digests else case.digest):
        raise Stop("Y074")
    for paper in entry.body["papers"]:
        _take_paper(history, paper["digest"], paper["title"], case.name)


def _sealed(history: History, entry: Entry) -> None:
    key = history.people.keys[history.people.registrar]
    first = min(history.sums, default=entry.subject)
    seals.check_turn(entry.subject, history.sealed(), first)
    seals.check_root(entry, history.tree)
    seals.check_balances(entry, history.sums)
    seals.check_note(entry, key.raw)
    seals.check_previous(entry, history.seals)
    seals.check_quorum(history.watch, history.sealed())
    history.watch.seal()
    body = entry.body
    note = seals.note_text(body)
    history.seals.append(Sealed(body["period"], body["size"], body["root"], note))


def _cosigned(history: History, entry: Entry) -> None:
    last = history.seals[-1] if history.seals else None
    history.seals[-1:] = [seals.cosign(history.watch, entry, last)]


def _read(history: History, entry: Entry) -> None:
    # The reads themselves stay with the server; what it has bound has no gap and no overlap.
    first, last = entry.body["first"], entry.body["last"]
    if first != history.reads + 1 or last < first:
        raise Stop("Y113", first=first, expected=history.reads + 1)
    history.reads = last


def _witnesses(history: History, entry: Entry) -> None:
    seals.set_witnesses(history.watch, entry)


def _server(history: History, entry: Entry) -> None:
    people.key_server(history.people, entry)


def _registered(history: History, entry: Entry) -> None:
    registers.adopt(history.shares, entry)


def _frozen(history: History, entry: Entry) -> None:
    registers.freeze(history.shares, entry)


def _published(history: History, entry: Entry) -> None:
    wall.publish(history.wall, entry)


def _boards(history: History, entry: Entry) -> None:
    wall.set_boards(history.wall, entry)


def _hung(history: History, entry: Entry) -> None:
    wall.post(history.wall, entry)


def _taken_down(history: History, entry: Entry) -> None:
    wall.take_down(history.wall, entry)


def _check_notice(history: History, case: Case, entry: Entry) -> None:
    voucher = case.voucher
    if "notice" in case.chain and not voucher.reverses and not voucher.corrects:
        first = min(history.sums, default="")
        wall.check_notice(history.wall, entry.at[:10], case.chain["notice"], first)


def _asked(history: History, entry: Entry) -> None:
    if entry.subject in history.questions:
        raise Stop("Y111", question=entry.subject)
    history.questions.add(entry.subject)


def _answered(history: History, entry: Entry) -> None:
    if entry.subject not in history.questions:
        raise Stop("Y112", question=entry.subject)


def _person(history: History, entry: Entry) -> None:
    people.enrol_person(history.people, entry)


def _key(history: History, entry: Entry) -> None:
    people.enrol_key(history.people, entry)


def _key_gone(history: History, entry: Entry) -> None:
    people.revoke_key(history.people, entry)


def _taken(history: History, entry: Entry) -> None:
    people.take_seat(history.people, entry)


def _left(history: History, entry: Entry) -> None:
    people.leave_seat(history.people, entry)


def _kin(history: History, entry: Entry) -> None:
    people.declare_kin(history.people, entry)


def _given(history: History, entry: Entry) -> None:
    people.give_seat(history.people, entry)


def _taken_back(history: History, entry: Entry) -> None:
    people.take_back(history.people, entry)


def _registrar(history: History, entry: Entry) -> None:
    people.change_registrar(history.people, entry, history.tree.root().hex())


def _replaced(history: History, entry: Entry) -> None:
    # The root before any new seat is taken: what binds old and new is the same as in a hand-over.
    seals.check_endorsed(history.watch, entry, history.seals, history.people.registrar)
    people.change_registrar(history.people, entry, history.tree.root().hex())


STEPS: dict[str, Callable[[History, Entry], None]] = {
    "log.opened": _opened,
    "person.enrolled": _person,
    "key.enrolled": _key,
    "key.revoked": _key_gone,
    "seat.taken": _taken,
    "seat.left": _left,
    "kin.declared": _kin,
    "delegation.given": _given,
    "delegation.ended": _taken_back,
    "registrar.changed": _registrar,
    "registrar.replaced": _replaced,
    "server.keyed": _server,
    "witnesses.set": _witnesses,
    "policy.adopted": _adopted,
    "account.opened": _account,
    "voucher.submitted": _submitted,
    "case.signed": _signed,
    "paper.signed": _on_paper,
    "meeting.opened": _convened,
    "meeting.closed": _met,
    "case.withdrawn": _withdrawn,
    "papers.added": _added,
    "payment.made": _paid,
    "voucher.posted": _posted,
    "month.sealed": _sealed,
    "seal.cosigned": _cosigned,
    "reads.digested": _read,
    "register.adopted": _registered,
    "distribution.frozen": _frozen,
    "sheet.published": _published,
    "boards.set": _boards,
    "sheet.posted": _hung,
    "sheet.taken_down": _taken_down,
    "question.asked": _asked,
    "question.answered": _answered,
}

"""Any history that people can make by acts, legal or not: the server, the proof and a plain model.

The model reads the log alone and knows the law in a few lines: a posted voucher has its whole
chain, by distinct hands, in turn. It shares nothing with the code that it judges.
"""

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from play import NEAR, Play
from sample import Village, found, opening, payment, rent

from app import database
from approvals import rules, standing
from approvals.cases import standing_of
from approvals.standing import Standing
from approvals.verify import cases, verify
from approvals.verify.outcome import evaluate
from ledger.book import files
from ledger.legs import store as legs
from ledger.log import store as log
from ledger.rebuild import differences, rebuild, rows

# Who tries what within a move: a seed of its own, so that moves left out change no other.
SEED = st.integers(0, 2**16 - 1)


def lawful(events: list[dict[str, Any]]) -> None:
    """Assert of every posted voucher that its chain is whole, by distinct hands, in turn."""
    force: dict[str, Any] = {}
    agreed: dict[str, set[str]] = {}
    policies, by_case, last = {}, {}, Counter[tuple[int, str]]()  # type: ignore[var-annotated]
    for seq, event in enumerate(events):
        statement = event["statement"]
        kind, body = statement["kind"], statement["body"]
        if kind == "policy.adopted":
            policies[body["digest"]] = body["policy"]
            force = adopted(force, agreed, statement)
        if kind == "voucher.submitted":
            assert body["policy"] == force["digest"], "a policy that was not in force"
        case = by_case.setdefault(statement["subject"], [])
        case.append((seq, statement))
        if kind == "voucher.posted":
            last[body["year"], body["class"]] += 1
            assert body["no"] == last[body["year"], body["class"]], "a gap in the numbers"
            judge(case, policies)


def adopted(force: dict[str, Any], agreed: dict[str, set[str]], said: Any) -> dict[str, Any]:
    """Return the policy in force after one more hand; the committee of these histories has five."""
    body = said["body"]
    hands = agreed.setdefault(body["digest"], set())
    assert said["seat"] == "registrar" or "registrar" in hands, "the village signed first"
    hands.add(said["person"])
    named = force["policy"].get("adopt", []) if force else []
    committee = sum(who.startswith("sup") for who in hands)
    if ("secretary" in named and "sec1" not in hands) or ("supervision" in named and committee < 3):
        return force
    agreed.clear()
    return dict(body)


def judge(case: list[tuple[int, Any]], policies: dict[str, Any]) -> None:
    """Assert of one case that it could be posted by its last event."""
    made = [(seq, one) for seq, one in case if one["kind"] == "voucher.submitted"]
    start, submitted = made[-1]
    body, voucher = submitted["body"], submitted["body"]["voucher"]
    chains = policies[body["policy"]]["chains"]
    chain = next(one for one in chains if one["id"] == body["chain"])
    skipped = {skip["step"] for skip in body["skips"]}
    signed: dict[str, list[tuple[int, str]]] = {}
    voices: list[str] = []
    recused = set()
    for seq, one in case:
        if seq < start:
            continue
        inner, kind = one["body"], one["kind"]
        who = inner["signer"] if kind == "paper.signed" else one["person"]
        if kind in {"case.signed", "paper.signed"}:
            decision = inner.get("decision", "approve")
            assert decision != "return", "posted after it was sent back"
            if decision == "recuse":
                recused.add(who)
                continue
            assert who not in recused, "signed after recusing"
            voices += [who, *([inner["for"]] if inner.get("for") else [])]
            signed.setdefault(inner["step"], []).append((seq, who))
        if kind == "meeting.closed":
            signed.setdefault(inner["step"], []).append((seq, ""))
    assert len(voices) == len(set(voices)), "one person, two voices"
    makers = {one["person"] for _, one in made}
    assert makers.isdisjoint(voices), "a maker signed"
    payee = voucher["payee"]["name"] if voucher["payee"] else ""
    assert NEAR.get(payee) not in voices, "somebody near to the payee signed"
    turns: dict[int, list[int]] = {}
    for step in chain["steps"]:
        if step["id"] not in skipped:
            assert step["id"] in signed, f"{step['id']} is missing"
            turns.setdefault(step["turn"], []).extend(seq for seq, _ in signed[step["id"]])
    order = [seqs for _, seqs in sorted(turns.items())]
    assert all(max(a) < min(b) for a, b in pairwise(order)), "out of turn"
    paid = [one["person"] for _, one in case if one["kind"] == "payment.made"]
    assert len(paid) == int(chain["pay"] and not voucher["reverses"] and not voucher["corrects"])
    assert makers.isdisjoint(paid), "the maker paid"
    assert case[-1][1]["person"] not in paid, "the cashier posted"


class Machine(RuleBasedStateMachine):
    """Everybody tries everything; hypothesis looks for the history that breaks a rule.

    `met` counts the kinds of events and the codes of refusals of all histories.
    """

    met: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="mingbai-"))
        self.engine = database.connect(f"sqlite:///{self.folder / 'm.sqlite'}")
        database.create(self.engine)
        self.village = Village(self.engine, self.folder / "books")
        with self.engine.begin() as conn:
            found(conn, self.village)
        self.play = Play(self.village)

    @initialize()
    def begin(self) -> None:
        self.play.begin()

    def teardown(self) -> None:
        try:
            self.check()
        finally:
            self.engine.dispose()
            shutil.rmtree(self.folder)

    def check(self) -> None:
        """Hold the server, the views, the books, the proof and the model against each other."""
        code = self.village.code
        with self.engine.begin() as conn:
            files.project(conn, code, self.village.root)
            events = log.events(conn, code)
            self.met.update(event.kind for event in events)
            self.met.update(self.play.refused)
            lawful([{"statement": event.statement()} for event in events])
            before = rows(conn, code)
            rebuild(conn, code)
            assert differences(before, rows(conn, code)) == []
            ours = {
                event.subject: standing_of(conn, code, event.subject)
                for event in events
                if event.kind == "voucher.submitted"
            }
            root = log.root(conn, code).hex()
        verdict = verify(self.village.root / code)
        assert verdict.good, verdict.fault
        assert verdict.root == root
        theirs = evaluate(self.village.root / code, None, None, keep=False).history.cases
        assert theirs.keys() == ours.keys()
        for name, mine in ours.items():
            proof = theirs[name]
            assert (proof.state, proof.revision, proof.head, proof.makers) == (
                mine.state, mine.revision, mine.head, set(mine.makers),
            )  # fmt: skip


# Honest moves stand several times: histories that go far are the ones with much to break.
MOVES = {
    "submit": 3, "honest": 4, "finish": 8, "sign": 1, "stray": 1, "near": 1, "twice": 1,
    "send_back": 1, "meet": 1, "pay": 1, "post": 1, "lend": 1, "lent": 1, "paper": 1, "amend": 1,
    "withdraw": 1, "correct": 1, "seat": 1, "key": 1, "policy": 1, "seal": 1,
}  # fmt: skip


def _move(name: str) -> Callable[[Machine, int], None]:
    def act(self: Machine, seed: int) -> None:
        self.play.rng = Random(seed)  # noqa: S311 - repeatable
        getattr(self.play, name)()

    act.__name__ = name
    return act


for _name, _times in MOVES.items():
    for _nth in range(_times):
        setattr(Machine, f"{_name}_{_nth}", rule(seed=SEED)(_move(_name)))


def searched(examples: int, steps: int, *, shrink: bool = False) -> settings:
    """Return how long to search; a history costs too much time for a deadline."""
    phases = [Phase.generate, *([Phase.shrink] if shrink else [])]
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize("examples", [20, pytest.param(60, marks=pytest.mark.campaign)])
def test_every_history_is_lawful_and_agreed_on(examples: int) -> None:
    Machine.met.clear()
    run_state_machine_as_test(Machine, settings=searched(examples, 60))
    # What was searched is worth something: chains were walked to their end, and most rules met.
    assert Machine.met["voucher.posted"] > examples * 2 // 3
    assert Machine.met["month.sealed"] > examples // 20
    assert len([code for code in Machine.met if code.startswith("A")]) > 8


@pytest.mark.campaign
@pytest.mark.parametrize("nth", range(8))
def test_many_long_histories_are_lawful_and_agreed_on(nth: int) -> None:
    long = settings(searched(25, 70, shrink=True), derandomize=False)
    del nth
    run_state_machine_as_test(Machine, settings=long)


def test_sealed_books_of_the_server_are_good(village: Village) -> None:
    village.post(opening())
    village.post(rent(date(2021, 1, 12), 100_000))
    village.on(date(2021, 1, 12))
    village.post(payment(date(2021, 1, 12), 3_860_000))
    village.seal("2021-01")
    village.on(date(2021, 2, 3))
    village.post(rent(date(2021, 2, 3), 50_000))
    village.seal("2021-02")
    with village.engine.begin() as conn:
        files.project(conn, village.code, village.root)
        balances = legs.balances(conn, village.code, "2021-02")
    verdict = verify(village.root / village.code)
    assert verdict.fault is None
    assert verdict.checked.months == 2
    assert balances["501"] == -150_000


# --- the machine finds what is broken ---


def nothing(*_args: object, **_more: object) -> None:
    """Check nothing."""


BROKEN: list[tuple[str, Any, str, Any]] = [
    ("one hand may sign twice", rules, "_may_speak", nothing),
    ("those near to the payee may sign", rules, "may_approve", nothing),
    ("the proof lets anybody sit", cases, "_may_sit", nothing),
    ("the proof lets a hand speak twice", cases, "_may_speak", nothing),
]


@pytest.mark.campaign
@pytest.mark.parametrize(("what", "where", "name", "put"), BROKEN, ids=[one[0] for one in BROKEN])
def test_a_broken_rule_is_found(
    what: str, where: Any, name: str, put: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    del what
    monkeypatch.setattr(where, name, put)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Machine, settings=searched(150, 50))


def test_a_fold_that_forgets_a_return_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    true = standing.STEPS["case.signed"]

    def forgetful(before: Standing | None, event: Any, register: Any) -> Standing:
        after = true(before, event, register)
        return standing.replace(after, state="signing") if after.state == "returned" else after

    monkeypatch.setitem(standing.STEPS, "case.signed", forgetful)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Machine, settings=searched(150, 50))


def test_the_model_knows_a_gap_and_a_missing_step(village: Village) -> None:
    village.post(rent(date(2021, 1, 12), 100_000))
    village.post(payment(date(2021, 1, 12), 5_000))
    with village.engine.begin() as conn:
        events = [{"statement": one.statement()} for one in log.events(conn, village.code)]
    lawful(events)
    posted = [one for one in events if one["statement"]["kind"] == "voucher.posted"]
    with pytest.raises(AssertionError, match="gap"):
        lawful(
            [one for one in events if one is not posted[0]]
            + [json.loads(json.dumps(posted[0]))] * 2
        )
    signed = [one for one in events if one["statement"]["kind"] == "case.signed"]
    with pytest.raises(AssertionError, match="missing"):
        lawful([one for one in events if one is not signed[0]])
    with pytest.raises(AssertionError, match="two voices"):
        lawful([more for one in events for more in ([one, one] if one is signed[-1] else [one])])

"""Two implementations, one law: on random histories the server's fold and verify agree.

What the server let into the log, verify finds good. What the server refused is written into the
events all the same, well signed, as its administrator could: verify must refuse that very line.
"""

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sample import COMMITTEE, STAFF, TERM, Village, hand, legs, opening, payment, rent
from sqlalchemy import Engine, create_engine

from approvals import acts, gate, register, signoff
from approvals.acts import make_act
from approvals.cases import open_cases
from approvals.policy import Policy, shipped
from approvals.signoff import Tally, shown
from approvals.standing import Standing
from approvals.verify import Verdict, verify
from ledger.book import files
from ledger.legs import store as leg_store
from ledger.log import store as log
from ledger.log.act import Act, line
from ledger.refusal import Refusal
from ledger.schema import metadata
from ledger.voucher import Party, Voucher

DAY = date(2021, 1, 12)
PEOPLE = [*(who for who, _ in STAFF.values()), *(who for who, _ in COMMITTEE)]
RULES = ("Y03", "Y046", "Y047", "Y06", "Y07", "Y08", "Y09")  # about the act, not about its form

PLACES = {who: seat for seat, (who, _) in STAFF.items()}
PLACES |= {who: "supervision" for who, _ in COMMITTEE}


def on_paper_too() -> Policy:
    """Return the eight reviews with one wet signature a case."""
    found = shipped("lizhou")
    for chain in found["chains"]:
        chain["paper_most"] = 1
        for step in chain["steps"]:
            step["method"] = "paper"
    return found


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database of the ledger alone: what is compared here needs no application."""
    engine = create_engine(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


class Play:
    """A village in which anybody may try anything."""

    def __init__(self, village: Village, seed: int) -> None:
        self.village = village
        self.rng = random.Random(seed)  # noqa: S311 - repeatable
        self.refused: dict[str, int] = {}
        self.fen = 0

    def run(self, rounds: int) -> None:
        village = self.village
        village.post(opening())
        village.on(DAY)
        with village.engine.begin() as conn:
            registrar = hand("registrar")
            acts.take_seat(conn, registrar, village.desk(), "cashier", "book1", TERM)
            acts.take_seat(conn, registrar, village.desk(), "village-leader", "cadre1", TERM)
            acts.take_seat(conn, registrar, village.desk(), "bookkeeper", "cash1", TERM)
            acts.declare_kin(conn, registrar, village.desk(), "sec1", "书家饭店", "兄弟")
            acts.adopt_policy(conn, registrar, village.desk(), on_paper_too())
        moves = [self.submit, self.honest, self.honest, self.honest, self.sign, self.meet]
        moves += [self.pay, self.post, self.finish, self.lend, self.lent, self.lent, self.paper]
        for _ in range(rounds):
            self.rng.choice(moves)()

    def voucher(self) -> Voucher:
        self.fen += 1
        if self.rng.random() < 0.3:
            return rent(DAY, 100_000 + self.fen)
        names = ["样例修路队", "监家建材行", "书家饭店", "包小干"]
        payee = Party(self.rng.choice(names), "6228480000000003", "样例农商行")
        rows = legs(("514", 300_000 + self.fen), ("102.01", -300_000 - self.fen))
        return payment(DAY, 1, payee=payee, legs=rows, papers=())

    def submit(self) -> None:
        self.village.submit(self.voucher(), who=self.rng.choice(["book1", "clerk1"]))

    def case(self) -> Standing | None:
        with self.village.engine.begin() as conn:
            found = open_cases(conn, self.village.code)
        return self.rng.choice(found) if found else None

    def honest(self) -> None:
        standing = self.case()
        if standing is not None and standing.waiting():
            place = self.rng.choice(standing.waiting())
            if place["kind"] != "meeting":
                self.decide(
                    standing, place["id"], self.holder(place["seats"][0]), place["seats"][0]
                )
                return
            self.village.step(standing)

    def holder(self, seat: str) -> str:
        if seat == "supervision":
            return self.rng.choice(COMMITTEE)[0]
        return STAFF[seat][0]

    def sign(self) -> None:
        standing = self.case()
        if standing is None:
            return
        step = self.rng.choice(standing.chain["steps"])
        seat = self.rng.choice([*step["seats"], *step["deputies"], "clerk", "secretary"])
        who = self.rng.choice([self.holder(seat), self.rng.choice(PEOPLE)])
        self.decide(standing, step["id"], who, seat)

    def decide(self, standing: Standing, step: str, who: str, seat: str, giver: str = "") -> None:
        decision = self.rng.choice(["approve"] * 8 + ["recuse", "return"])
        args = (standing.case, step, seat, decision, "意见", giver)
        body = {
            **self.bound(standing),
            "step": step,
            "decision": decision,
            "opinion": "意见",
            "shown": shown(standing.voucher),
            "for": giver,
        }
        self.attempt("case.signed", who, seat, standing, body, signoff.sign, args)

    def lend(self) -> None:
        giver, to = self.rng.choice(PEOPLE), self.rng.choice(PEOPLE)
        seat = self.rng.choice([PLACES[giver], PLACES[giver], PLACES[giver], "secretary"])
        last = self.rng.choice([DAY, date(2021, 1, 1), date(2020, 1, 1)])
        loan = acts.Loan(to, date(2021, 1, 1), last)
        body = {"seat": seat, "to": to, "from": "2021-01-01", "until": last.isoformat()}
        body |= {"chains": [], "reason": ""}  # type: ignore[dict-item]
        act = make_act(self.village.desk(), "delegation.given", hand(giver), seat, seat, body)
        try:
            with self.village.engine.begin() as conn:
                acts.lend_seat(conn, hand(giver), self.village.desk(), seat, loan)
        except Refusal as refusal:
            self.forge(act, [giver], refusal)

    def lent(self) -> None:
        standing = self.case()
        if standing is None or not standing.waiting():
            return
        step = self.rng.choice(standing.waiting())
        with self.village.engine.begin() as conn:
            people = register.of(conn, self.village.code)
        loans = [one for one in people.delegations if one.seat in step["seats"]]
        someone = self.rng.choice(PEOPLE), self.rng.choice(PEOPLE), step["seats"][0]
        giver, who, seat = self.rng.choice(loans)[:3] if loans else someone
        self.decide(standing, step["id"], who, seat, giver)

    def paper(self) -> None:
        standing = self.case()
        if standing is None or not standing.waiting():
            return
        step = self.rng.choice([*standing.waiting() * 2, *standing.chain["steps"]])
        seat = self.rng.choice([*step["seats"] * 3, "clerk"])
        signer = self.rng.choice([self.holder(seat), self.rng.choice(PEOPLE)])
        entering, confirming = self.rng.choice(PEOPLE), self.rng.choice(PEOPLE)
        form = signoff.Form(signer, seat, DAY, "ab" * 32)
        body = {
            **self.bound(standing),
            "step": step["id"],
            "signer": signer,
            "signer_seat": seat,
            "scan": form.scan,
            "day": DAY.isoformat(),
            "confirmer": confirming,
            "confirmer_seat": PLACES[confirming],
        }
        act = self.act("paper.signed", entering, PLACES[entering], standing.case, body)
        try:
            with self.village.engine.begin() as conn:
                hands = (hand(entering), hand(confirming))
                desk = self.village.desk()
                signoff.sign_on_paper(conn, hands, desk, standing.case, step["id"], form)
        except Refusal as refusal:
            self.forge(act, [entering, confirming], refusal)

    def meet(self) -> None:
        standing = self.case()
        if standing is None:
            return
        meetings = [step for step in standing.chain["steps"] if step["kind"] == "meeting"]
        step = self.rng.choice([*meetings * 3, *standing.chain["steps"]])
        present = self.rng.choice([2, 12, 21, 25, 26])
        tally = Tally(self.village.now.date(), 25, present, self.rng.choice([3, 13, 19]), 1)
        chair, recorder = self.rng.choice([("sec1", "clerk1"), ("sec1", "sec1"), ("book1", "rev1")])
        body = {
            **self.bound(standing),
            **tally._asdict(),
            "day": tally.day.isoformat(),
            "step": step["id"],
            "recorder": recorder,
            "recorder_seat": "clerk",
        }
        act = self.act("meeting.closed", chair, "secretary", standing.case, body)
        try:
            with self.village.engine.begin() as conn:
                hands = (hand(chair), hand(recorder))
                desk = self.village.desk()
                signoff.close_meeting(conn, *hands, desk, standing.case, step["id"], tally)
        except Refusal as refusal:
            self.forge(act, [chair, recorder], refusal)

    def pay(self) -> None:
        standing = self.case()
        if standing is not None:
            who = self.rng.choice(["cash1", "book1", "rev1"])
            body = {**self.bound(standing), "bank_line": ""}
            args = (standing.case,)
            self.attempt("payment.made", who, "cashier", standing, body, signoff.pay, args)

    def post(self) -> None:
        standing = self.case()
        if standing is not None:
            self.enter(standing, self.rng.choice(["book1", "cash1", "clerk1"]))

    def enter(self, standing: Standing, who: str) -> None:
        voucher = standing.voucher
        with self.village.engine.begin() as conn:
            done = log.events(conn, self.village.code, kinds=("voucher.posted",))
        bodies = [event.statement()["body"] for event in done]
        facts: dict[str, Any] = {"year": voucher.day.year, "class": voucher.kind}
        facts["no"] = 1 + sum(body["class"] == voucher.kind for body in bodies)
        body = {**self.bound(standing), **facts, "period": voucher.period}
        self.attempt(
            "voucher.posted", who, "bookkeeper", standing, body, gate.post, (standing.case,)
        )

    def finish(self) -> None:
        """Walk a case to its end, so that there is something to post."""
        standing = self.case()
        if standing is None:
            return
        try:
            standing = self.village.clear(standing)
        except (Refusal, StopIteration):
            return
        self.enter(standing, self.rng.choice(["book1", "cash1"]))

    def bound(self, standing: Standing) -> dict[str, Any]:
        names = ("revision", "digest", "head")
        return {name: getattr(standing, name) for name in names}

    def act(self, kind: str, who: str, seat: str, case: str, body: dict[str, Any]) -> Act:
        return make_act(self.village.desk(), kind, hand(who), seat, case, body)

    def attempt(
        self,
        kind: str,
        who: str,
        seat: str,
        standing: Standing,
        body: dict[str, Any],
        do: Any,
        args: tuple[Any, ...],
    ) -> None:
        try:
            with self.village.engine.begin() as conn:
                do(conn, hand(who), self.village.desk(), *args)
        except Refusal as refusal:
            self.forge(self.act(kind, who, seat, standing.case, body), [who], refusal)

    def verdict(self, more: bytes = b"") -> Verdict:
        """Verify the books as they are on disk now, with a line slipped in at the end."""
        books = self.village.root / self.village.code
        with self.village.engine.begin() as conn:
            files.project(conn, self.village.code, self.village.root)
        path = max(books.glob("*/*.events.jsonl"))
        good = path.read_bytes()
        path.write_bytes(good + more)
        verdict = verify(books)
        path.write_bytes(good)
        return verdict

    def forge(self, act: Act, people: list[str], refusal: Refusal) -> None:
        """Write what the server refused into the log, signed by the very people."""
        with self.village.engine.begin() as conn:
            size = log.size(conn, self.village.code)
        signed = tuple(hand(person).sign(act.to_sign()) for person in people)
        verdict = self.verdict(line(size, act, signed) + b"\n")
        assert verdict.fault is not None, (refusal, act)
        assert verdict.checked.events == size, (refusal, verdict.fault)
        assert verdict.fault.code.startswith(RULES), (refusal, verdict.fault)
        self.refused[refusal.code] = self.refused.get(refusal.code, 0) + 1


@pytest.mark.parametrize("seed", range(3))
def test_server_and_verify_agree_on_random_histories(seed: int, village: Village) -> None:
    play = Play(village, seed)
    play.run(150)
    verdict = play.verdict()
    assert verdict.fault is None
    with village.engine.begin() as conn:
        assert verdict.root == log.root(conn, village.code).hex()
        assert verdict.size == log.size(conn, village.code)
    assert len(play.refused) >= 3


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(100, 140))
def test_server_and_verify_agree_on_many_histories(seed: int, village: Village) -> None:
    play = Play(village, seed)
    play.run(300)
    assert play.verdict().fault is None


def test_sealed_books_of_the_server_are_good(village: Village) -> None:
    village.post(opening())
    village.post(rent(DAY, 100_000))
    village.on(DAY)
    village.post(payment(DAY, 3_860_000))
    village.seal("2021-01")
    village.on(date(2021, 2, 3))
    village.post(rent(date(2021, 2, 3), 50_000))
    village.seal("2021-02")
    with village.engine.begin() as conn:
        files.project(conn, village.code, village.root)
        balances = leg_store.balances(conn, village.code, "2021-02")
    verdict = verify(village.root / village.code)
    assert verdict.fault is None
    assert verdict.checked.months == 2
    assert balances["501"] == -150_000

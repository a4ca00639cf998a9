"""A village in which anybody may try anything, for tests of whole histories.

What the server refuses is written into the events all the same, well signed, as its administrator
could: verify must refuse that very line.
"""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from sample import COMMITTEE, STAFF, TERM, Village, hand, legs, opening, payment, rent

from approvals import acts, adopting, gate, register, signoff, submission
from approvals.acts import make_act
from approvals.cases import open_cases
from approvals.policy import Policy, shipped
from approvals.signoff import Tally, shown
from approvals.standing import Standing
from approvals.verify import Verdict, verify
from ledger.book import files
from ledger.closing import red
from ledger.log import store as log
from ledger.log.act import Act, line
from ledger.posted import store as posted
from ledger.refusal import Refusal
from ledger.voucher import Party, Voucher

DAY = date(2021, 1, 12)
PEOPLE = [*(who for who, _ in STAFF.values()), *(who for who, _ in COMMITTEE)]
# About the act, not about its form.
RULES = ("Y03", "Y043", "Y046", "Y047", "Y06", "Y07", "Y08", "Y09")

DECEMBER = 12
FAR = "样例修路队"
NEAR = {"监家建材行": "sup1", "书家饭店": "sec1", "包小干": "cadre1"}  # the payees and who is near
PLACES = {who: seat for seat, (who, _) in STAFF.items()}
PLACES |= {who: "supervision" for who, _ in COMMITTEE}


def _plain(standing: Standing) -> bool:
    """Tell whether nobody has to stand aside: neither near to the payee nor the maker."""
    payee = standing.voucher.payee
    return not (payee and payee.name in NEAR) and "clerk1" not in standing.makers


def on_paper_too() -> Policy:
    """Return the eight reviews with one wet signature a case."""
    found = shipped("lizhou")
    for chain in found["chains"]:
        chain["paper_most"] = 1
        for step in chain["steps"]:
            step["method"] = "paper"
    return found


class Play:
    """A village in which anybody may try anything; `rng` decides who tries what."""

    def __init__(self, village: Village) -> None:
        self.village = village
        self.rng = Random(0)  # noqa: S311 - repeatable; a test puts its own in its place
        self.refused: dict[str, int] = {}
        self.fen = 0
        self.month = 1

    def begin(self) -> None:
        """Post the opening balances and seat some people twice, so that hands may meet."""
        village = self.village
        village.post(opening())
        village.on(DAY)
        with village.engine.begin() as conn:
            registrar = hand("registrar")
            acts.take_seat(conn, registrar, village.desk(), "cashier", "book1", TERM)
            acts.take_seat(conn, registrar, village.desk(), "village-leader", "cadre1", TERM)
            acts.take_seat(conn, registrar, village.desk(), "bookkeeper", "cash1", TERM)
            acts.declare_kin(conn, registrar, village.desk(), "sec1", "书家饭店", "兄弟")
            adopting.adopt_policy(conn, registrar, village.desk(), on_paper_too())

    @property
    def day(self) -> date:
        """Return the day of this month's vouchers."""
        return date(2021, self.month, 12)

    def size(self) -> int:
        """Return the number of events in the log."""
        with self.village.engine.begin() as conn:
            return log.size(conn, self.village.code)

    def unless_refused(self, act: Callable[[], object]) -> None:
        """Let somebody try; a refusal must leave the log as it was."""
        before, refused = self.size(), ""
        try:
            act()
        except Refusal as refusal:
            refused = refusal.code
        if refused:
            assert self.size() == before, refused
            self.refused[refused] = self.refused.get(refused, 0) + 1

    def amend(self) -> None:
        """Submit a case again, with another amount, by its maker or by somebody else."""
        standing = self.case()
        if standing is not None:
            who = self.rng.choice([*standing.makers, "book1", "clerk1", "rev1"])
            self.unless_refused(lambda: self.village.submit(self.voucher(), standing.case, who))

    def withdraw(self) -> None:
        """Withdraw a case, by its maker or by somebody else."""
        standing = self.case()
        if standing is not None:
            who = self.rng.choice([*standing.makers, "book1", "clerk1", "sup1"])
            body = {"revision": standing.revision, "reason": "不办了"}
            args = (standing.case, "不办了")
            do = submission.withdraw
            self.attempt("case.withdrawn", who, "bookkeeper", standing, body, do, args)

    def correct(self) -> None:
        """Write a posted voucher off in red."""
        with self.village.engine.begin() as conn:
            known = posted.vouchers(conn, self.village.code, "2021-01", "2021-12")
        known = [item for item in known if item.voucher.kind != "opening"]
        if not known:
            return
        wrong = self.rng.choice(known)
        self.unless_refused(
            lambda: self.village.submit(red(wrong.voucher, wrong.number, self.day, "记错了"))
        )

    def seat(self) -> None:
        """End or give a seat of somebody on whom steps may wait."""
        seat, who = self.rng.choice([("supervision", "sup4"), ("first-secretary", "first1")])
        registrar, village = hand("registrar"), self.village

        def change() -> None:
            with village.engine.begin() as conn:
                if self.rng.random() < 0.5:
                    acts.leave_seat(conn, registrar, village.desk(), seat, who, "离任")
                else:
                    acts.take_seat(conn, registrar, village.desk(), seat, who, TERM)

        self.unless_refused(change)

    def key(self) -> None:
        """Revoke the key of a member of the committee: what they sign later is void."""
        key, village = hand("sup5"), self.village

        def revoke() -> None:
            with village.engine.begin() as conn:
                acts.revoke_key(
                    conn, hand("registrar"), village.desk(), "sup5", key.key, "手机丢了"
                )

        self.unless_refused(revoke)

    def policy(self) -> None:
        """Adopt a policy, as a rule with every hand that must; cases under way keep theirs."""
        chosen = self.rng.choice([on_paper_too(), shipped("lizhou"), shipped("tiered")])
        missing = self.rng.choice(["", "", "registrar", "sec1", "sup3"])
        for who in ("registrar", "sec1", "sup1", "sup2", "sup3"):
            if who != missing:
                self.unless_refused(lambda who=who: self._adopt(who, chosen))

    def _adopt(self, who: str, chosen: Policy) -> None:
        with self.village.engine.begin() as conn:
            adopting.adopt_policy(conn, hand(who), self.village.desk(), chosen)

    def seal(self) -> None:
        """End what is under way, seal the month and go on to the next; or find that one may not."""
        village, period = self.village, f"2021-{self.month:02d}"
        if self.month == DECEMBER or self.rng.random() < 0.6:  # a month has many acts
            return
        for standing in self._open():
            if standing.state == "paid":
                self.unless_refused(lambda case=standing: self._post(case))
            else:
                self.unless_refused(lambda case=standing: self._end(case))
        before = self.size()
        village.on(date(2021, self.month + 1, 2))
        self.unless_refused(lambda: village.seal(period))
        self.month += int(self.size() > before)
        village.on(self.day)
        with village.engine.begin() as conn:  # so that the file after the seal is begun
            acts.enrol_person(conn, hand("registrar"), village.desk(), "agri1", "农小服")

    def _open(self) -> list[Standing]:
        with self.village.engine.begin() as conn:
            return open_cases(conn, self.village.code)

    def _post(self, standing: Standing) -> None:
        with self.village.engine.begin() as conn:
            gate.post(conn, hand("book1"), self.village.desk(), standing.case)

    def _end(self, standing: Standing) -> None:
        maker = hand(min(standing.makers))
        with self.village.engine.begin() as conn:
            submission.withdraw(conn, maker, self.village.desk(), standing.case, "月底未办完")

    def voucher(self, name: str = "") -> Voucher:
        self.fen += 1  # so that no two vouchers are the same
        if not name and self.rng.random() < 0.3:
            return rent(self.day, 100_000 + self.fen)
        name = name or self.rng.choice([*[FAR] * 5, *NEAR])
        payee = Party(name, "6228480000000003", "样例农商行")
        rows = legs(("514", 300_000 + self.fen), ("102.01", -300_000 - self.fen))
        return payment(self.day, 1, payee=payee, legs=rows, papers=())

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

    def stray(self) -> None:
        """Sign the step whose turn it is from a seat of one's own that it does not ask for."""
        standing = self.case()
        if standing is None or not standing.waiting():
            return
        step = self.rng.choice(standing.waiting())
        who = self.rng.choice(PEOPLE)
        if PLACES[who] not in step["seats"]:
            self.decide(standing, step["id"], who, PLACES[who])

    def send_back(self) -> None:
        """Send a new case back from the first step that one person decides."""
        standing, step = self.walked(FAR, lambda step: step["kind"] != "meeting")
        if step is not None:
            seat = step["seats"][0]
            self.decide(standing, step["id"], self.holder(seat), seat, decision="return")

    def near(self) -> None:
        """Bring a case to somebody near to its payee, who signs it all the same."""
        payee, who = self.rng.choice(sorted(NEAR.items()))
        standing, step = self.walked(payee, lambda step: PLACES[who] in step["seats"])
        if step is not None:
            self.decide(standing, step["id"], who, PLACES[who], decision="approve")

    def twice(self) -> None:
        """Let somebody who sits in two seats sign the step of the second too."""
        standing, step = self.walked(FAR, lambda step: "village-leader" in step["seats"])
        if step is not None:
            self.decide(standing, step["id"], "cadre1", "village-leader", decision="approve")

    def walked(self, payee: str, wanted: Callable[[Any], bool]) -> tuple[Standing, Any | None]:
        """Submit a case and walk it to a step; None where it does not get there."""
        standing = self.village.submit(self.voucher(payee))
        for _ in range(DECEMBER):
            found = [step for step in standing.waiting() if wanted(step)]
            if found:
                return standing, found[0]
            try:
                standing = self.village.step(standing)
            except (Refusal, StopIteration, IndexError):  # nobody is left who may
                break
        return standing, None

    def decide(
        self,
        standing: Standing,
        step: str,
        who: str,
        seat: str,
        giver: str = "",
        decision: str = "",
    ) -> None:
        decision = decision or self.rng.choice(["approve"] * 8 + ["recuse", "return"])
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
        found = [one for one in self._open() if one.state != "returned" and _plain(one)]
        standing = self.rng.choice(found) if found else self.village.submit(self.voucher(FAR))
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

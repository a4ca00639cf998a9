"""Thirty-two signers click twice on every voucher while some are amended: each is posted once.

Each signer is a thread with an inbox. What waits for somebody lands in the inboxes of those who may
do it, and each sends it twice at once under one nonce. Every seventh case is amended once by its
maker meanwhile: the signatures of the first revision fall, and the signers come again.

A longer campaign: `MINGBAI_TEST_VOUCHERS=2000 pytest --campaign tests/fault/test_signers.py`.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date, datetime
from hashlib import md5
from queue import SimpleQueue
from unittest.mock import patch

import pytest
from checks import book_faults, log_faults, verify_faults, view_faults
from sample import COMMITTEE, STAFF, TERM, VILLAGE, ZONE, Village, hand, opening, payment, rent
from sqlalchemy import Connection
from test_races import engine, village

from approvals import acts, gate, signoff, submission
from approvals.acts import Desk
from approvals.cases import standing_of
from approvals.signoff import Tally
from approvals.standing import Standing, ready
from ledger.book import files
from ledger.log import store as log
from ledger.refusal import Refusal
from ledger.voucher import Voucher

__all__ = ["engine", "village"]  # the fixtures: a new database on SQLite and on PostgreSQL

VOUCHERS = int(os.environ.get("MINGBAI_TEST_VOUCHERS", "500"))
MORE = [(f"more{n:02d}", f"监增{chr(0x4E00 + n)}") for n in range(15)]
MEMBERS = [person for person, _ in [*COMMITTEE, *MORE]]
PEOPLE = [person for person, _ in STAFF.values()] + MEMBERS
NOW = datetime(2021, 1, 28, 9, 0, tzinfo=ZONE)  # all at one time: nobody is before another
PAUSE = 0.05  # seconds in which others act, where nobody holds the log
PATIENCE = 0.5  # seconds for which who has read waits for the others to read
Work = Callable[[Connection, Desk], object]


def voucher(index: int, revision: int) -> Voucher:
    """Return a voucher: a third are payments, with every signature there is."""
    make = payment if index % 3 == 0 else rent
    return make(date(2021, 1, 5 + index % 20), 10_000 + 10 * index + revision)


def nonce(*words: object) -> str:
    """Return the idempotency key of one click."""
    return md5(repr(words).encode(), usedforsecurity=False).hexdigest()


class Office:
    """Signers at their inboxes."""

    def __init__(self, village: Village, count: int) -> None:
        self.village = village
        self.cases = [f"20210128-{index:08x}" for index in range(count)]
        self.inbox: dict[str, SimpleQueue[int | None]] = {name: SimpleQueue() for name in PEOPLE}
        self.lock, self.open, self.idle = threading.Lock(), 0, threading.Event()
        self.clicks, self.said, self.amended = Counter[str](), Counter[str](), set[int]()
        self.hands = ThreadPoolExecutor(2 * len(PEOPLE))

    def run(self) -> None:
        """Submit every voucher and let the signers work until nothing waits."""
        for index, case in enumerate(self.cases):
            with self.village.engine.begin() as conn:
                desk = Desk(VILLAGE, NOW, nonce(index, "submit"))
                submission.submit(conn, hand("book1"), desk, voucher(index, 1), case)
        self.open = 1
        with ThreadPoolExecutor(len(PEOPLE)) as pool:
            ends = [pool.submit(self.sit, person) for person in PEOPLE]
            for index in range(len(self.cases)):
                self.tell(index)
            self.close()
            self.idle.wait()
            for inbox in self.inbox.values():
                inbox.put(None)
        self.hands.shutdown()
        for end in ends:
            end.result()

    def close(self) -> None:
        """Count one thing as done; when nothing is open, all go home."""
        with self.lock:
            self.open -= 1
            if not self.open:
                self.idle.set()

    def tell(self, index: int) -> None:
        """Put a case into the inboxes of those for whom it waits."""
        standing = self.look(index)
        for person in self.wanted(index, standing):
            with self.lock:
                self.open += 1
            self.inbox[person].put(index)

    def look(self, index: int) -> Standing:
        with self.village.engine.begin() as conn:
            return standing_of(conn, VILLAGE, self.cases[index])

    def wanted(self, index: int, standing: Standing) -> set[str]:
        """Return who has something to do for a case."""
        if standing.state == "posted":
            return set()
        if not standing.waiting():
            return {"book1"} if ready(standing) else {"cash1"}
        found = set()
        for step in standing.waiting():
            for seat in step["seats"]:
                if seat in STAFF:
                    found.add(STAFF[seat][0])
                else:  # two more than it takes
                    many = standing.needs[step["id"]] + 2
                    found |= {MEMBERS[(7 * index + n) % len(MEMBERS)] for n in range(many)}
        if index % 7 == 0 and (standing.signoffs or index % 3) and index not in self.amended:
            found.add("book1")
        return found

    def sit(self, person: str) -> None:
        """Take cases from the inbox until told to go home."""
        while (index := self.inbox[person].get()) is not None:
            try:
                done = [self.click(person, work) for work in self.work(person, index)]
                if any(done):
                    self.tell(index)
            except BaseException:
                self.idle.set()  # nobody waits for who has left; `run` raises what was wrong
                raise
            finally:
                self.close()

    def work(self, person: str, index: int) -> list[Work]:
        """Return what a person now does with a case."""
        standing, case, me = self.look(index), self.cases[index], hand(person)
        if person == "book1" and ready(standing):
            return [lambda conn, desk: gate.post(conn, me, desk, case)]
        if person == "book1" and index % 7 == 0 and index not in self.amended:
            self.amended.add(index)
            new = voucher(index, 2)
            return [lambda conn, desk: submission.submit(conn, me, desk, new, case)]
        if person == "cash1" and not standing.waiting():
            return [lambda conn, desk: signoff.pay(conn, me, desk, case)]
        tally, clerk = Tally(NOW.date(), 25, 21, 19, 1), hand("clerk1")
        found: list[Work] = []
        for step in standing.waiting():
            seats = [seat for seat in step["seats"] if self.holds(person, seat)]
            if seats and step["kind"] == "meeting":
                found.append(
                    lambda conn, desk, name=step["id"]: signoff.close_meeting(
                        conn, me, clerk, desk, case, name, tally
                    )
                )
            elif seats:
                found.append(
                    lambda conn, desk, name=step["id"], seat=seats[0]: signoff.sign(
                        conn, me, desk, case, name, seat
                    )
                )
        return found

    @staticmethod
    def holds(person: str, seat: str) -> bool:
        return person == STAFF[seat][0] if seat in STAFF else person in MEMBERS

    def click(self, person: str, work: Work) -> bool:
        """Send an act twice at once; tell whether it was done."""
        with self.lock:
            self.clicks[person] += 1
            desk = Desk(VILLAGE, NOW, nonce(person, self.clicks[person]))

        def send() -> str:
            try:
                with self.village.engine.begin() as conn:
                    work(conn, desk)
            except Refusal as refusal:
                return refusal.code
            return "done"

        said = [end.result() for end in [self.hands.submit(send), self.hands.submit(send)]]
        with self.lock:
            self.said.update(said)
        return "done" in said


def enrol(village: Village) -> None:
    """Give the committee fifteen more members."""
    registrar = hand("registrar")
    with village.engine.begin() as conn:
        for person, name in MORE:
            acts.enrol_person(conn, registrar, village.desk(), person, name)
            acts.enrol_key(conn, registrar, village.desk(), person, hand(person).public)
            acts.take_seat(conn, registrar, village.desk(), "supervision", person, TERM)


def faults(village: Village, office: Office) -> list[str]:
    """Let the signers work through their vouchers and return what is wrong with what came of it."""
    office.run()
    cases = office.cases
    with village.engine.begin() as conn:
        events = log.events(conn, VILLAGE)
        states = {standing_of(conn, VILLAGE, case).state for case in cases}
    found = [f"left {state}" for state in sorted(states - {"posted"})]
    bodies = [(event.kind, event.subject, event.statement()) for event in events]
    booked = Counter(case for kind, case, _ in bodies if kind == "voucher.posted")
    found += [f"booked {booked[case]}" for case in cases if booked[case] != 1]
    signed = Counter(
        (case, said["body"]["revision"], said["body"]["step"], said["person"])
        for kind, case, said in bodies
        if kind == "case.signed"
    )
    found += [f"signed {count}" for count in signed.values() if count != 1]
    amended = Counter(case for kind, case, _ in bodies if kind == "voucher.submitted")
    found += [f"revisions {amended[case]}" for case in cases if amended[case] > 2]
    if sum(amended[case] == 2 for case in cases) < len(cases) // 21:
        found.append("too few amended")
    if len(office.said) < 2:
        found.append("no second click met the first")
    with village.engine.begin() as conn:
        files.project(conn, VILLAGE, village.root)
        found += log_faults(conn, VILLAGE) + view_faults(conn, VILLAGE)
    return found + book_faults(village.engine, village) + verify_faults(village)


def sign_all(village: Village, count: int) -> None:
    """Let the signers work through so many vouchers and look at what came of it."""
    assert len(PEOPLE) == 32
    village.post(opening())
    enrol(village)
    assert faults(village, Office(village, count)) == []


class Hasty(Office):
    """Signers whose server reads where a case stands before it holds the log, and then decides.

    Whoever has read waits until all whom a case waits for have read too, so that they all decide on
    the same reading, however the threads run.
    """

    seen = threading.local()

    def __init__(self, village: Village, count: int) -> None:
        super().__init__(village, count)
        self.reading: dict[str, int] = {}
        self.told, self.read, self.all_read = Counter[int](), Counter[int](), threading.Condition()

    def tell(self, index: int) -> None:
        with self.all_read:
            self.told[index] += len(self.wanted(index, self.look(index)))
        super().tell(index)

    def click(self, person: str, work: Work) -> bool:
        index = self.reading[person]
        before = self.look(index)
        with self.all_read:
            self.read[index] += 1
            self.all_read.notify_all()
            self.all_read.wait_for(lambda: self.read[index] >= self.told[index], PATIENCE)

        def later(conn: Connection, desk: Desk) -> object:
            self.seen.standing = before
            try:
                return work(conn, desk)
            finally:
                self.seen.standing = None

        return super().click(person, later)

    def work(self, person: str, index: int) -> list[Work]:
        self.reading[person] = index
        return super().work(person, index)

    def standing(self, conn: Connection, code: str, case: str) -> Standing:
        """Answer with what was read before, if this thread is deciding."""
        return getattr(self.seen, "standing", None) or standing_of(conn, code, case)


class Forgetful(Hasty):
    """The same, and no click says that it is the same as another."""

    def click(self, person: str, work: Work) -> bool:
        return super().click(person, lambda conn, desk: work(conn, desk._replace(nonce="")))


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("office", "fault"), [(Hasty, "verify "), (Forgetful, "signed 2")], ids=["hasty", "forgetful"]
)
def test_the_harness_catches(village: Village, office: type[Hasty], fault: str) -> None:
    village.post(opening())
    enrol(village)
    broken = office(village, 12)
    with ExitStack() as stack:
        for module in (signoff, submission, gate):
            if hasattr(module, "standing_of"):
                stack.enter_context(patch.object(module, "standing_of", broken.standing))
        found = faults(village, broken)
    assert any(line.startswith(fault) for line in found), found


@pytest.mark.campaign
def test_the_harness_catches_a_log_that_nobody_holds(village: Village) -> None:
    village.post(opening())
    enrol(village)
    postgres = village.engine.dialect.name == "postgresql"

    def slowly(conn: Connection, code: str, case: str) -> Standing:
        standing = standing_of(conn, code, case)
        time.sleep(PAUSE if postgres else 0)
        return standing

    with patch.object(log, "hold", lambda *_: None), patch.object(signoff, "standing_of", slowly):
        found = faults(village, Office(village, 12))
    # On SQLite every write transaction holds all; on PostgreSQL two read one standing and both act.
    caught = any(line.startswith("verify ") for line in found)
    assert caught == postgres, found


def test_thirty_two_signers_click_twice(village: Village) -> None:
    sign_all(village, 12)


@pytest.mark.campaign
def test_thirty_two_signers_click_twice_on_many(village: Village) -> None:
    sign_all(village, VOUCHERS)

"""One village of the sample under way: its people, its clock, and the walk of its cases."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from app.demo.story import RECUSED
from app.demo.township import Village
from app.demo.year import Year
from approvals import gate, signoff, submission
from approvals.acts import Desk
from approvals.cases import standings
from approvals.keys import Hand
from approvals.signoff import Tally
from approvals.standing import Standing
from ledger.bank.matching import Rule, standard_rules
from ledger.voucher import Voucher

ZONE = timezone(timedelta(hours=8))
PAUSE = timedelta(seconds=31)  # no odd haste (approvals.oddities) in the sample
Action = tuple[date, int, Callable[[], None]]


class Place(NamedTuple):
    """Where the township is built: its database, books and papers."""

    engine: Engine
    books: Path
    papers: Path
    statements: Path
    server: bytes


@dataclass
class Office:
    """One village under way: its people's unlocked keys and its clock, which never goes back."""

    place: Place
    home: Village
    story: Year
    hands: dict[str, Hand]
    now: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    rules: tuple[Rule, ...] = field(default_factory=standard_rules)
    pending: list[Action] = field(default_factory=list)

    def at(self, day: date, hour: int = 9) -> None:
        """Go on to an hour of a day, or stay where the clock is when it is later."""
        self.now = max(self.now, datetime.combine(day, time(hour), ZONE))

    def desk(self) -> Desk:
        """Return a desk some seconds later."""
        self.now += PAUSE
        return Desk(self.home.code, self.now)

    def tally(self, step: str) -> Tally:
        """Return the vote of an ordinary meeting of this village."""
        return _tally(self, step)

    def hand(self, seat: str) -> Hand:
        """Return the hand of the first holder of a seat."""
        return self.hands[self.home.holders(seat)[0]]


def submit(office: Office, vouchers: Sequence[Voucher], names: Sequence[str] = ()) -> list[str]:
    """Submit vouchers in one transaction and return their cases."""
    named = names or [""] * len(vouchers)
    maker = office.hand("bookkeeper")
    with office.place.engine.begin() as conn:
        return [
            submission.submit(conn, maker, office.desk(), voucher, name).case
            for voucher, name in zip(vouchers, named, strict=True)
        ]


def sign_all(office: Office, cases: Sequence[str], days: Sequence[date]) -> None:
    """Let everybody asked sign the cases, turn after turn; `days` are the days of the turns."""
    with office.place.engine.begin() as conn:
        waiting = standings(conn, office.home.code, cases)
    turn = 0
    while waiting:
        office.at(days[min(turn, len(days) - 1)])
        turn += 1
        with office.place.engine.begin() as conn:
            after = [_turn(conn, office, standing) for standing in waiting]
        waiting = [standing for standing in after if standing.state == "signing"]


def _turn(conn: Connection, office: Office, standing: Standing) -> Standing:
    turn = standing.turn
    while standing.state == "signing" and standing.turn == turn:
        standing = _next(conn, office, standing)
    return standing


def _next(conn: Connection, office: Office, standing: Standing) -> Standing:
    step, case = standing.waiting()[0], standing.case
    if step["kind"] == "meeting":
        tally = _tally(office, step["id"])
        chair, recorder = office.hand("secretary"), office.hand("clerk")
        desk = office.desk()
        return signoff.close_meeting(conn, chair, recorder, desk, case, step["id"], tally)
    payee = standing.voucher.payee
    if payee and payee.name == RECUSED.party and step["id"] == RECUSED.step:
        return _recused(conn, office, case)
    seat = step["seats"][0]
    done = {item.person for item in standing.approvals(step)}
    person = next(one for one in office.home.holders(seat) if one not in done)
    return signoff.sign(conn, office.hands[person], office.desk(), case, step["id"], seat)


def _tally(office: Office, step: str) -> Tally:
    roster = office.home.council if step == "council" else office.home.representatives
    present = roster if step != "representatives" else roster - roster // 8
    return Tally(office.now.date(), roster, present, present - (step != "council"), 0)


def _recused(conn: Connection, office: Office, case: str) -> Standing:
    hand, deputy = office.hands[RECUSED.person], office.hands[RECUSED.deputy]
    desk, step = office.desk(), RECUSED.step
    signoff.sign(conn, hand, desk, case, step, step, "recuse", RECUSED.words)
    return signoff.sign(conn, deputy, office.desk(), case, step, "deputy-director")


def post(office: Office, cases: Sequence[str]) -> None:
    """Post cleared cases in the order of their days, in one transaction."""
    with office.place.engine.begin() as conn:
        ready = standings(conn, office.home.code, cases)
        for standing in sorted(ready, key=lambda item: (item.voucher.day, item.submitted)):
            gate.post(conn, office.hand("bookkeeper"), office.desk(), standing.case)

"""A village on its way through submit, sign, pay, post, seal and publish, copied before each act.

What a seed chooses: the history before, the amounts (and so the chain), the class of the voucher.
"""

import shutil
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from sample import COMMITTEE, STAFF, VILLAGE, Village, found, hand, opening, payment, rent
from sqlalchemy import Connection, Engine

from app import database
from approvals import gate, signoff, submission
from approvals.acts import Desk
from approvals.cases import standing_of
from approvals.signoff import Tally
from approvals.standing import Standing
from disclosure import notice
from ledger.book import files
from ledger.log import store as log

PERIOD = "2021-01"
Work = Callable[[Connection, Path], object]


class Act(NamedTuple):
    """An act that may be done twice: what it is, its nonce, the months it touches, the doing."""

    name: str
    nonce: str
    touched: tuple[str, ...]
    work: Work


class Moment(NamedTuple):
    """The installation before an act: its folder, the leaves of its log, the act."""

    folder: Path
    leaves: list[bytes]
    act: Act


def url(folder: Path) -> str:
    """Return the address of the database in a folder."""
    return f"sqlite:///{folder / 'mingbai.sqlite'}"


def at(folder: Path) -> Village:
    """Return the village of an installation, with an engine of its own."""
    return Village(database.connect(url(folder)), folder / "books")


def copy(moment: Moment, target: Path) -> Path:
    """Copy the installation of a moment to work on; what lay there is gone."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(moment.folder, target)
    return target


def do(engine: Engine, act: Act, root: Path) -> None:
    """Do an act in one transaction, as the server does."""
    with engine.begin() as conn:
        act.work(conn, root)


def project(engine: Engine, act: Act, root: Path) -> None:
    """Write the books after an act, as the server does."""
    with database.read(engine) as conn:
        files.project(conn, VILLAGE, root, act.touched)


class Scene:
    """The acts of a seed, each with the installation before it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.random = folder, Random(seed)  # noqa: S311 - a choice of history
        self.live = folder / "live"
        self.live.mkdir(parents=True)
        self.moments: list[Moment] = []
        self.acts: list[Act] = []
        engine = database.connect(url(self.live))
        database.create(engine)
        self.village = Village(engine, self.live / "books")
        with engine.begin() as conn:
            found(conn, self.village)
        self._history()
        self._walk()
        engine.dispose()

    def _history(self) -> None:
        self.village.post(opening())
        for _ in range(self.random.randrange(3)):
            day = date(2021, self.random.randint(1, 2), self.random.randint(5, 25))
            make = self.random.choice((rent, payment))
            self.village.post(make(day, self.random.randint(100, 99_999)))
        self.village.submit(rent(date(2021, 2, 3), 777))  # stays open, in a month of its own
        with self.village.engine.begin() as conn:
            files.project(conn, VILLAGE, self.village.root)

    def _walk(self) -> None:
        """Submit one voucher, take every step, post it, seal its month and publish the sheet."""
        fen = self.random.choice((50_000, 500_000, 5_000_000, 12_000_000))
        make = self.random.choice((rent, payment))
        voucher = make(date(2021, 1, self.random.randint(5, 25)), fen)
        case = "20210112-0000abcd"
        desk = self._desk()
        self._act(
            "submit",
            desk,
            lambda conn, _: submission.submit(conn, hand("book1"), desk, voucher, case),
        )
        while (standing := self._standing(case)).waiting():
            self._sign(standing)
        self._thin()
        if standing.state == "cleared" and voucher.kind == "payment":
            self._pay(case)
        self._post(case)
        self.village.on(date(2021, 2, 1))
        self._seal()
        self._publish()

    def _thin(self) -> None:
        """Keep one meeting and two sign-offs: the others take the same steps."""
        for name, keep in (("meeting", 1), ("sign", 2)):
            found = [moment for moment in self.moments if moment.act.name == name]
            for moment in found[keep:]:
                self.moments.remove(moment)
                shutil.rmtree(moment.folder)

    def _standing(self, case: str) -> Standing:
        with self.village.engine.begin() as conn:
            return standing_of(conn, VILLAGE, case)

    def _desk(self) -> Desk:
        return self.village.desk(f"{self.random.getrandbits(128):032x}")

    def _act(self, name: str, desk: Desk, work: Work, touched: Sequence[str] = ()) -> None:
        """Keep a copy before an act and do it."""
        act = Act(name, desk.nonce, tuple(touched), work)
        with self.village.engine.begin() as conn:
            leaves = log.leaves(conn, VILLAGE)
        self.village.engine.dispose()  # the last connection empties the write-ahead log
        folder = self.folder / desk.nonce
        shutil.copytree(self.live, folder)
        self.moments.append(Moment(folder, leaves, act))
        self.acts.append(act)
        do(self.village.engine, act, self.village.root)
        project(self.village.engine, act, self.village.root)

    def _sign(self, standing: Standing) -> None:
        place, case, desk = standing.waiting()[0], standing.case, self._desk()
        if place["kind"] == "meeting":
            chair, clerk = hand("sec1"), hand("clerk1")
            tally = Tally(desk.at.date(), 25, 21, 19, 1)
            self._act(
                "meeting",
                desk,
                lambda conn, _: signoff.close_meeting(
                    conn, chair, clerk, desk, case, place["id"], tally
                ),
            )
            return
        seat = place["seats"][0]
        done = {item.person for item in standing.signoffs}
        fresh = (person for person, _ in COMMITTEE if person not in done)
        who = hand(STAFF[seat][0] if seat in STAFF else next(fresh))
        self._act(
            "sign", desk, lambda conn, _: signoff.sign(conn, who, desk, case, place["id"], seat)
        )

    def _pay(self, case: str) -> None:
        desk = self._desk()
        self._act("pay", desk, lambda conn, _: signoff.pay(conn, hand("cash1"), desk, case))

    def _post(self, case: str) -> None:
        desk = self._desk()
        self._act(
            "post", desk, lambda conn, _: gate.post(conn, hand("book1"), desk, case), [PERIOD]
        )

    def _seal(self) -> None:
        desk = self._desk()
        self._act(
            "seal",
            desk,
            lambda conn, root: gate.seal(conn, hand("registrar"), desk, PERIOD, gate.Books(root)),
            [PERIOD],
        )

    def _publish(self) -> None:
        desk = self._desk()
        days = (desk.at.date(), desk.at.date() + timedelta(days=20))
        self._act(
            "publish", desk, lambda conn, _: notice.publish(conn, hand("book1"), desk, PERIOD, days)
        )

"""A small village built through the real acts: people, seats, keys, policy, accounts, vouchers."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine

from approvals import acts, adopting, gate, policy, signoff, submission
from approvals.acts import Desk
from approvals.keys import ALG, Hand
from approvals.signing import key_id
from approvals.signoff import Tally
from approvals.standing import Standing, ready
from ledger.posted.store import Posted
from ledger.voucher import Leg, Paper, Party, Voucher

ZONE = timezone(timedelta(hours=8))
VILLAGE = "510802-sandui-jingtian"
TERM = (date(2020, 1, 1), date(2025, 12, 31))
STAFF = {
    "bookkeeper": ("book1", "账小田"),
    "reviewer": ("rev1", "复小核"),
    "cashier": ("cash1", "出小纳"),
    "clerk": ("clerk1", "文小书"),
    "secretary": ("sec1", "书小记"),
    "deputy-director": ("dep1", "副小主"),
    "first-secretary": ("first1", "驻小村"),
    "agri-centre": ("agri1", "农小服"),
    "village-cadre": ("cadre1", "包小干"),
    "village-leader": ("leader1", "包小领"),
    "township-head": ("head1", "镇小长"),
    "auditor": ("audit1", "审小计"),
}
COMMITTEE = [(f"sup{n}", f"监小{word}") for n, word in enumerate("甲乙丙丁戊", start=1)]


def hand(person: str) -> Hand:
    """Return a hand with a fixed key (no PIN: the key store has tests of its own)."""
    private = Ed25519PrivateKey.from_private_bytes(person.encode().ljust(32, b"\0")[:32])
    public = private.public_key().public_bytes_raw()
    method = "server" if person == "server" else "pin"
    return Hand(person, key_id(ALG, public), public, method, private.sign)


@dataclass
class Village:
    """A village under test and the clock that its acts follow."""

    engine: Engine
    root: Path
    code: str = VILLAGE
    now: datetime = field(default_factory=lambda: datetime(2021, 1, 4, 9, 0, tzinfo=ZONE))

    def desk(self, nonce: str = "") -> Desk:
        """Return a desk one minute later."""
        self.now += timedelta(minutes=1)
        return Desk(self.code, self.now, nonce)

    def on(self, day: date) -> None:
        """Move the clock to the morning of a day, never back."""
        morning = datetime(day.year, day.month, day.day, 9, 0, tzinfo=ZONE)
        self.now = max(self.now, morning)

    def submit(self, voucher: Voucher, case: str = "", who: str = "book1") -> Standing:
        """Submit by the bookkeeper."""
        with self.engine.begin() as conn:
            return submission.submit(conn, hand(who), self.desk(), voucher, case)

    def step(self, standing: Standing) -> Standing:
        """Take the next sign-off that the case waits for."""
        place = standing.waiting()[0]
        with self.engine.begin() as conn:
            if place["kind"] == "meeting":
                tally = Tally(self.now.date(), 25, 21, 19, 1)
                args = (hand("sec1"), hand("clerk1"), self.desk(), standing.case)
                return signoff.close_meeting(conn, *args, place["id"], tally)
            seat = place["seats"][0]
            who = STAFF[seat][0] if seat in STAFF else self._fresh(standing)
            return signoff.sign(conn, hand(who), self.desk(), standing.case, place["id"], seat)

    @staticmethod
    def _fresh(standing: Standing) -> str:
        done = {item.person for item in standing.signoffs}
        return next(person for person, _ in COMMITTEE if person not in done)

    def clear(self, standing: Standing) -> Standing:
        """Walk the whole chain and pay."""
        while standing.waiting():
            standing = self.step(standing)
        if not ready(standing):
            with self.engine.begin() as conn:
                standing = signoff.pay(conn, hand("cash1"), self.desk(), standing.case)
        return standing

    def post(self, voucher: Voucher) -> Posted:
        """Submit, walk the chain, pay and post."""
        standing = self.clear(self.submit(voucher))
        with self.engine.begin() as conn:
            return gate.post(conn, hand("book1"), self.desk(), standing.case)

    def seal(self, period: str) -> None:
        """Seal a month."""
        with self.engine.begin() as conn:
            books = gate.Books(self.root)
            gate.seal(conn, hand("registrar"), self.desk(), period, books)


def found(conn: Connection, village: Village, name: str = "井田村") -> None:
    """Open the log and do the registrar's acts: people, keys, seats, policy, accounts."""
    registrar = hand("registrar")
    facts = {"name": f"{name}股份经济合作联合社", "township": "三堆镇", "opened": "2021-01-01"}
    acts.open_log(conn, registrar, village.desk(), facts)
    acts.key_server(conn, registrar, village.desk(), hand("server").public)
    people = [(seat, *who) for seat, who in STAFF.items()]
    people += [("supervision", *who) for who in COMMITTEE]
    for seat, person, title in people:
        acts.enrol_person(conn, registrar, village.desk(), person, title)
        acts.enrol_key(conn, registrar, village.desk(), person, hand(person).public)
        acts.take_seat(conn, registrar, village.desk(), seat, person, TERM)
    acts.declare_kin(conn, registrar, village.desk(), "sup1", "监家建材行", "配偶经营")
    alone = {key: one for key, one in policy.shipped("lizhou").items() if key != "adopt"}
    adopting.adopt_policy(conn, registrar, village.desk(), alone)  # whose successor needs no more
    for code, title in (("102.01", "基本户"), ("102.02", "项目专户"), ("112.01", "样例合作社")):
        acts.open_account(conn, hand("book1"), village.desk(), code, title)


def legs(*rows: tuple[str, int]) -> tuple[Leg, ...]:
    """Return legs of (account, fen)."""
    return tuple(Leg(account, fen, "") for account, fen in rows)


def opening(village: str = VILLAGE) -> Voucher:
    """Return the opening balances."""
    rows = legs(("102.01", 50_000_000), ("151", 80_000_000), ("301", -90_000_000))
    rows += legs(("322.02", -40_000_000))
    return Voucher(village, "opening", date(2021, 1, 1), "期初余额", "transfer.opening", rows)


def rent(day: date, fen: int, village: str = VILLAGE) -> Voucher:
    """Return a receipt of rent."""
    payer = Party("样例合作社", "6228480000000001", "样例农商行")
    rows = legs(("102.01", fen), ("501", -fen))
    return Voucher(
        village, "receipt", day, "收鱼塘租金", "income.rent", rows, "文小书", payer, sheets=1
    )


def payment(day: date, fen: int, village: str = VILLAGE, **more: object) -> Voucher:
    """Return a payment for the upkeep of a road."""
    payee = Party("样例修路队", "6228480000000002", "样例农商行")
    rows = legs(("514", fen), ("102.01", -fen))
    voucher = Voucher(
        village, "payment", day, "修田间路", "spending.upkeep", rows, "文小书", payee, sheets=2
    )
    return replace(voucher, **more)  # type: ignore[arg-type]


def paper(text: str, number: str = "") -> Paper:
    """Return a paper of the given content."""
    return Paper(sha256(text.encode()).hexdigest(), "发票", number)

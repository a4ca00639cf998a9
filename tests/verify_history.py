"""A writer of books of its own: event lines, signatures, heads and seals straight from FORMATS.md.

It knows nothing of the server's acts, so that two implementations must agree. Every method takes
overrides, so that a test can let one insider do one wrong thing and the rest go on as usual.
"""

import base64
import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.book.render import render_books
from ledger.book.text import Village
from ledger.chart import standard
from ledger.voucher import Leg, Number, Paper, Party, Voucher

CODE = "510802-sandui-jingtian"
ZONE = timezone(timedelta(hours=8))
NAME = "三堆镇样例村股份经济合作联合社"
FACTS = {"name": NAME, "township": "三堆镇", "chart": "2023", "opened": "2021-05-01"}
PEOPLE: dict[str, tuple[str, str]] = {
    "book1": ("bookkeeper", "账小田"),
    "rev1": ("reviewer", "复小核"),
    "cash1": ("cashier", "出小纳"),
    "clerk1": ("clerk", "文小书"),
    "sec1": ("secretary", "书小记"),
    "first1": ("first-secretary", "驻小村"),
    "sup1": ("supervision", "监小甲"),
    "sup2": ("supervision", "监小乙"),
    "sup3": ("supervision", "监小丙"),
    "agri1": ("agri-centre", "农小服"),
    "cadre1": ("village-cadre", "包小干"),
    "leader1": ("village-leader", "包小领"),
    "head1": ("township-head", "镇小长"),
    "audit1": ("auditor", "审小计"),
}
TERM = ("2021-01-01", "2023-12-31")


def jcs(value: Any) -> bytes:
    """Spell a value canonically: our keys are ASCII and our texts hold no controls."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Compute an RFC 9162 root by its recursive definition."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [
            hashlib.sha256(b"\x01" + pair[0] + pair[1]).digest() if len(pair) > 1 else pair[0]
            for pair in pairs
        ]
    return level[0]


class Hand(NamedTuple):
    """A private key and its id."""

    private: Ed25519PrivateKey
    public: bytes
    key: str

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data)


def hand(name: str) -> Hand:
    """Return the fixed key of a name."""
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
    public = private.public_key().public_bytes_raw()
    return Hand(private, public, sha(b"mingbai/key/v1\ned25519\n" + public)[:16])


def step(name: str, kind: str, seats: Sequence[str], turn: int, **more: Any) -> dict[str, Any]:
    """Return a step with every field."""
    base = {
        "id": name,
        "title": f"{name}审签",
        "turn": turn,
        "kind": kind,
        "seats": list(seats),
        "deputies": [],
        "need": [1, 2],
        "skip_if_vacant": False,
        "method": "pin",
        "recorders": [],
        "present": [1, 2],
        "favour": [1, 2],
        "base": "present",
        "strict": True,
        "roster_least": 3,
    }
    return {**base, **more}


def chain(name: str, kinds: Sequence[str], steps: list[Any], **more: Any) -> dict[str, Any]:
    base = {
        "id": name,
        "title": f"{name}链",
        "kinds": list(kinds),
        "purposes": [],
        "from_fen": 0,
        "below_fen": None,
        "paper_most": 0,
        "steps": steps,
        "pay": False,
    }
    return {**base, **more}


def policy() -> dict[str, Any]:
    """Return eight steps for a payment of a thousand yuan or more, three for a smaller one."""
    eight = [
        step("council", "meeting", ["secretary"], 1, recorders=["clerk"], present=[2, 3]),
        step("supervision", "some", ["supervision"], 2),
        step("agri-centre", "seat", ["agri-centre"], 2),
        step("clerk", "seat", ["clerk"], 3),
        step("secretary", "seat", ["secretary"], 4, deputies=["bookkeeper", "reviewer"]),
        step("first-secretary", "seat", ["first-secretary"], 5, skip_if_vacant=True),
        step("village-cadre", "seat", ["village-cadre"], 6),
        step("village-leader", "seat", ["village-leader"], 7),
        step("township-head", "seat", ["township-head"], 8),
    ]
    small = [
        step("supervision", "some", ["supervision"], 1),
        step("secretary", "seat", ["secretary"], 2),
    ]
    small.append(step("village-cadre", "seat", ["village-cadre"], 3))
    review = [step("reviewer", "seat", ["reviewer"], 1)]
    chains = [
        chain("opening", ["opening"], review),
        chain("small", ["payment"], small, below_fen=100_000, pay=True),
        chain("large", ["payment"], eight, pay=True),
        chain("receipt", ["receipt"], review),
        chain("transfer", ["transfer"], review),
    ]
    return {"id": "eight", "title": "八审会签", "chains": chains}


SIGNERS = {
    "supervision": ("sup1", "sup2"),
    "agri-centre": ("agri1",),
    "clerk": ("clerk1",),
    "secretary": ("sec1",),
    "first-secretary": ("first1",),
    "village-cadre": ("cadre1",),
    "village-leader": ("leader1",),
    "township-head": ("head1",),
    "reviewer": ("rev1",),
}


@dataclass
class Track:
    """A case as its writer keeps it."""

    case: str
    voucher: Voucher
    revision: int
    digest: str
    head: str
    steps: list[dict[str, Any]]
    pays: bool
    leaves: list[str] = field(default_factory=list)

    def bound(self) -> dict[str, Any]:
        return {"revision": self.revision, "digest": self.digest, "head": self.head}

    def turn(self) -> list[dict[str, Any]]:
        """Return the steps of the turn that comes first."""
        return [step for step in self.steps if step["turn"] == self.steps[0]["turn"]]

    def advance(self) -> None:
        bound = {"head": self.head, "signoffs": sorted(self.leaves)}
        self.head = sha(b"mingbai/next/v1\n" + jcs(bound))
        self.steps = [step for step in self.steps if step not in self.turn()]
        self.leaves = []


class Entered(NamedTuple):
    """A posted voucher for the render."""

    number: Number
    case: str
    seq: int
    period: str
    voucher: Voucher


@dataclass
class Writer:
    """The log of one village under its writer's hand."""

    village: str = CODE
    registrar: Hand = field(default_factory=lambda: hand("registrar"))
    now: datetime = field(default_factory=lambda: datetime(2021, 5, 1, 9, 0, tzinfo=ZONE))
    lines: list[bytes] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    posted: list[Entered] = field(default_factory=list)
    last: dict[tuple[int, str], int] = field(default_factory=dict)
    details: list[tuple[str, str]] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    policy: dict[str, Any] = field(default_factory=policy)
    vacant: set[str] = field(default_factory=set)
    counter: Any = field(default_factory=itertools.count)
    founder: Hand | None = None

    def on(self, day: str) -> None:
        """Move the clock to the morning of a day."""
        self.now = datetime.fromisoformat(f"{day}T09:00:00+08:00")

    def nonce(self) -> str:
        return sha(f"{self.village} {next(self.counter)}".encode())[:32]

    def act(
        self,
        kind: str,
        person: str,
        seat: str,
        subject: str,
        body: Mapping[str, Any],
        hands: Sequence[Hand] = (),
        **over: Any,
    ) -> str:
        """Append a signed event and return its leaf in hex. `over` replaces statement fields."""
        self.now += timedelta(minutes=1)
        statement = {
            "format": 1,
            "village": self.village,
            "kind": kind,
            "at": self.now.isoformat(timespec="seconds"),
            "person": person,
            "seat": seat,
            "method": "pin",
            "nonce": self.nonce(),
            "subject": subject,
            "body": dict(body),
            **over,
        }
        data = b"mingbai/act/v1\n" + jcs(statement)
        own = self.registrar if person == "registrar" else hand(person)
        signatures = [
            {"alg": "ed25519", "key": one.key, "value": one.sign(data).hex()}
            for one in hands or (own,)
        ]
        return self.append(statement, signatures)

    def append(self, statement: Mapping[str, Any], signatures: list[dict[str, str]]) -> str:
        line = jcs({"seq": len(self.lines), "signatures": signatures, "statement": statement})
        self.lines.append(line)
        self.leaves.append(hashlib.sha256(b"\x00" + line).digest())
        return self.leaves[-1].hex()

    def office(self, kind: str, subject: str, body: Mapping[str, Any], **over: Any) -> str:
        """Let the registrar act."""
        return self.act(kind, "registrar", "registrar", subject, body, **over)

    def open(self) -> None:
        self.founder = self.founder or self.registrar
        key = {"key": self.registrar.key, "alg": "ed25519", "public": self.registrar.public.hex()}
        self.office("log.opened", "", {**FACTS, "registrar": key})

    def enrol(self, person: str, name: str) -> None:
        self.office("person.enrolled", person, {"person": person, "name": name, "household": ""})
        self.key(person, hand(person))

    def key(self, person: str, key: Hand, /, **body: Any) -> None:
        facts = {"person": person, "key": key.key, "alg": "ed25519", "public": key.public.hex()}
        self.office("key.enrolled", person, {**facts, "method": "pin", **body})

    def seat(self, seat: str, person: str, term: tuple[str, str] = TERM) -> None:
        body = {"seat": seat, "person": person, "from": term[0], "until": term[1]}
        self.office("seat.taken", seat, body)

    def leave(self, seat: str, person: str) -> None:
        self.office("seat.left", seat, {"seat": seat, "person": person, "reason": "换届"})

    def kin(self, person: str, name: str) -> None:
        self.office("kin.declared", person, {"person": person, "name": name, "relation": "配偶"})

    def adopt(self, text: dict[str, Any] | None = None, **over: Any) -> None:
        self.policy = text or self.policy
        body = {"policy": self.policy, "digest": sha(jcs(self.policy)), **over}
        self.office("policy.adopted", self.policy["id"], body)

    def account(self, code: str, name: str) -> None:
        self.details.append((code, name))
        self.act("account.opened", "book1", "bookkeeper", code, {"code": code, "name": name})

    def found(self) -> None:
        """Open the log and do all that comes before the first voucher."""
        self.open()
        for person, (seat, name) in PEOPLE.items():
            self.enrol(person, name)
            if seat not in self.vacant:
                self.seat(seat, person)
        self.kin("cadre1", "包小干建材行")
        self.adopt()
        self.account("102.01", "基本户")
        self.account("112.01", "样例合作社")

    def chain_of(self, voucher: Voucher) -> dict[str, Any]:
        total = sum(leg.fen for leg in voucher.legs if leg.fen > 0)
        return next(
            item
            for item in self.policy["chains"]
            if voucher.kind in item["kinds"]
            and (item["below_fen"] is None or total < item["below_fen"])
        )

    def submit(
        self,
        voucher: Voucher,
        /,
        case: str = "",
        revision: int = 1,
        by: tuple[str, str] = ("book1", "bookkeeper"),
        walk: str = "",
        skips: list[dict[str, str]] | None = None,
        **over: Any,
    ) -> Track:
        """Submit a voucher; `walk` names another chain than the policy's."""
        chosen = self.chain_of(voucher)
        if walk:
            chosen = next(item for item in self.policy["chains"] if item["id"] == walk)
        if skips is None:
            ids = [s["id"] for s in chosen["steps"] if self.vacant & set(s["seats"])]
            skips = [{"step": name, "rule": "vacant"} for name in ids]
        digest, text = sha(jcs(voucher.body())), sha(jcs(self.policy))
        bound = {
            "revision": revision,
            "digest": digest,
            "policy": text,
            "chain": chosen["id"],
            "skips": skips,
        }
        body = {**bound, "voucher": voucher.body(), **over}
        bound |= {name: body[name] for name in bound}
        body["head"] = over.get("head") or sha(b"mingbai/head/v1\n" + jcs(bound))
        case = case or f"case-{len(self.lines)}"
        self.act("voucher.submitted", *by, case, body)
        skipped = {skip["step"] for skip in skips}
        steps = [item for item in chosen["steps"] if item["id"] not in skipped]
        pays = chosen["pay"] and not voucher.reverses and not voucher.corrects
        return Track(case, voucher, revision, digest, body["head"], steps, pays)

    def sign(
        self,
        track: Track,
        name: str,
        person: str,
        seat: str = "",
        hands: Sequence[Hand] = (),
        over: Mapping[str, Any] | None = None,
        **body: Any,
    ) -> str:
        """Decide on a step."""
        facts = {
            "step": name,
            "decision": "approve",
            "opinion": "",
            "shown": track.voucher.summary,
            "for": "",
        }
        facts |= {**track.bound(), **body}
        seat = seat or PEOPLE[person][0]
        leaf = self.act("case.signed", person, seat, track.case, facts, hands, **(over or {}))
        if facts["decision"] == "approve":
            track.leaves.append(leaf)
        return leaf

    def meet(
        self,
        track: Track,
        name: str = "council",
        people: tuple[str, str] = ("sec1", "clerk1"),
        hands: Sequence[Hand] = (),
        **body: Any,
    ) -> None:
        """Close a meeting, signed by chair and recorder."""
        chair, recorder = people
        facts = {
            "step": name,
            "day": f"{self.now:%Y-%m-%d}",
            "roster": 9,
            "present": 7,
            "favour": 6,
        }
        facts |= {"against": 1, "recorder": recorder, "recorder_seat": "clerk", "minutes": ""}
        facts |= {**track.bound(), **body}
        both = hands or (hand(chair), hand(recorder))
        leaf = self.act("meeting.closed", chair, "secretary", track.case, facts, both)
        track.leaves.append(leaf)

    def take(self, track: Track, item: Mapping[str, Any]) -> None:
        """Do what one step asks for."""
        if item["kind"] == "meeting":
            self.meet(track, item["id"])
            return
        for person in SIGNERS[item["id"]]:
            self.sign(track, item["id"], person)

    def walk(self, track: Track, until: str = "") -> Track:
        """Walk the chain to its end, or to the turn that holds a step."""
        while track.steps and until not in {item["id"] for item in track.turn()}:
            for item in track.turn():
                self.take(track, item)
            track.advance()
        return track

    def pay(self, track: Track, by: tuple[str, str] = ("cash1", "cashier"), **body: Any) -> None:
        facts = {**track.bound(), "bank_line": "", **body}
        self.act("payment.made", *by, track.case, facts)

    def post(
        self, track: Track, by: tuple[str, str] = ("book1", "bookkeeper"), **body: Any
    ) -> Number:
        """Post under the next number."""
        voucher = track.voucher
        facts = {"year": voucher.day.year, "class": voucher.kind, "period": voucher.period}
        facts["no"] = self.last.get((voucher.day.year, voucher.kind), 0) + 1
        facts |= {**track.bound(), **body}
        number = Number(facts["year"], facts["class"], facts["no"])
        self.last[number[:2]] = number.no
        seq = len(self.lines)
        self.act("voucher.posted", *by, track.case, facts)
        self.posted.append(Entered(number, track.case, seq, voucher.period, voucher))
        return number

    def enter(self, voucher: Voucher) -> Number:
        """Submit, walk, pay and post."""
        track = self.walk(self.submit(voucher))
        if track.pays:
            self.pay(track)
        return self.post(track)

    def balances(self, until: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for item in self.posted:
            for leg in item.voucher.legs if item.period <= until else ():
                found[leg.account] = found.get(leg.account, 0) + leg.fen
        return {code: fen for code, fen in found.items() if fen}

    def note(self, period: str, size: int, root: bytes, key: Hand, origin: str = "") -> str:
        """Sign a checkpoint by hand."""
        name = f"mingbai/{self.village}"
        head = f"{origin or name}\n{size}\n{base64.b64encode(root).decode()}\nperiod {period}\n"
        prefix = hashlib.sha256(name.encode() + b"\n\x01" + key.public).digest()[:4]
        blob = base64.b64encode(prefix + key.sign(head.encode())).decode()
        return f"{head}\n— {name} {blob}\n"

    def seal(self, period: str, note: str = "", key: Hand | None = None, **body: Any) -> None:
        """Seal a month."""
        size, root = len(self.lines), root_of(self.leaves)
        note = note or self.note(period, size, root, key or self.registrar)
        facts = {"period": period, "size": size, "root": root.hex()}
        facts |= {"balances": sha(jcs(self.balances(period))), "note": note.splitlines()}
        before = self.notes.get(max(self.notes, default=""), "")
        facts |= {"previous": sha(before.encode()) if before else "", **body}
        self.office("month.sealed", period, facts)
        self.notes[period], self.ends[period] = note, len(self.lines)

    def files(self) -> dict[str, bytes]:
        """Return every file of the books."""
        founder = self.founder or self.registrar
        facts = Village(code=self.village, registrar=founder.key, **FACTS)
        chart = standard().with_details(self.details)
        found = dict(render_books(facts, self.posted, chart, [], self.notes))
        start = 0
        for period, end in sorted(self.ends.items()):
            found[f"{period[:4]}/{period}.events.jsonl"] = self._text(start, end)
            start = end
        if start < len(self.lines):
            tail = self._tail()
            found[f"{tail[:4]}/{tail}.events.jsonl"] = self._text(start, len(self.lines))
        return found

    def _tail(self) -> str:
        if not self.ends:
            return min((item.period for item in self.posted), default=FACTS["opened"][:7])
        year, month = map(int, max(self.ends).split("-"))
        return f"{year + month // 12:04d}-{month % 12 + 1:02d}"

    def _text(self, start: int, end: int) -> bytes:
        return b"".join(line + b"\n" for line in self.lines[start:end])

    def write(self, folder: Path) -> Path:
        """Write the books and return their directory."""
        books = folder / self.village
        for name, data in self.files().items():
            (books / name).parent.mkdir(parents=True, exist_ok=True)
            (books / name).write_bytes(data)
        return books


def opening(**more: Any) -> Voucher:
    legs = (Leg("102.01", 50_000_000, ""), Leg("151", 8_000_000, ""), Leg("301", -58_000_000, ""))
    return Voucher(CODE, "opening", date(2021, 5, 1), "期初余额", "transfer.opening", legs, **more)


def rent(day: str, fen: int, **more: Any) -> Voucher:
    legs = (Leg("102.01", fen, ""), Leg("501", -fen, "鱼塘租金"))
    who = Party("样例合作社", "6228480000000001", "样例农商行")
    facts: dict[str, Any] = {"handler": "文小书", "payee": who, "sheets": 1, **more}
    return Voucher(
        CODE, "receipt", date.fromisoformat(day), "收鱼塘租金", "income.rent", legs, **facts
    )


def payment(day: str, fen: int, payee: str = "样例修路队", **more: Any) -> Voucher:
    legs = (Leg("514", fen, "修路"), Leg("102.01", -fen, ""))
    paper = Paper(sha(f"{day} {fen}".encode()), "发票", f"{day}-{fen}")
    who = Party(payee, "6228480000000002", "样例农商行")
    facts: dict[str, Any] = {"legs": legs, "payee": who, "papers": (paper,), "sheets": 1, **more}
    return Voucher(
        CODE, "payment", date.fromisoformat(day), "付村道养护费", "spending.upkeep", **facts
    )


def red(number: Number, voucher: Voucher, day: str) -> Voucher:
    """Return the red-letter voucher of a posted one."""
    legs = tuple(Leg(leg.account, -leg.fen, leg.summary) for leg in voucher.legs)
    return Voucher(
        CODE,
        voucher.kind,
        date.fromisoformat(day),
        f"注销 {number}",
        voucher.purpose,
        legs,
        payee=voucher.payee,
        reverses=str(number),
    )


def small() -> Writer:
    """Return two sealed months: opening, rent, payments of both sizes, a red letter, notices."""
    book = Writer()
    book.found()
    book.enter(opening())
    book.on("2021-05-10")
    book.enter(rent("2021-05-10", 1_200_000))
    wrong = payment("2021-05-11", 80_000)
    number = book.enter(wrong)
    book.enter(payment("2021-05-12", 3_000_000))
    book.on("2021-05-31")
    book.seal("2021-05")
    book.on("2021-06-02")
    sheet = {
        "period": "2021-05",
        "sheet": sha(b"sheet"),
        "posted": "2021-06-02",
        "until": "2021-06-12",
    }
    book.act("sheet.published", "book1", "bookkeeper", "2021-05", sheet)
    asked = {
        "question": "q1",
        "period": "2021-05",
        "line": "",
        "text": "修的哪条路？",
        "asked": "2021-06-03",
    }
    book.act("question.asked", "clerk1", "clerk", "q1", asked)
    answer = {"question": "q1", "text": "二组村道。", "correction": ""}
    book.act("question.answered", "sec1", "secretary", "q1", answer)
    book.enter(red(number, wrong, "2021-06-05"))
    book.enter(payment("2021-06-05", 90_000, corrects=str(number)))
    marks = {"quarter": "2021-Q2", "opinion": "无异议", "findings": []}
    book.act("audit.marked", "audit1", "auditor", "2021-Q2", marks)
    book.on("2021-06-30")
    book.seal("2021-06")
    return book

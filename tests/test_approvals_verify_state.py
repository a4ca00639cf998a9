"""Going on from what was verified before says the same as beginning at the beginning."""

import json
import os
import random
import shutil
import stat
import threading
from dataclasses import dataclass, field, fields, make_dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from verify_history import Track, Writer, hand, opening, payment, red, rent, small

from approvals.verify import cache, codec, run, seals, verify
from approvals.verify import state as states
from approvals.verify.cases import Case
from approvals.verify.outcome import evaluate
from approvals.verify.replay import History, Item
from approvals.verify.run import proceed
from approvals.verify.state import State
from approvals.verify.verdict import StopAt
from ledger.voucher import Number

MONTHS = ("2021-05", "2021-06", "2021-07", "2021-08")
SPLITS = range(len(MONTHS))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the digits cheap: what they are is tested elsewhere."""
    monkeypatch.setattr(seals, "printed", lambda root, _, period: f"{period} {root[:8]}")


class Random:
    """A village that does a little of everything, with cases that stay open over a seal."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - repeatable
        self.book = Writer()
        self.open: list[Track] = []
        self.fen = 0
        self.book.found()
        self.book.enter(opening())

    def month(self, number: int) -> None:
        period = MONTHS[number]
        later = MONTHS[number + 1] if number + 1 < len(MONTHS) else "2021-09"
        self.book.on(f"{period}-03")
        todo, self.open = self.open, []
        for track in todo:
            self.finish(track)
        acts = [self.rent, self.payment, self.wrong, self.withdrawn, self.sent_back, self.people]
        for _ in range(self.rng.randint(3, 6)):
            self.rng.choice(acts)(f"{period}-{self.rng.randint(3, 20):02d}")
        for _ in range(self.rng.randint(1, 3)):
            self.leave_open(f"{later}-02")
        self.questions(number, period)
        self.book.seal(period)

    def amount(self) -> int:
        self.fen += 1
        return self.rng.choice([1_000, 70_000, 300_000]) + self.fen

    def rent(self, day: str) -> None:
        self.book.enter(rent(day, self.amount(), bank_line=f"line-{self.amount()}"))

    def payment(self, day: str) -> None:
        self.book.enter(payment(day, self.amount()))

    def wrong(self, day: str) -> None:
        voucher = payment(day, self.amount())
        number = self.book.enter(voucher)
        self.book.enter(red(number, voucher, day))
        self.book.enter(payment(day, self.amount(), corrects=str(number)))

    def withdrawn(self, day: str) -> None:
        track = self.book.submit(payment(day, self.amount(), bank_line=f"w-{self.amount()}"))
        body = {"revision": 1, "reason": "重复"}
        self.book.act("case.withdrawn", "book1", "bookkeeper", track.case, body)

    def sent_back(self, day: str) -> None:
        track = self.book.submit(rent(day, self.amount()))
        self.book.sign(track, "reviewer", "rev1", decision="return")
        self.book.post(self.book.walk(self.book.submit(track.voucher, track.case, 2)))

    def people(self, _: str) -> None:
        name = f"new{self.amount()}"
        self.book.enrol(name, f"新人{self.amount()}")
        self.book.kin(name, f"亲戚{self.amount()}")
        self.book.seat("representative", name)
        if self.rng.random() < 0.5:
            facts = {"person": name, "key": hand(name).key, "reason": "遗失"}
            self.book.office("key.revoked", name, facts)
            self.book.leave("representative", name)
        code = f"112.{10 + self.fen % 80:02d}"
        if code not in {one for one, _ in self.book.details}:
            self.book.account(code, f"往来{self.fen}")

    def questions(self, number: int, period: str) -> None:
        asked = {"question": f"q{number}", "period": period, "line": "", "text": "问"}
        asked["asked"] = f"{self.book.now:%Y-%m-%d}"
        self.book.act("question.asked", "clerk1", "clerk", f"q{number}", asked)
        for one in range(number + 1):
            body = {"question": f"q{one}", "text": "答", "correction": ""}
            self.book.act("question.answered", "sec1", "secretary", f"q{one}", body)

    def leave_open(self, day: str) -> None:
        voucher = payment(day, self.amount()) if self.rng.random() < 0.7 else rent(day, 5_000)
        track = self.book.submit(voucher)
        stops = [step["id"] for step in track.steps]
        self.book.walk(track, until=self.rng.choice([*stops, ""]))
        if not track.steps and track.pays and self.rng.random() < 0.5:
            self.book.pay(track)
            track.pays = False
        self.open.append(track)

    def finish(self, track: Track) -> None:
        self.book.walk(track)
        if track.pays:
            self.book.pay(track)
        self.book.post(track)


class Played(NamedTuple):
    """Books after all months and a tail, and the state after each month."""

    books: Path
    states: list[State]


def play(seed: int, folder: Path) -> Played:
    village, found = Random(seed), []
    for number in SPLITS:
        village.month(number)
        books = village.book.write(folder / f"{seed}-{number}")
        done = proceed(books, past=found[-1] if found else None, keep=True)
        assert done.verdict.fault is None
        assert done.state is not None
        assert done.since == (found[-1].sealed if found else "")
        # The state that grew month by month is the state made in one go.
        assert states.dump(done.state) == states.dump(state_of(books))
        found.append(done.state)
    village.book.on("2021-09-04")
    for track in village.open[1:]:
        village.finish(track)
    village.rent("2021-09-04")
    return Played(village.book.write(folder / f"{seed}-end"), found)


def state_of(books: Path) -> State:
    state = proceed(books, keep=True).state
    assert state is not None
    return state


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seals, "printed", lambda root, _, period: f"{period} {root[:8]}")
        return play(7, tmp_path_factory.mktemp("played"))


def same(books: Path, past: State) -> str:
    """Compare going on with beginning anew, and return the code of the fault."""
    whole = verify(books)
    assert proceed(books, past=past).verdict == whole
    slow, fast = evaluate(books), evaluate(books, past=past)
    assert _stop(fast.stop) == _stop(slow.stop)
    assert fast.history.tree.root() == slow.history.tree.root()
    return whole.fault.code if whole.fault else ""


def _stop(stop: StopAt | None) -> object:
    return stop and stop.fault()


@pytest.mark.parametrize("seed", range(4))
def test_every_split_of_a_random_history_ends_in_the_same_verdict(
    seed: int, tmp_path: Path
) -> None:
    books, found = play(seed, tmp_path)
    whole = verify(books)
    assert whole.good
    for past in found:
        done = proceed(books, past=past)
        assert (done.verdict, done.since) == (whole, past.sealed)


def test_a_month_without_a_voucher_is_a_state_too(tmp_path: Path) -> None:
    book = Writer()
    book.found()
    book.on("2021-05-31")
    book.seal("2021-05")
    past = state_of(book.write(tmp_path / "before"))
    book.on("2021-06-02")
    book.enter(rent("2021-06-02", 100))
    books = book.write(tmp_path / "after")
    assert same(books, past) == ""
    assert proceed(books, past=past).since == "2021-05"


def mutate(books: Path, rng: random.Random) -> str:
    """Change one thing in a books directory."""
    names = sorted(path for path in books.rglob("*") if path.is_file())
    path = rng.choice(names)
    data = path.read_bytes()
    lines = data.splitlines(keepends=True)
    place, row = rng.randrange(len(data)), rng.randrange(len(lines))
    what = rng.choice(["byte", "byte", "line", "double", "swap", "cut", "gone", "name", "digit"])
    if what == "byte":
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    elif what == "line":
        path.write_bytes(b"".join(lines[:row] + lines[row + 1 :]))
    elif what == "double":
        path.write_bytes(b"".join([*lines[: row + 1], *lines[row:]]))
    elif what == "swap":
        rng.shuffle(lines)
        path.write_bytes(b"".join(lines))
    elif what == "cut":
        path.write_bytes(data[:place])
    elif what == "gone":
        path.unlink()
    elif what == "name":
        path.rename(path.with_name(f"x{path.name}"))
    else:
        old = f"{rng.randrange(10)}".encode()
        path.write_bytes(data.replace(old, b"7", 1))
    return f"{path.name} {what}"


def mutated(played: Played, count: int, seed: int, folder: Path) -> set[str]:
    rng, codes = random.Random(seed), set()  # noqa: S311 - repeatable
    for number in range(count):
        books = Path(shutil.copytree(played.books, folder / f"{number}" / played.books.name))
        mutate(books, rng)
        codes.add(same(books, rng.choice(played.states)))
        shutil.rmtree(books)
    return codes


@pytest.mark.parametrize("seed", range(2))
def test_single_mutations_end_in_the_same_verdict(
    seed: int, played: Played, tmp_path: Path
) -> None:
    assert len(mutated(played, 60, seed, tmp_path)) > 5


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(100, 108))
def test_many_mutations_end_in_the_same_verdict(seed: int, tmp_path: Path) -> None:
    assert len(mutated(play(seed, tmp_path), 250, seed, tmp_path)) > 5


def test_a_state_alone_never_says_good_of_books_that_are_bad(
    played: Played, tmp_path: Path
) -> None:
    """Each file of the sealed months, and each that is new: one byte of it is noticed."""
    past = played.states[1]
    books = Path(shutil.copytree(played.books, tmp_path / played.books.name))
    for path in sorted(one for one in books.rglob("*") if one.is_file()):
        data = path.read_bytes()
        path.write_bytes(data[:-2] + bytes([data[-2] ^ 1]) + data[-1:])
        assert not run._guarded(books, None, None, past, keep=False).verdict.good, path
        path.write_bytes(data)
    assert proceed(books, past=past).since == past.sealed


def test_rules_that_look_back_are_kept_over_a_seal(tmp_path: Path) -> None:
    """What a later month may not do again with what an earlier one did."""
    book = small()
    past = state_of(book.write(tmp_path / "before"))
    posted = next(item for item in book.posted if item.voucher.purpose == "spending.upkeep")
    for number, act in enumerate(_again(posted.case, posted.voucher)):
        other = small()
        other.on("2021-07-02")
        act(other)
        books = other.write(tmp_path / f"{number}")
        code = same(books, past)
        assert code, number


def _again(case: str, voucher: Any) -> list[Any]:
    body = {"revision": 1, "reason": ""}
    first, again = Number(2021, "payment", 1), {"code": "102.01", "name": "重复"}
    return [
        lambda book: book.act("case.withdrawn", "book1", "bookkeeper", case, body),
        lambda book: book.submit(voucher, case, 2),
        lambda book: book.enter(payment("2021-07-02", 5_000, papers=voucher.papers)),
        lambda book: book.enter(red(first, payment("2021-05-11", 80_000), "2021-07-02")),
        lambda book: book.enter(rent("2021-06-30", 100)),
        lambda book: book.enter(opening()),
        lambda book: book.append(*_replayed(book)),
        lambda book: book.act("account.opened", "book1", "bookkeeper", "102.01", again),
    ]


def _replayed(book: Writer) -> tuple[Any, Any]:
    line = json.loads(book.lines[-1])
    return line["statement"], line["signatures"]


def test_a_state_of_other_books_is_put_aside(played: Played, tmp_path: Path) -> None:
    other = small().write(tmp_path)
    done = proceed(other, past=played.states[0], keep=True)
    assert (done.verdict.good, done.since) == (True, "")
    assert proceed(other, registrar="0" * 16, past=done.state).verdict == verify(other, "0" * 16)
    bad = proceed(other, anchor="0" * 24, past=done.state).verdict
    assert bad == verify(other, anchor="0" * 24)


def test_a_state_is_read_back_as_it_was_written(played: Played, tmp_path: Path) -> None:
    path = tmp_path / "state"
    states.write(path, played.states[-1])
    assert states.read(path) == played.states[-1]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["state"]
    path.chmod(0o666)
    assert states.read(path) is None
    assert states.read(tmp_path / "none") is None
    assert states.read(tmp_path) is None


def test_any_changed_byte_of_a_state_puts_it_aside(played: Played) -> None:
    data = states.dump(played.states[0])
    rng = random.Random(3)  # noqa: S311 - repeatable
    places = [*range(200), *(rng.randrange(len(data)) for _ in range(300))]
    for place in places:
        flipped = bytes([data[place] ^ rng.randint(1, 255)])
        assert states.load(data[:place] + flipped + data[place + 1 :]) is None, place
    for end in (0, 1, len(data) // 2, len(data) - 1):
        assert states.load(data[:end]) is None
    assert states.load(data + b"x") is None


@pytest.mark.parametrize("each", [1, pytest.param(9, marks=pytest.mark.campaign)])
def test_a_forged_state_ends_in_a_verdict_and_never_in_a_traceback(
    each: int, played: Played
) -> None:
    """With the digest made anew: whoever may write a state may lie, but not break the program."""
    past, rng = played.states[1], random.Random(5)  # noqa: S311 - repeatable
    whole = verify(played.books)
    odd: list[Any] = [None, 0, "", [], {}, "x", -1, [[]], {"a": 1}]
    facts = json.loads(past.history)
    for name in facts:
        for value in rng.sample(odd, each):
            forged = json.dumps({**facts, name: value}).encode()
            done = proceed(played.books, past=past._replace(history=forged))
            assert done.verdict.good or done.verdict == whole, name
    for history in (b"", b"[]", b"{}", b"[" * 5000, b"\xff", b"1e999"):
        assert proceed(played.books, past=past._replace(history=history)).verdict == whole


def test_another_program_begins_anew(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    data = states.dump(played.states[0])
    monkeypatch.setattr(states, "program", lambda: "0" * 64)
    assert states.load(data) is None


def test_closed_cases_are_small(played: Played) -> None:
    rows = json.loads(played.states[-1].history)["cases"]
    posted = [row for row in rows if row.get("state") == "posted"]
    assert len(posted) > 10
    assert all(set(row) == {"name", "state"} for row in posted)


def test_a_history_comes_back_whole(played: Played) -> None:
    for past in played.states:
        history = past.load()
        assert states.take(history) == past.history
        assert history.chart().accounts == history.accounts
        assert all(type(item) is Item for item in history.posted)
        assert history.numbers == {str(item.number): item for item in history.posted}
    names = {one.name for one in fields(History)}
    assert names - states.DERIVED == set(json.loads(past.history))


def test_new_fields_are_carried_without_a_word() -> None:
    """A rule that keeps more of a village needs no change here."""

    class Row(NamedTuple):
        day: date
        marks: frozenset[str] | None

    more = make_dataclass(
        "More",
        [
            ("heads", dict[tuple[int, str], list[Row]], field(default_factory=dict)),
            ("seen", dict[str, set[bytes]], field(default_factory=dict)),
            ("pairs", tuple[tuple[str, int], ...], ()),
            ("maybe", dict[str, Any] | None, None),
        ],
    )
    rows = [Row(date(2021, 5, 1), frozenset({"b", "a"})), Row(date(2021, 5, 2), None)]
    value = more({(1, "x"): rows}, {"k": {b"\x01", b"\x00"}}, (("p", 1),), {"any": [1]})
    write, read = codec.codec(more)
    assert write is not None
    assert read is not None
    assert read(json.loads(json.dumps(write(value)))) == value
    for strange in (dict[str, int] | list[int], object, Path):
        with pytest.raises(TypeError):
            codec.codec(strange)


def test_public_keys_of_either_kind_come_back() -> None:
    keys: list[Any] = [ec.generate_private_key(ec.SECP256R1()).public_key()]
    keys.append(hand("x").private.public_key())
    for kind in (Ed25519PublicKey | ec.EllipticCurvePublicKey, ec.EllipticCurvePublicKey):
        write, read = codec.codec(kind)
        assert write is not None
        assert read is not None
        for key in keys[: 2 if kind is not ec.EllipticCurvePublicKey else 1]:
            assert read(json.loads(json.dumps(write(key)))) == key


def test_every_field_of_a_case_can_be_carried() -> None:
    for kind in (Case, History):
        for name, one in codec.fields(kind).items():
            if name not in {*states.DERIVED, states.CASES}:
                codec.codec(one)


@dataclass
class Times:
    """How often the log was followed, and from which state."""

    since: list[str] = field(default_factory=list)


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> Times:
    counted = Times()

    def counting(path: Path, **more: Any) -> Any:
        outcome = evaluate(path, **more)
        counted.since.append(outcome.past.sealed if outcome.past else "")
        return outcome

    monkeypatch.setattr(cache, "evaluate", counting)
    monkeypatch.setattr(cache, "_kept", {})
    return counted


def test_in_a_process_new_events_are_followed_from_the_last_seal(
    tmp_path: Path, times: Times
) -> None:
    book = small()
    books = book.write(tmp_path)
    cache.evaluated(books)
    book.on("2021-07-02")
    book.enter(rent("2021-07-02", 100))
    book.write(tmp_path)
    outcome = cache.evaluated(books)
    assert cache.evaluated(books).history is outcome.history
    assert times.since == ["", "2021-06"]
    assert outcome.stop is None
    assert outcome.history.tree.root() == evaluate(books).history.tree.root()


def test_a_changed_file_never_hits_the_memory(played: Played, tmp_path: Path, times: Times) -> None:
    """Not with the same size and time either; and what comes out is what a new evaluation says."""
    books = Path(shutil.copytree(played.books, tmp_path / played.books.name))
    cache.evaluated(books)
    rng = random.Random(11)  # noqa: S311 - repeatable
    for path in [*sorted(books.glob("*/*.events.jsonl")), books / "village.json"]:
        before, data = path.stat(), path.read_bytes()
        place = rng.randrange(len(data) - 1)
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        count = len(times.since)
        found = cache.evaluated(books)
        assert len(times.since) == count + 1
        assert found.stop is not None
        assert _stop(found.stop) == _stop(evaluate(books).stop)
        path.write_bytes(data)
        assert cache.evaluated(books).stop is None
    extra = books / "2020/2020-01.events.jsonl"
    extra.parent.mkdir()
    extra.write_bytes(b"")
    assert _stop(cache.evaluated(books).stop) == _stop(evaluate(books).stop)


def test_a_file_that_changes_while_it_is_evaluated_is_not_kept_as_it_is_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = small().write(tmp_path)
    path = books / "2021/2021-06.events.jsonl"
    good = path.read_bytes()

    def slow(place: Path, **more: Any) -> Any:
        outcome = evaluate(place, **more)
        path.write_bytes(good.replace("二组".encode(), "三组".encode(), 1))
        return outcome

    with monkeypatch.context() as patch:
        patch.setattr(cache, "evaluate", slow)
        assert cache.evaluated(books).stop is None
    assert cache.evaluated(books).stop is not None


def test_many_threads_may_ask_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: Times
) -> None:
    monkeypatch.setattr(cache, "KEPT", 2)
    places = [small().write(tmp_path / name) for name in "abc"]
    wrong: list[object] = []

    def ask() -> None:
        for place in places * 3:
            outcome = cache.evaluated(place)
            if outcome.stop or len(outcome.history.posted) != 6:
                wrong.append(outcome.stop)  # pragma: no cover

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(cache._kept) == 2
    assert times.since

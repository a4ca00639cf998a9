"""Two histories: can a township that wants to show two books find enough witnesses for each?

The log signs whatever its owner likes; one witness signs whatever it is asked to; the others are
sound. Messages come late, twice, out of order or never. A split is a checkpoint of either history,
beyond what they share, that carries the signatures of a quorum.
"""

import heapq
from functools import cache
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import pytest
from witnessing import COMMON, HISTORIES, LARGEST, LOG, ORIGIN, body, secret, signed, text

from ledger import note, witnesses
from ledger.note import Verifier
from ledger.refusal import Refusal

if TYPE_CHECKING:
    from ledger.witnesses import Seen

RUNS = 1000
KEYS = [secret(number) for number in range(1, 5)]
TRUSTED = [Verifier(f"w{i}", key.public_key().public_bytes_raw()) for i, key in enumerate(KEYS)]
CORRUPT = 0
LOST, DOUBLED = 0.1, 0.1  # shares of the messages


class Message(NamedTuple):
    """A request on its way to a witness."""

    at: float
    number: int
    witness: int
    history: str
    old: int
    size: int


@cache
def verdict(known: "Seen | None", data: bytes) -> witnesses.Accepted | Refusal:
    """Judge as a witness does; a judgement is a pure function, so the same one is made once."""
    try:
        return witnesses.judge(known, witnesses.parse_request(data), LOG)
    except Refusal as refusal:
        return refusal


@cache
def cosigned(number: int, history: str, size: int, at: int) -> str:
    return note.cosign(text(history, size), *TRUSTED[number], at, KEYS[number].sign)


class World:
    """One log, its witnesses, the network between them, and what the log's owner has collected."""

    def __init__(self, random: Random, witnesses_count: int, *, forgetful: bool) -> None:
        self.random = random
        self.count = witnesses_count
        self.forgetful = forgetful
        self.seen: dict[int, Seen] = {}
        self.lines: dict[tuple[str, int], dict[int, str]] = {}
        self.queue: list[Message] = []
        self.sent = 0

    def send(self, at: float, witness: int, history: str, old: int, size: int) -> None:
        """Put a request on the network, which may lose it, hold it up or double it."""
        for _ in range(1 + (self.random.random() < DOUBLED)):
            self.sent += 1
            if self.random.random() >= LOST:
                later = at + self.random.expovariate(1)
                message = Message(later, self.sent, witness, history, old, size)
                heapq.heappush(self.queue, message)

    def answer(self, message: Message) -> str:
        """Return the line of a witness, which judges unless it is the corrupt one."""
        at, number, history, size = message.at, message.witness, message.history, message.size
        if number != CORRUPT:
            found = verdict(self.seen.get(number), body(history, message.old, size))
            if isinstance(found, Refusal):
                raise found
            if not self.forgetful:
                self.seen[number] = found.seen
        return cosigned(number, history, size, int(at))

    def run(self) -> None:
        """Let the owner ask for both histories until nothing is on its way."""
        for history in HISTORIES:
            at, old = 0.0, 0
            sizes = sorted(self.random.sample(range(1, LARGEST + 1), self.random.randint(1, 3)))
            for size in [*sizes, LARGEST]:
                at += self.random.expovariate(1)
                for witness in self.random.sample(range(self.count), self.count):
                    guess = self.random.choice((0, old))
                    self.send(at, witness, history, guess, size)
                old = size
        while self.queue:
            message = heapq.heappop(self.queue)
            try:
                line = self.answer(message)
            except witnesses.OtherSize as refusal:
                size = int(str(refusal.facts["size"]))
                if size <= message.size:  # the owner makes another proof
                    self.send(message.at, message.witness, message.history, size, message.size)
            except Refusal:
                continue  # the witness has seen the other history
            else:
                place = (message.history, message.size)
                self.lines.setdefault(place, {})[message.witness] = line

    def witnessed(self, history: str, quorum: int) -> bool:
        """Tell whether a villager can be shown this history with a quorum's signatures."""
        for (other, size), lines in self.lines.items():
            if other == history and size > COMMON and len(lines) >= quorum:
                note_ = signed(history, size) + "".join(f"{line}\n" for line in lines.values())
                assert note.open_note(note_, *LOG) == text(history, size)
                if len(witnesses.cosigners(note_, TRUSTED[: self.count])) >= quorum:
                    return True
        return False


class Outcome(NamedTuple):
    """Of some runs, how many split the view and in how many one history at least was witnessed."""

    splits: int
    served: int


def simulate(n: int, q: int, runs: int = RUNS, *, forgetful: bool = False) -> Outcome:
    splits = served = 0
    for seed in range(runs):
        world = World(Random(seed), n, forgetful=forgetful)  # noqa: S311 - a network to repeat
        world.run()
        found = [world.witnessed(history, q) for history in HISTORIES]
        splits += all(found)
        served += any(found)
    return Outcome(splits, served)


def test_three_of_four_never_split_with_one_corrupt_witness() -> None:
    witnesses.check_quorum(4, 3, 1)
    found = simulate(4, 3)
    assert found.splits == 0
    assert found.served > RUNS / 2  # the runs are not all empty


def test_the_control_a_plain_majority_is_split() -> None:
    with pytest.raises(witnesses.WeakQuorum):
        witnesses.check_quorum(3, 2, 1)
    assert simulate(3, 2).splits > RUNS / 10


def test_the_control_witnesses_that_forget_are_split() -> None:
    assert simulate(4, 3, 50, forgetful=True).splits > 10


def test_both_histories_share_their_beginning() -> None:
    assert body("a", 0, COMMON) == body("b", 0, COMMON)
    assert text("a", COMMON + 1) != text("b", COMMON + 1)
    assert ORIGIN in text("a", 1)

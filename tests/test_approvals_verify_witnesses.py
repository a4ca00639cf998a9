"""Seals under witnesses: cosignatures count once each, are bound by the next seal, and are owed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from said import as_kept
from test_approvals_verify_attacks import begun
from verify_history import Writer, hand, root_of, sha

from approvals.verify import Verdict, verify
from ledger import note

Attack = Callable[[Writer], None]
ATTACKS: list[tuple[str, Attack]] = []
NAMES = ("school", "county", "agency", "neighbour")


def attack(code: str) -> Callable[[Attack], Attack]:
    """Note an attack with the code of the fault that must stop it."""

    def stand(act: Attack) -> Attack:
        ATTACKS.append((code, act))
        return act

    return stand


def key_server(book: Writer, name: str = "server") -> None:
    key = hand(name)
    body = {"key": key.key, "alg": "ed25519", "public": key.public.hex()}
    book.office("server.keyed", key.key, body)


def appoint(book: Writer, names: tuple[str, ...] = NAMES, quorum: int = 3, faulty: int = 1) -> None:
    named = [{"name": name, "public": hand(name).public.hex()} for name in names]
    body = {"witnesses": named, "quorum": quorum, "faulty": faulty}
    book.office("witnesses.set", "witnesses", body)


def line_of(book: Writer, period: str, name: str, key: str = "") -> str:
    text = book.notes[period].partition("\n\n")[0] + "\n"
    one = hand(key or name)
    return note.cosign(text, name, one.public, 1_622_512_800, one.sign)


def cosign(book: Writer, period: str, name: str, line: str = "", /, **over: object) -> None:
    line = line or line_of(book, period, name)
    body = {"period": period, "witness": name, "line": line}
    book.act("seal.cosigned", "server", "server", period, body, **{"method": "server", **over})
    book.notes[period] += f"{line}\n"


def watched() -> Writer:
    """Return a village with witnesses, its first month sealed."""
    book = begun()
    key_server(book)
    appoint(book)
    book.seal("2021-05")
    return book


@attack("Y128")
def next_month_sealed_without_witnesses(book: Writer) -> None:
    book.seal("2021-06")


@attack("Y128")
def next_month_sealed_below_the_quorum(book: Writer) -> None:
    cosign(book, "2021-05", "school")
    cosign(book, "2021-05", "county")
    book.seal("2021-06")


@attack("Y127")
def one_witness_counted_twice(book: Writer) -> None:
    cosign(book, "2021-05", "school")
    cosign(book, "2021-05", "school")


@attack("Y127")
def cosigned_by_a_stranger(book: Writer) -> None:
    cosign(book, "2021-05", "mallory")


@attack("Y127")
def cosigned_with_a_strangers_key(book: Writer) -> None:
    cosign(book, "2021-05", "school", line_of(book, "2021-05", "school", "mallory"))


@attack("Y127")
def cosignature_of_another_checkpoint(book: Writer) -> None:
    other = note.cosign(
        "mingbai/x\n1\n" + "A" * 43 + "=\n", "school", hand("school").public, 5, hand("school").sign
    )
    cosign(book, "2021-05", "school", other)


@attack("Y127")
def cosigned_by_one_named_after_the_seal(book: Writer) -> None:
    appoint(book, (*NAMES, "late"), 4, 2)
    cosign(book, "2021-05", "late")


@attack("Y127")
def earlier_month_cosigned_after_the_next_seal(book: Writer) -> None:
    for name in NAMES[:3]:
        cosign(book, "2021-05", name)
    book.seal("2021-06")
    cosign(book, "2021-05", "neighbour")


@attack("Y129")
def seal_that_forgets_a_cosignature(book: Writer) -> None:
    before = book.notes["2021-05"]
    for name in NAMES[:3]:
        cosign(book, "2021-05", name)
    book.seal("2021-06", previous=sha(before.encode()))


@attack("Y126")
def plain_majority_agreed_on(book: Writer) -> None:
    appoint(book, NAMES[:3], 2, 1)


@attack("Y126")
def more_signatures_asked_than_there_are_witnesses(book: Writer) -> None:
    appoint(book, NAMES, 5, 1)


@attack("Y126")
def one_witness_under_two_names(book: Writer) -> None:
    named = [{"name": name, "public": hand("school").public.hex()} for name in NAMES]
    book.office("witnesses.set", "witnesses", {"witnesses": named, "quorum": 3, "faulty": 1})


@attack("Y046")
def witnesses_named_by_the_secretary(book: Writer) -> None:
    named = [{"name": name, "public": hand(name).public.hex()} for name in NAMES]
    body = {"witnesses": named, "quorum": 3, "faulty": 1}
    book.act("witnesses.set", "sec1", "secretary", "witnesses", body)


@attack("Y044")
def server_signs_as_if_by_pin(book: Writer) -> None:
    cosign(book, "2021-05", "school", method="pin")


@attack("Y043")
def old_server_goes_on(book: Writer) -> None:
    key_server(book, "server2")
    cosign(book, "2021-05", "school")


@attack("Y046")
def server_posts_an_entry(book: Writer) -> None:
    track = book.walk(book.submit(begun().posted[0].voucher, case="c"))
    over = {"year": 2021, "class": "opening", "no": 2, "period": "2021-05"}
    body = {**track.bound(), **over}
    book.act("voucher.posted", "server", "server", "c", body, method="server")


@attack("Y033")
def somebody_seated_as_the_server(book: Writer) -> None:
    book.seat("server", "head1")


@attack("Y031")
def somebody_enrolled_as_the_server(book: Writer) -> None:
    book.office("person.enrolled", "server", {"person": "server", "name": "x", "household": ""})


@attack("Y032")
def signers_key_made_the_servers(book: Writer) -> None:
    key_server(book, "head1")


def judged(book: Writer, folder: Path) -> Verdict:
    return verify(book.write(folder))


@pytest.mark.parametrize(("code", "act"), ATTACKS, ids=[act.__name__ for _, act in ATTACKS])
def test_an_attack_is_stopped_with_its_own_reason(code: str, act: Attack, tmp_path: Path) -> None:
    book = watched()
    act(book)
    verdict = judged(book, tmp_path)
    assert verdict.fault is not None
    assert verdict.fault.code == code
    assert as_kept(act, verdict.fault.sentence)
    assert verdict.checked.events == len(book.lines) - 1


def three_months(folder: Path) -> tuple[Writer, Path]:
    book = watched()
    for name in NAMES[:3]:
        cosign(book, "2021-05", name)
    book.seal("2021-06")
    for name in NAMES:
        cosign(book, "2021-06", name)
    book.seal("2021-07")
    return book, book.write(folder)


def test_a_quorum_lets_the_next_month_be_sealed(tmp_path: Path) -> None:
    book, books = three_months(tmp_path)
    verdict = verify(books)
    assert verdict.fault is None
    assert verdict.checked.months == 3
    assert verify(books, anchor=book.notes["2021-06"]).good
    assert verdict.root == root_of(book.leaves).hex()


@pytest.mark.parametrize("which", range(4))
def test_a_removed_cosignature_is_found(which: int, tmp_path: Path) -> None:
    _, books = three_months(tmp_path)
    path = books / "2021/2021-06.seal"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    del lines[-1 - which]
    path.write_text("".join(lines), "utf-8")
    fault = verify(books).fault
    assert fault is not None
    assert (fault.file, fault.code) == ("2021/2021-06.seal", "Y130")

"""How many witnesses are enough, and what a witness signs."""

import base64
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from witnessing import COMMON, KEY, LARGEST, LOG, ORIGIN, body, leaves, secret, signed, text

from ledger import note, tree, witnesses
from ledger.note import Verifier
from ledger.refusal import Refusal
from ledger.witnesses import Accepted, Seen, judge, parse_request


def seen(history: str, size: int) -> Seen:
    return Seen(size, tree.root(leaves(history, size)))


def asked(history: str, old: int, size: int) -> witnesses.Request:
    return parse_request(body(history, old, size))


def can_split(n: int, q: int, f: int) -> bool:
    """Tell, by trying them all, whether two quorums may have only corrupt members in common."""
    quorums = [set(one) for one in combinations(range(n), q)]
    return any(len(one & other) <= f for one in quorums for other in quorums)


def test_the_rule_agrees_with_trying_every_pair_of_quorums() -> None:
    for n in range(1, 7):
        for q in range(1, n + 1):
            for f in range(n):
                assert witnesses.quorum_holds(n, q, f) is not can_split(n, q, f), (n, q, f)


@pytest.mark.parametrize("plan", [(4, 5, 1), (4, 3, -1), (4, 3, 4), (0, 0, 0), (3, -1, 0)])
def test_a_plan_that_makes_no_sense_does_not_hold(plan: tuple[int, int, int]) -> None:
    assert not witnesses.quorum_holds(*plan)
    with pytest.raises(witnesses.WeakQuorum):
        witnesses.check_quorum(*plan)


def test_three_of_four_is_the_default_and_a_plain_majority_is_refused() -> None:
    witnesses.check_quorum()
    witnesses.check_quorum(4, 3, 1)
    with pytest.raises(witnesses.WeakQuorum) as found:
        witnesses.check_quorum(3, 2, 1)
    assert "请把需要的见证签名改为 3 个。" in str(found.value)
    with pytest.raises(witnesses.WeakQuorum) as found:
        witnesses.check_quorum(5, 3, 1)
    assert "请把需要的见证签名改为 4 至 5 个。" in str(found.value)
    with pytest.raises(witnesses.WeakQuorum) as found:
        witnesses.check_quorum(4, 2, 0)
    assert "请把需要的见证签名改为 3 至 4 个。" in str(found.value)
    with pytest.raises(witnesses.WeakQuorum) as found:
        witnesses.check_quorum(2, 2, 2)
    assert "作假方数从 0 起，且要少于见证方数。" in str(found.value)


@given(st.integers(1, 40), st.data())
def test_the_number_that_the_sentence_gives_is_the_least_that_holds(
    n: int, data: st.DataObject
) -> None:
    f = data.draw(st.integers(0, n - 1))
    least = (n + f) // 2 + 1
    assert witnesses.quorum_holds(n, least, f)
    assert not witnesses.quorum_holds(n, least - 1, f)


def test_a_witness_follows_a_log_from_any_size_to_any_later_one() -> None:
    for old in range(LARGEST + 1):
        for size in range(old, LARGEST + 1):
            known = seen("a", old) if old else None
            accepted = judge(known, asked("a", old, size), LOG)
            assert accepted == Accepted(text("a", size), seen("a", size))


def test_a_witness_never_signs_another_history_or_an_earlier_size() -> None:
    for old in range(1, LARGEST + 1):
        for size in range(LARGEST + 1):
            for said in range(size + 1):
                request = asked("b", said, size)
                shared = said == old and old <= COMMON
                if shared:
                    assert judge(seen("a", old), request, LOG).seen == seen("b", size)
                    continue
                with pytest.raises(Refusal) as found:
                    judge(seen("a", old), request, LOG)
                if said != old:
                    assert isinstance(found.value, witnesses.OtherSize)
                    assert found.value.facts["size"] == old
                elif size == old:
                    assert isinstance(found.value, witnesses.OtherRoot)
                else:
                    assert isinstance(found.value, witnesses.BadProof)


def refused(known: Seen | None, data: bytes, log: Verifier | None = LOG) -> Refusal:
    with pytest.raises(Refusal) as found:
        judge(known, parse_request(data), log)
    return found.value


def test_each_refusal_has_its_status() -> None:
    other = Verifier(ORIGIN, secret(9).public_key().public_bytes_raw())
    unsigned = note.sign_note(text("a", 5), ORIGIN, LOG.public, secret(9).sign)
    cases = [
        (refused(None, body("a", 0, 5), None), witnesses.UnknownOrigin, 404),
        (refused(None, body("a", 0, 5), other), witnesses.NotTheLog, 403),
        (refused(None, witnesses.build_request(0, [], unsigned)), witnesses.NotTheLog, 403),
        (refused(seen("a", 7), body("a", 7, 5)), witnesses.OldAboveNew, 400),
        (refused(seen("a", 4), body("a", 0, 5)), witnesses.OtherSize, 409),
        (refused(None, body("a", 4, 5)), witnesses.OtherSize, 409),
        (refused(seen("a", 5), body("b", 5, 5)), witnesses.OtherRoot, 409),
        (refused(seen("a", 4), body("b", 4, 5)), witnesses.BadProof, 422),
    ]
    for found, kind, status in cases:
        assert isinstance(found, kind)
        assert found.status == status
        assert str(found).endswith("。")


def test_an_empty_log_has_the_root_of_nothing() -> None:
    assert judge(None, asked("a", 0, 0), LOG).seen == witnesses.START
    empty = note.checkpoint_text(note.Checkpoint(ORIGIN, 0, bytes(32)))
    wrong = note.sign_note(empty, ORIGIN, LOG.public, KEY.sign)
    found = refused(None, witnesses.build_request(0, [], wrong))
    assert isinstance(found, witnesses.BadProof)


def test_a_proof_is_needed_whole() -> None:
    request = asked("a", 4, 11)
    assert len(request.proof) > 1
    broken = [
        request._replace(proof=request.proof[:-1]),
        request._replace(proof=(*request.proof, bytes(32))),
        request._replace(proof=()),
        request._replace(proof=(bytes(32), *request.proof[1:])),
    ]
    for one in broken:
        with pytest.raises(witnesses.BadProof):
            judge(seen("a", 4), one, LOG)


def test_a_request_has_the_form_of_the_specification() -> None:
    first, *rest = body("a", 4, 11).decode().split("\n")
    blank = rest.index("")
    assert first == "old 4"
    assert [len(base64.b64decode(line)) for line in rest[:blank]] == [32] * blank
    assert "\n".join(rest[blank + 1 :]) == signed("a", 11)
    assert body("a", 0, 5).startswith(b"old 0\n\nmingbai/")


@given(st.integers(0, 2**60), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_requests_come_back(old: int, proof: list[bytes]) -> None:
    found = parse_request(witnesses.build_request(old, proof, signed("a", 5)))
    assert (found.old, list(found.proof), found.note) == (old, proof, signed("a", 5))
    assert note.checkpoint_text(found.checkpoint) == text("a", 5)


def test_the_longest_proof_is_read() -> None:
    nodes = [bytes([n]) * 32 for n in range(witnesses.LONGEST)]
    assert list(parse_request(witnesses.build_request(4, nodes, signed("a", 11))).proof) == nodes


GOOD = body("a", 4, 11)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"old 4\n\n",
        b"\xff" + GOOD,
        GOOD.replace(b"old 4", b"old 04"),
        GOOD.replace(b"old 4", b"old -4"),
        GOOD.replace(b"old 4", b"new 4"),
        GOOD.replace(b"old 4\n", b"old 4\r\n"),
        GOOD.replace(b"old 4", "old ４".encode()),
        GOOD.replace(b"old 4", b"old " + b"9" * 5000),
        GOOD.replace(b"old 4\n", b""),
        GOOD.replace(b"old 4\n", b"old 4\nAAAA\n"),
        GOOD.replace(b"old 4\n", b"old 4\n!\n"),
        GOOD.replace(b"old 4\n", "old 4\n村\n".encode()),
        GOOD.replace(b"\n\n", b"\n", 1),
        GOOD.rstrip(b"\n"),
        GOOD + b"\n",
        witnesses.build_request(4, [bytes(32)] * 64, signed("a", 11)),
        witnesses.build_request(0, [], "no note"),
        witnesses.build_request(0, [], note.sign_note("x\n", ORIGIN, LOG.public, KEY.sign)),
    ],
)
def test_what_is_no_request_is_refused(data: bytes) -> None:
    with pytest.raises(witnesses.BadRequest) as found:
        parse_request(data)
    assert found.value.status == 400


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_no_byte_of_a_request_can_be_changed(at: int, flip: int) -> None:
    changed = bytearray(GOOD)
    changed[at] ^= flip
    with pytest.raises(Refusal):
        judge(seen("a", 4), parse_request(bytes(changed)), LOG)


def test_a_key_counts_once_and_strangers_do_not_count() -> None:
    keys = [secret(number) for number in range(1, 5)]
    trusted = [Verifier(f"w{i}", key.public_key().public_bytes_raw()) for i, key in enumerate(keys)]
    sheet = signed("a", 5)
    for i, key in enumerate(keys[:3]):
        line = note.cosign(text("a", 5), *trusted[i], 100 + i, key.sign)
        sheet += f"{line}\n"
    sheet += f"{note.cosign(text('a', 5), *trusted[0], 300, keys[0].sign)}\n"
    sheet += f"{note.cosign(text('b', 5), *trusted[3], 400, keys[3].sign)}\n"  # another history
    assert note.open_note(sheet, *LOG) == text("a", 5)
    assert witnesses.cosigners(sheet, trusted) == {"w0": 300, "w1": 101, "w2": 102}
    assert witnesses.cosigners(sheet, trusted[1:]) == {"w1": 101, "w2": 102}
    twin = Verifier("twin", trusted[0].public)
    sheet += f"{note.cosign(text('a', 5), *twin, 500, keys[0].sign)}\n"
    assert witnesses.cosigners(sheet, [trusted[0], twin]) == {"w0": 300}
    with pytest.raises(note.BadNote):
        witnesses.cosigners("no note", trusted)


def test_signatures_for_a_new_registrar_have_one_blank_between_their_parts() -> None:
    line = f"v1 school {'ab' * 64}"
    assert witnesses.parse_endorsed(f"{line}\n") == {"v1": {"school": b"\xab" * 64}}
    for bad in (line.replace(" ", "  "), line.replace(" ", "\t"), f" {line}"):
        with pytest.raises(witnesses.BadLost):
            witnesses.parse_endorsed(bad)

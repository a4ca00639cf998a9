"""A lost registrar's key: replaced by the witnesses' quorum; what insiders try instead."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample import Village, rent
from sample import hand as person
from test_approvals_verify_hands import hand_over
from test_approvals_verify_witnesses import NAMES, appoint, cosign, watched
from verify_history import Hand, Writer, hand, jcs, root_of

from approvals import acts, gate, keys, lost
from approvals.verify import verify
from ledger.book import files
from ledger.posted import store as posted
from ledger.witnesses import BadLost, Lost, build_lost, parse_endorsed, parse_lost

NEW = hand("registrar2")
REASON = "密钥丢失"


def asked(book: Writer, new: Hand = NEW, **over: Any) -> bytes:
    """Return what a witness signs, as FORMATS says."""
    period = max(book.notes)
    seal = next(
        json.loads(line)["statement"]["body"]
        for line in reversed(book.lines)
        if b'"kind":"month.sealed"' in line
    )
    said = {"village": book.village, "period": period, "size": seal["size"], "root": seal["root"]}
    said |= {"previous": book.registrar.key, "key": new.key, "public": new.public.hex()}
    said |= {"reason": REASON, **over}
    return b"mingbai/registrar-lost/v1\n" + jcs(said)


def endorsed(book: Writer, names: tuple[str, ...] = NAMES[:3], **over: Any) -> list[Any]:
    data = asked(book, **over)
    return [{"witness": name, "value": hand(name).sign(data).hex()} for name in names]


def replaced(book: Writer, new: Hand = NEW, by: Hand | None = None, **body: Any) -> None:
    """Set a new registrar's key, signed by itself."""
    facts = {"key": new.key, "alg": "ed25519", "public": new.public.hex(), "reason": REASON}
    facts |= {"previous": book.registrar.key, "root": root_of(book.leaves).hex()}
    facts |= {"period": max(book.notes)}
    facts |= {"endorsed": endorsed(book, new=new), **body}  # type: ignore[dict-item]
    book.act("registrar.replaced", "registrar", "registrar", new.key, facts, (by or new,))


def judged(book: Writer, folder: Path) -> str:
    verdict = verify(book.write(folder))
    return verdict.fault.code if verdict.fault else "good"


def test_a_quorum_sets_a_new_registrar_who_goes_on(tmp_path: Path) -> None:
    book = watched()
    old = book.registrar
    for name in NAMES[:3]:
        cosign(book, "2021-05", name)
    replaced(book)
    book.registrar = NEW
    book.on("2021-06-30")
    book.seal("2021-06")
    books = book.write(tmp_path)
    for known in (old.key, NEW.key):
        verdict = verify(books, registrar=known)
        assert verdict.good, verdict.fault
        assert verdict.registrar == NEW.key


Attack = Callable[[Writer], None]
ATTACKS: list[tuple[str, Attack]] = []


def attack(code: str) -> Callable[[Attack], Attack]:
    """Note an attack with the code of the fault that must stop it."""

    def stand(act: Attack) -> Attack:
        ATTACKS.append((code, act))
        return act

    return stand


@attack("Y12F")
def two_witnesses_where_three_are_needed(book: Writer) -> None:
    replaced(book, endorsed=endorsed(book, NAMES[:2]))


@attack("Y12F")
def nobody_endorses(book: Writer) -> None:
    replaced(book, endorsed=[])


@attack("Y12C")
def one_witness_counted_twice(book: Writer) -> None:
    replaced(book, endorsed=endorsed(book, ("school", "county", "school")))


@attack("Y12D")
def a_stranger_among_them(book: Writer) -> None:
    replaced(book, endorsed=endorsed(book, ("school", "county", "mallory")))


@attack("Y12E")
def a_stranger_in_a_witnesses_name(book: Writer) -> None:
    given = endorsed(book)
    given[2]["value"] = hand("mallory").sign(asked(book)).hex()
    replaced(book, endorsed=given)


@attack("Y12E")
def endorsed_over_another_root(book: Writer) -> None:
    replaced(book, endorsed=endorsed(book, root="00" * 32))


@attack("Y12E")
def endorsed_for_another_village(book: Writer) -> None:
    replaced(book, endorsed=endorsed(book, village="510802-sandui-xiaohe"))


@attack("Y12E")
def endorsed_for_another_key(book: Writer) -> None:
    replaced(book, endorsed=endorsed(book, new=hand("mallory")))


@attack("Y12E")
def endorsed_for_another_reason(book: Writer) -> None:
    replaced(book, reason="换届")


@attack("Y12E")
def a_cosignature_passed_off_as_an_endorsement(book: Writer) -> None:
    given = endorsed(book)
    text = book.notes["2021-05"].partition("\n\n")[0] + "\n"
    data = f"cosignature/v1\ntime 1622512800\n{text}".encode()
    given[2]["value"] = hand("agency").sign(data).hex()
    replaced(book, endorsed=given)


@attack("Y12E")
def endorsement_used_again_after_a_hand_over(book: Writer) -> None:
    given = endorsed(book)
    hand_over(book, hand("registrar3"))
    replaced(book, endorsed=given)


@attack("Y032")
def the_same_key_set_twice(book: Writer) -> None:
    replaced(book)
    book.registrar = NEW
    replaced(book, endorsed=endorsed(book))


@attack("Y12B")
def endorsement_of_an_earlier_seal(book: Writer) -> None:
    given = endorsed(book)
    for name in NAMES[:3]:
        cosign(book, "2021-05", name)
    book.on("2021-06-30")
    book.seal("2021-06")
    replaced(book, endorsed=given, period="2021-05")


@attack("Y12D")
def the_thief_names_witnesses_first(book: Writer) -> None:
    thieves = ("t1", "t2", "t3", "t4")
    appoint(book, thieves)
    replaced(book, endorsed=endorsed(book, thieves[:3]))


@attack("Y035")
def carried_to_another_log(book: Writer) -> None:
    replaced(book, root="00" * 32)


@attack("Y035")
def another_key_said_to_be_the_old_one(book: Writer) -> None:
    replaced(book, previous=hand("mallory").key)


@attack("Y041")
def signed_by_another_key_than_the_new_one(book: Writer) -> None:
    replaced(book, by=hand("mallory"))


@attack("Y041")
def signed_by_the_old_key(book: Writer) -> None:
    replaced(book, by=book.registrar)


@attack("Y043")
def the_lost_key_turns_up_and_acts(book: Writer) -> None:
    replaced(book)
    book.enrol("late", "后小来")


@attack("Y032")
def a_signers_key_made_the_registrars(book: Writer) -> None:
    replaced(book, hand("sec1"))


@pytest.mark.parametrize(("code", "act"), ATTACKS, ids=[act.__name__ for _, act in ATTACKS])
def test_an_attack_is_stopped_with_its_own_reason(code: str, act: Attack, tmp_path: Path) -> None:
    book = watched()
    act(book)
    assert judged(book, tmp_path) == code


def test_without_a_witnessed_seal_nobody_can(tmp_path: Path) -> None:
    from test_approvals_verify_attacks import begun  # noqa: PLC0415

    book = begun()
    book.seal("2021-05")
    replaced(book)
    assert judged(book, tmp_path) == "Y12A"


# --- the server ---


def sealed(village: Village) -> None:
    with village.engine.begin() as conn:
        named = {name: person(name).public for name in NAMES}
        acts.set_witnesses(conn, person("registrar"), village.desk(), named)
    from datetime import date  # noqa: PLC0415

    village.post(rent(date(2021, 1, 12), 100))
    village.on(date(2021, 2, 2))
    village.seal("2021-01")


def answers(ask: Lost, names: tuple[str, ...] = NAMES[:3]) -> dict[str, bytes]:
    return {name: person(name).raw(ask.to_sign()) for name in names}


def test_the_server_sets_the_key_and_verify_agrees(village: Village) -> None:
    new = person("registrar2")._replace(person="registrar")
    with village.engine.begin() as conn, pytest.raises(lost.NoneToAsk):
        lost.request(conn, village.code, new, REASON)
    sealed(village)
    with village.engine.begin() as conn:
        ask = lost.request(conn, village.code, new, REASON)
        assert ask.root == posted.seals(conn, village.code)[-1].root
    wrong: list[tuple[Any, dict[str, bytes], str]] = [
        (lost.TooFew, answers(ask, NAMES[:2]), REASON),
        (lost.NotEndorsed, answers(ask._replace(root="00" * 32)), REASON),
        (lost.NotEndorsed, answers(ask), "换届"),
        (lost.NotEndorsed, answers(ask, ("school", "county", "mallory")), REASON),
    ]
    for kind, given, reason in wrong:
        with village.engine.begin() as conn, pytest.raises(kind):
            lost.replace(conn, new, village.desk(), reason, given)
    with village.engine.begin() as conn, pytest.raises(acts.KeyTaken):
        lost.replace(conn, person("sec1"), village.desk(), REASON, answers(ask))
    with village.engine.begin() as conn:
        lost.replace(conn, new, village.desk(), REASON, answers(ask))
    with village.engine.begin() as conn, pytest.raises(acts.StrangeKey):
        acts.enrol_person(conn, person("registrar"), village.desk(), "late", "后小来")
    with village.engine.begin() as conn:
        acts.enrol_person(conn, new, village.desk(), "late", "后小来")
        files.project(conn, village.code, village.root)
        assert gate.witnessed_of(conn, village.code, "2021-01").quorum == 3
    verdict = verify(village.root / village.code)
    assert verdict.good, verdict.fault
    assert verdict.registrar == new.key
    assert keys.ALG == "ed25519"


def test_files_that_ask_and_answer_are_read_back_or_refused() -> None:
    ask = Lost("v", "2021-05", 9, "00" * 32, "a" * 16, "b" * 16, "11" * 32, "丢失")
    assert parse_lost(build_lost([ask])) == [ask]
    for data in (
        b"",
        b"{}",
        b"[]",
        b'{"format":1,"lost":[]}\n',
        b"\xff",
        b'{"format":1,"lost":[{}]}',
    ):
        with pytest.raises(BadLost):
            parse_lost(data)
    assert parse_endorsed(f"v school {'ab' * 64}\n") == {"v": {"school": b"\xab" * 64}}
    for text in ("v school", "v school xyz", f"v  {'ab' * 64} more"):
        with pytest.raises(BadLost):
            parse_endorsed(text)

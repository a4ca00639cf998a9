"""Parts of the proof one by one: registers, papers, what a state fits, values as JSON and back."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from test_approvals_guard import audit
from verify_history import CODE, Writer, chain, hand, opening, payment, small

from approvals.verify import cache, cases, reading, registers, verify
from approvals.verify.cases import Case
from approvals.verify.codec import codec, fields
from approvals.verify.outcome import evaluate
from approvals.verify.run import proceed
from approvals.verify.state import State
from approvals.verify.verdict import Stop

DAY = "2021-05-12"


def entry(body: dict[str, Any], at: str = f"{DAY}T10:00:00+08:00") -> reading.Entry:
    """Return an event of which a rule looks at its body and its time alone."""
    return reading.Entry(
        "f", 1, 0, b"", "k", at, "p", "s", "pin", "n", "subject", body, CODE, [], b""
    )  # fmt: skip


# --- the share register and the distribution ---


def test_a_register_binds_its_journal_line_by_line() -> None:
    shares = registers.Shares()
    registers.adopt(shares, entry({"digest": "a"}))
    assert (shares.bound, shares.digest) == (0, "a")
    registers.adopt(shares, entry({"digest": "b", "changes": {"first": 1, "last": 3}}))
    registers.adopt(shares, entry({"digest": "c", "changes": {"first": 4, "last": 4}}))
    assert (shares.bound, shares.digest) == (4, "c")
    for first, last in ((4, 5), (6, 7), (5, 4)):
        with pytest.raises(Stop) as caught:
            body = {"digest": "d", "changes": {"first": first, "last": last}}
            registers.adopt(shares, entry(body))
        assert (caught.value.code, caught.value.facts) == ("Y114", {"first": first, "expected": 5})
    assert (shares.bound, shares.digest) == (4, "c")


WALK = {"opened": "2021-05-02", "meeting": DAY, "register": "c", "losses": 10}
PLAN = {"reserve": 20, "members": 30, "other": 40, "surplus": 100, "walk": WALK}


@pytest.mark.parametrize(
    ("walk", "body", "code"),
    [
        ({}, {}, ""),
        ({"opened": "2021-05-03"}, {}, "Y115"),
        ({"meeting": "2021-05-13"}, {}, "Y115"),
        ({"register": "b"}, {}, "Y116"),
        ({}, {"surplus": 99}, "Y117"),
        ({}, {"surplus": 101}, ""),
        ({"losses": 0}, {"reserve": 0, "members": 0, "other": 0, "surplus": 0}, ""),
        ({}, {"reserve": -1}, "Y117"),
        ({}, {"members": -1}, "Y117"),
        ({}, {"other": -1}, "Y117"),
        ({"losses": 50}, {}, "Y117"),
    ],
)
def test_a_distribution_is_frozen_by_its_rules(
    walk: dict[str, Any], body: dict[str, Any], code: str
) -> None:
    shares = registers.Shares(4, "c")
    plan = {**PLAN, "walk": {**WALK, **walk}, **body}
    if not code:
        registers.freeze(shares, entry(plan))
        return
    with pytest.raises(Stop) as caught:
        registers.freeze(shares, entry(plan))
    told = plan["walk"]
    facts = {"opened": told["opened"], "meeting": told["meeting"]} if code == "Y115" else {}
    assert (caught.value.code, caught.value.facts) == (code, facts)
    registers.freeze(shares, entry({**PLAN, "walk": None}))


def test_the_shares_of_a_distribution_are_the_register_that_follows() -> None:
    shares = registers.Shares(4, "c")
    granted = {"digest": "e", "first": 5, "last": 6}
    registers.freeze(shares, entry({**PLAN, "granted": granted}))
    assert (shares.bound, shares.digest) == (6, "e")


# --- a case ---


def test_the_papers_that_are_not_there() -> None:
    paper = payment(DAY, 1).papers[0]
    case = Case("c", payment(DAY, 1, papers=(paper._replace(kind="invoice"),)))
    asked = [["contract", "minutes"], ["invoice", "receipt"], ["photo"]]
    case.chain = {**chain("k", ["payment"], []), "papers": asked}
    assert cases.missing_papers(case) == ["合同或会议记录", "照片"]
    for more in ({"corrects": "2021-付-0001"}, {"reverses": "2021-付-0001"}):
        mended = Case("c", payment(DAY, 1, **more), chain=case.chain)
        assert cases.missing_papers(mended) == []
    case.chain = chain("k", ["payment"], [])
    assert cases.missing_papers(case) == []
    assert cases._number({"year": 2021, "class": "payment", "no": 7}) == "2021-付-0007"
    assert cases._number({"year": 2021, "class": "loan", "no": 7}) == "2021-loan-0007"


def test_an_entry_behind_a_fault_of_the_log(tmp_path: Path) -> None:
    book = Writer()
    book.found()
    book.enter(opening())
    book.on(DAY)
    track = book.walk(book.submit(payment(DAY, 80_000)))
    book.pay(track)
    book.office("seat.bought", "secretary", {})
    book.post(track)
    assert "2021-付-0001：审签记录在此之前有误，不能入账。" in audit(book.write(tmp_path))


# --- what a state fits ---


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> tuple[Writer, Path, State]:
    book = small()
    books = book.write(tmp_path_factory.mktemp("known"))
    state = proceed(books, keep=True).state
    assert state is not None
    return book, books, state


Known = tuple[Writer, Path, State]


def test_a_state_is_kept_for_who_asks_and_stays_while_no_month_is_sealed(known: Known) -> None:
    book, books, state = known
    assert evaluate(books).kept is None
    whole = evaluate(books, keep=True).kept
    assert whole == (state.sealed, state.history)
    assert evaluate(books, past=state).kept == whole
    done = proceed(books, book.registrar.key, None, state, keep=True)
    assert (done.state, done.since) == (state, "2021-06")
    bare = evaluate(books.parent / "nowhere")
    assert (bare.history.village, bare.events, bare.past, bare.kept) == ("", [], None, None)


def test_a_state_that_does_not_fit_is_put_aside(known: Known) -> None:
    _, books, state = known
    other = dict(state.files)
    del other["2021/2021-06.events.jsonl"]
    for wrong in (
        state._replace(sealed="2021-05"),
        state._replace(files={}),
        state._replace(files=other),
        state._replace(files={**state.files, "village.json": "0" * 64}),
        state._replace(history=b"{}"),
        state._replace(history=b"no JSON"),
    ):
        outcome = evaluate(books, past=wrong)
        assert (outcome.past, outcome.stop) == (None, None)
    assert evaluate(books, past=state).past is state


def test_a_stranger_to_the_registrar_is_told_so_from_a_state_too(known: Known) -> None:
    book, books, state = known
    strange = evaluate(books, "0" * 16, state)
    assert strange.past is None
    assert strange.stop is not None
    facts = {"found": book.registrar.key, "expected": "0" * 16}
    assert (strange.stop.code, strange.stop.facts) == ("Y048", facts)
    done = proceed(books, "0" * 16, None, state)
    assert done.verdict.fault is not None
    assert (done.verdict.fault.code, done.since) == ("Y048", "")
    for anchor, code in (("1" * 24, "Y150"), ("x", "Y151")):
        fault = proceed(books, None, anchor, state).verdict.fault
        assert fault is not None
        assert fault.code == code


def test_what_was_counted(known: Known) -> None:
    book, books, _ = known
    counts = verify(books).checked
    meetings = sum(b'"kind":"meeting.closed"' in line for line in book.lines)
    signatures = len(book.lines) + meetings
    assert counts == (len(book.lines), signatures, 6, 2, 14, len(book.files()))


def test_a_village_of_a_later_format_says_so(known: Known, tmp_path: Path) -> None:
    _, books, _ = known
    for text, code, facts in (
        ('"format":2', "Y01A", {"format": 2, "known": 1}),
        ('"format":0', "Y011", {}),
        ('"format":"1"', "Y011", {}),
    ):
        path = tmp_path / "village.json"
        path.write_text((books / "village.json").read_text("utf-8").replace('"format":1', text))
        stop = evaluate(tmp_path).stop
        assert stop is not None
        assert (stop.file, stop.line, stop.code, stop.facts) == ("village.json", 1, code, facts)


def test_what_is_in_memory_has_the_files_of_now(known: Known) -> None:
    _, books, _ = known
    first = cache.evaluated(books)
    again = cache.evaluated(books)
    assert again.history is first.history
    assert again.files == first.files == reading.files(books)


# --- values as JSON ---


class Row(NamedTuple):
    """A row of several kinds."""

    day: date
    names: tuple[str, ...]
    days: tuple[date, ...]


KEY = Ed25519PublicKey.from_public_bytes(hand("sec1").public)


@pytest.mark.parametrize(
    ("kind", "value", "plain"),
    [
        (str, "a", "a"),
        (Literal["a"], "a", "a"),
        (bytes, b"\x01\xff", "01ff"),
        (date, date(2021, 5, 3), "2021-05-03"),
        (date | None, date(2021, 5, 3), "2021-05-03"),
        (date | None, None, None),
        (list[str], ["b", "a"], ["b", "a"]),
        (list[bytes], [b"\x01"], ["01"]),
        (set[str], {"b", "a"}, ["a", "b"]),
        (frozenset[date], frozenset({date(2021, 5, 3)}), ["2021-05-03"]),
        (tuple[str, ...], ("b", "a"), ["b", "a"]),
        (tuple[bytes, ...], (b"\x01", b"\x02"), ["01", "02"]),
        (tuple[str, bytes], ("a", b"\x01"), ["a", "01"]),
        (tuple[int, str], (1, "a"), [1, "a"]),
        (dict[str, str], {"a": "b"}, {"a": "b"}),
        (dict[str, bytes], {"a": b"\x01"}, {"a": "01"}),
        (dict[tuple[int, str], int], {(1, "a"): 2}, [[[1, "a"], 2]]),
        (dict[int, str], {1: "a"}, [[1, "a"]]),
        (
            Row,
            Row(date(2021, 5, 3), ("a",), (date(2021, 5, 4),)),
            ["2021-05-03", ["a"], ["2021-05-04"]],
        ),
    ],
)
def test_a_value_goes_into_json_and_comes_back(kind: Any, value: Any, plain: Any) -> None:
    codec.cache_clear()
    fields.cache_clear()
    write, read = codec(kind)
    written = write(value) if write else value
    assert written == plain
    assert type(written) is type(plain)
    back = read(plain) if read else plain
    assert back == value
    assert type(back) is type(value)


def test_keys_go_into_json_and_come_back() -> None:
    write, read = codec(Ed25519PublicKey)
    assert write is not None
    assert read is not None
    assert write(KEY) == hand("sec1").public.hex()
    assert read(write(KEY)) == KEY


@pytest.mark.parametrize("kind", [int | str, complex, tuple[complex, str], object])
def test_what_has_no_place_in_json_is_refused(kind: Any) -> None:
    with pytest.raises(TypeError) as caught:
        codec(kind)
    assert caught.value.args != (None,)


@pytest.mark.parametrize("row", [["2021-05-03", ["a"]], ["2021-05-03", ["a"], [], 1]])
def test_a_row_of_another_length_is_refused(row: list[Any]) -> None:
    read = codec(Row).read
    assert read is not None
    with pytest.raises(ValueError, match="3"):
        read(row)


def test_an_anchor_of_a_month_that_ends_in_many_blank_lines(known: Known) -> None:
    book, books, state = known
    note = book.notes["2021-05"]
    assert verify(books, anchor=f"{note}\n\n\n").good
    assert proceed(books, None, note, state).since == "2021-06"
    changed = replace(verify(books), good=False)
    assert changed.as_json()["good"] is False

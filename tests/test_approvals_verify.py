"""The verdict on a books directory: what it says when all is well, and that it always says."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verify_history import CODE, Writer, jcs, opening, payment, rent, root_of, small

from approvals.verify import Verdict, anchors, run, seals, verify
from approvals.verify.outcome import evaluate
from approvals.verify.report import report
from approvals.verify.seals import balances, following
from approvals.verify.sentences import SENTENCES
from approvals.verify.text import check_beancount, check_texts
from approvals.verify.verdict import Stop, StopAt
from ledger.digits import digits


@pytest.fixture(scope="module")
def writer() -> Writer:
    return small()


@pytest.fixture(scope="module")
def books(writer: Writer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return writer.write(tmp_path_factory.mktemp("good"))


def code(verdict: Verdict) -> str:
    assert verdict.fault is not None
    assert not verdict.good
    return verdict.fault.code


def test_good_books_are_told_with_what_was_checked(books: Path, writer: Writer) -> None:
    verdict = verify(books, registrar=writer.registrar.key)
    assert verdict.good
    assert verdict.fault is None
    assert (verdict.village, verdict.registrar) == (CODE, writer.registrar.key)
    counts = verdict.checked
    assert (counts.events, counts.vouchers, counts.months) == (len(writer.lines), 6, 2)
    meetings = sum(b'"kind":"meeting.closed"' in line for line in writer.lines)
    assert counts.signatures == len(writer.lines) + meetings
    assert counts.files == len(writer.files())
    assert (verdict.size, verdict.root) == (len(writer.lines), root_of(writer.leaves).hex())
    assert [seal.period for seal in verdict.seals] == ["2021-05", "2021-06"]
    for seal in verdict.seals:
        assert seal.root == root_of(writer.leaves[: seal.size]).hex()
        assert verdict.digits[seal.period] == digits(bytes.fromhex(seal.root), CODE, seal.period)
        assert seal.note == writer.notes[seal.period]


def test_the_report_says_yes_and_shows_the_digits(books: Path) -> None:
    verdict = verify(books)
    text = report(verdict)
    assert "核验通过" in text
    assert all(item in text for item in verdict.digits.values())
    assert verdict.root in text


def test_the_report_says_no_with_file_line_and_sentence(books: Path, tmp_path: Path) -> None:
    text = report(verify(books, registrar="0" * 16))
    assert "核验不通过" in text
    assert "[Y048] 2021/2021-05.events.jsonl 第 1 行" in text
    text = report(verify(tmp_path / "nowhere"))
    assert "未知村集体" in text
    assert "找不到账簿目录" in text


def test_the_verdict_is_json_either_way(books: Path) -> None:
    good = json.loads(json.dumps(verify(books).as_json()))
    assert good["good"] is True
    assert good["fault"] is None
    assert good["checked"]["vouchers"] == 6
    bad = json.loads(json.dumps(verify(books, registrar="0" * 16).as_json()))
    assert bad["fault"]["line"] == 1


def test_an_anchor_is_the_printed_digits_however_they_are_written(books: Path) -> None:
    printed = verify(books).digits["2021-05"]
    wide = printed.translate({ord("0") + n: ord("０") + n for n in range(10)})
    for text in (printed, printed.replace(" ", ""), printed.replace(" ", "-"), wide):
        assert verify(books, anchor=text).good
    other = printed[:-1] + str((int(printed[-1]) + 1) % 10)
    assert code(verify(books, anchor=other)) == "Y150"


def test_an_anchor_is_a_note_that_somebody_kept(books: Path, writer: Writer) -> None:
    note = writer.notes["2021-05"]
    assert verify(books, anchor=note).good
    assert verify(books, anchor=note.replace("\n", "\r\n").strip()).good
    elsewhere = writer.note("2021-05", 7, bytes(32), writer.registrar)
    assert code(verify(books, anchor=elsewhere)) == "Y150"
    assert code(verify(books, anchor=note.replace("2021-05", "2021-06"))) == "Y151"


def test_an_anchor_that_does_not_fit_is_told_of_the_books_as_a_whole(
    books: Path, writer: Writer
) -> None:
    note = writer.notes["2021-05"]
    assert verify(books, anchor=f"{note}\n\n").good
    moved = note.replace("2021-05", "2021-06")
    for anchor, expected in (("1" * 24, "Y150"), ("1" * 12, "Y151"), (moved, "Y151")):
        fault = verify(books, anchor=anchor).fault
        assert fault is not None
        assert (fault.file, fault.line, fault.code) == ("village.json", 0, expected)


def test_what_has_the_form_of_an_anchor(writer: Writer) -> None:
    note = writer.notes["2021-05"]
    good = ["1" * 24, "1234-" * 5 + "1234", note, note.replace("\n", "\r\n")]
    assert all(map(anchors.usable, good))
    assert not any(map(anchors.usable, ["", "1" * 23, "x" * 24, note.partition("\n\n")[0]]))


@settings(max_examples=30, deadline=None)  # each is a whole verification
@given(st.text())
def test_no_anchor_text_ends_in_a_traceback(books: Path, text: str) -> None:
    assert code(verify(books, anchor=text)) in {"Y150", "Y151"}


def test_another_history_by_the_same_registrar_does_not_match_the_wall(
    books: Path, tmp_path: Path
) -> None:
    """Registrar and administrator together rewrite the log: good in itself, not on the wall."""
    anchor = verify(books).digits["2021-05"]
    other = Writer()
    other.found()
    other.enter(opening())
    other.enter(rent("2021-05-10", 900_000))
    other.on("2021-05-31")
    other.seal("2021-05")
    rewritten = other.write(tmp_path)
    assert verify(rewritten).good
    assert code(verify(rewritten, anchor=anchor)) == "Y150"


def test_the_tail_after_the_last_seal_can_be_cut_and_the_root_tells(tmp_path: Path) -> None:
    book = small()
    book.on("2021-07-01")
    track = book.submit(rent("2021-07-01", 100))
    book.sign(track, "reviewer", "rev1")
    books = book.write(tmp_path)
    whole = verify(books)
    tail = books / "2021/2021-07.events.jsonl"
    tail.write_bytes(tail.read_bytes().splitlines(keepends=True)[0])
    cut = verify(books)
    assert whole.good
    assert cut.good
    assert (cut.size, cut.root) != (whole.size, whole.root)


@pytest.mark.parametrize("opened", [True, False])
def test_before_the_first_seal_events_lie_in_the_first_month(opened: bool, tmp_path: Path) -> None:
    book = Writer()
    book.found()
    if opened:
        book.enter(opening())
    books = book.write(tmp_path)
    assert verify(books).good
    path = books / "2021/2021-05.events.jsonl"
    path.rename(books / "2021/2021-06.events.jsonl")
    fault = verify(books).fault
    assert fault is not None
    assert fault.code == "Y029"


def test_seals_follow_over_the_turn_of_the_year(tmp_path: Path) -> None:
    book = small()
    book.on("2021-07-03")
    book.enter(payment("2021-07-03", 70_000))
    for month in ["2021-07", "2021-08", "2021-09", "2021-10", "2021-11", "2021-12", "2022-01"]:
        book.now += timedelta(days=30)
        book.seal(month)
    book.enter(rent("2022-02-01", 100))
    verdict = verify(book.write(tmp_path))
    assert verdict.fault is None
    assert verdict.checked.months == 9


def test_nobody_but_the_registrar_opens_a_log(tmp_path: Path) -> None:
    book = Writer()
    book.open()
    statement = {**json.loads(book.lines[0])["statement"], "person": "book1"}
    data = b"mingbai/act/v1\n" + jcs(statement)
    own = book.registrar
    book.lines, book.leaves = [], []
    signature = {"alg": "ed25519", "key": own.key, "value": own.sign(data).hex()}
    book.append(statement, [signature])
    assert code(verify(book.write(tmp_path))) == "Y042"


def test_a_directory_that_is_none(tmp_path: Path) -> None:
    assert code(verify(tmp_path / "nowhere")) == "Y001"
    (tmp_path / "file").write_text("x")
    assert code(verify(tmp_path / "file")) == "Y001"
    assert code(verify(tmp_path)) == "Y004"


def test_a_file_name_that_is_no_text_is_still_printed(tmp_path: Path) -> None:
    books = small().write(tmp_path)
    Path(os.fsdecode(os.fsencode(books) + b"/\xff\xfe")).write_bytes(b"")
    verdict = verify(books)
    assert code(verdict) == "Y009"
    assert report(verdict).encode()


def test_a_fifo_does_not_hang_the_reader(tmp_path: Path) -> None:
    books = small().write(tmp_path)
    os.mkfifo(books / "2021/2021-07.events.jsonl")
    assert code(verify(books)) == "Y002"


def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = small().write(tmp_path)

    def broken(_: Path) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", broken)
    verdict = verify(books)
    assert code(verdict) == "Y005"
    assert verdict.fault is not None
    assert verdict.fault.file == "village.json"


def test_a_folder_that_cannot_be_listed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = small().write(tmp_path)

    def broken(_: Path, __: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rglob", broken)
    assert code(verify(books)) == "Y005"


def test_what_nobody_foresaw_is_still_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(run, "evaluate", broken)
    assert code(verify(small().write(tmp_path))) == "Y000"


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("2021/2021-05.beancount", "-30000.00", "-30000.01", "Y140"),
        ("2021/main.beancount", 'option "operating', 'plugin "json"\noption "operating', "Y141"),
        ("2021/audit.beancount", 'plugin "approvals.guard"\n', "", "Y141"),
        ("all.beancount", 'include "2021/2021-06.beancount"\n', "", "Y141"),
        (
            "2021/main.beancount",
            'option "operating',
            'option "plugin_processing_mode" "raw"\noption "operating',
            "Y141",
        ),
        (
            "all.beancount",
            "; 本文件",
            '2021-05-02 * "x"\n  Expenses:514公益支出  1 CNY\n  Equity:301资本  -1 CNY\n; 本文件',
            "Y142",
        ),
    ],
)
def test_beancount_is_asked_even_about_a_render(
    file: str, old: str, new: str, expected: str, tmp_path: Path
) -> None:
    """A fault of the render itself would pass the comparison: Beancount has its own word."""
    books = small().write(tmp_path)
    outcome = evaluate(books)
    texts = check_texts(outcome)
    path = books / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(StopAt) as caught:
        check_beancount(outcome, texts)
    assert caught.value.code == expected


def test_every_code_has_a_sentence_and_every_sentence_can_be_said() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(run.__file__).parent.glob("*.py"))
    for name, sentence in SENTENCES.items():
        assert source.count(f'"{name}"') > 1, name
        assert sentence[-1] in "。：？}" or sentence.endswith("）。"), name


def test_facts_of_a_sentence_are_kept_short() -> None:
    assert len(Stop("Y018", kind="长" * 10_000).sentence()) < 200


def test_verify_and_guard_stand_apart_from_the_server() -> None:
    """Nothing of the server's fold, no database: what shares a fault cannot find it."""
    names = "approvals.verify, approvals.guard, approvals.verify.report"
    command = [sys.executable, "-c", f"import sys, {names}; print(*sys.modules)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    ours = {name for name in loaded if name.startswith(("approvals", "ledger"))}
    assert "approvals.verify.run" in ours
    assert not loaded & {"sqlalchemy", "fastapi"}
    # The arithmetic of a signature may be shared, as the canonical form is.
    assert {name for name in ours if name.startswith("approvals.")} - {"approvals.passkey"} == {
        name for name in ours if name.startswith(("approvals.verify", "approvals.guard"))
    }
    assert not {name for name in ours if name.endswith((".store", ".tables", ".views"))}


def test_months_and_balances() -> None:
    assert following("2021-11") == "2021-12"
    assert following("2021-12") == "2022-01"
    sums = {"2021-01": {"101": 5, "102": 1}, "2021-02": {"101": -5}, "2021-03": {"101": 9}}
    assert balances(sums, "2021-02") == {"102": 1}


def test_digits_are_worked_out_when_they_are_asked_for(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def note(_root: str, _village: str, period: str) -> str:
        asked.append(period)
        return f"0000 {period}"

    monkeypatch.setattr(seals, "printed", note)
    verdict = verify(books)
    assert verdict.good
    assert asked == []
    assert list(verdict.digits) == [seal.period for seal in verdict.seals]
    assert verdict.digits["2021-05"] == verdict.digits["2021-05"] == "0000 2021-05"
    assert asked == ["2021-05"]
    assert "2021-04" not in verdict.digits

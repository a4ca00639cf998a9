"""Beancount's word on the months after a state, many villages at once, and what is printed."""

import shutil
from importlib import resources
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest
from verify_history import CODE, NAME, Writer, payment, rent, small

from approvals.guard import guard
from approvals.verify import state as states
from approvals.verify import verify
from approvals.verify.county import _serve, lost, verify_all
from approvals.verify.outcome import Outcome, evaluate
from approvals.verify.report import report
from approvals.verify.run import proceed
from approvals.verify.state import State
from approvals.verify.text import check_beancount, check_new, check_texts
from approvals.verify.verdict import Fault, Stop, StopAt, Verdict

MONTH, MAIN, AUDIT = "2021/2021-07.beancount", "2021/main.beancount", "2021/audit.beancount"
PLUGIN = 'plugin "json"\noption "operating'


@pytest.fixture(scope="module")
def book() -> Writer:
    return small()


@pytest.fixture(scope="module")
def later(
    book: Writer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, State, Outcome, dict[str, bytes]]:
    """Return books with two entries after a state, the state, and what follows from it."""
    folder = tmp_path_factory.mktemp("later")
    state = proceed(book.write(folder), keep=True).state
    assert state is not None
    book.on("2021-07-03")
    book.enter(payment("2021-07-03", 70_000))
    book.enter(rent("2021-07-03", 100_000))
    books = book.write(folder)
    outcome = evaluate(books, past=state, keep=True)
    assert outcome.past is state
    return books, state, outcome, check_texts(outcome)


def place(stop: StopAt) -> tuple[str, int, str]:
    return stop.file, stop.line, stop.code


Later = tuple[Path, State, Outcome, dict[str, bytes]]


@pytest.mark.parametrize(
    ("name", "old", "new", "told", "why"),
    [
        (MONTH, "-700.00 CNY", "-700.01 CNY", ("all.beancount", 0, "Y140"), "does not balance"),
        (MONTH, "700.00 CNY", "701.00 CNY", ("all.beancount", 0, "Y140"), "科目或金额与已审签"),
        (MONTH, "村道", "宴请", ("all.beancount", 0, "Y140"), "2021-付-0005：摘要与已审签"),
        (MAIN, 'option "operating', 'option "', (MAIN, 0, "Y140"), ""),
        (MAIN, 'option "operating', PLUGIN, (MAIN, 0, "Y141"), None),
        (MAIN, 'include "2021-07.beancount"\n', "", (MAIN, 0, "Y141"), None),
        (AUDIT, 'plugin "approvals.guard"\n', "", (AUDIT, 0, "Y141"), None),
        ("all.beancount", "2021/2021-07", "2021/2021-08", ("all.beancount", 0, "Y141"), None),
    ],
)
def test_the_months_after_a_state_are_asked_about(
    name: str, old: str, new: str, told: tuple[str, int, str], why: str | None, later: Later
) -> None:
    _, state, outcome, texts = later
    check_new(outcome, state, texts)
    text = texts[name].decode()
    assert old in text
    with pytest.raises(StopAt) as caught:
        check_new(outcome, state, {**texts, name: text.replace(old, new).encode()})
    assert place(caught.value) == told
    assert ("why" in caught.value.facts) is (why is not None)
    assert (why or "") in str(caught.value.facts.get("why", ""))


def test_an_entry_too_few_or_too_many_is_found_after_a_state(later: Later) -> None:
    _, state, outcome, texts = later
    text = texts[MONTH].decode()
    entries = text.split("\n\n")
    fewer = "\n\n".join(entries[:-1]) + "\n"
    for other in (fewer, f"{text}\n{entries[-1]}"):
        with pytest.raises(StopAt) as caught:
            check_new(outcome, state, {**texts, MONTH: other.encode()})
        assert place(caught.value) == ("all.beancount", 0, "Y141")


def test_a_month_behind_a_state_is_the_file_that_it_was(later: Later, tmp_path: Path) -> None:
    books, state, _, _ = later
    copy = Path(shutil.copytree(books, tmp_path / CODE))
    good = proceed(copy, past=state)
    assert (good.verdict.good, good.since) == (True, "2021-06")
    path = copy / "2021/2021-05.beancount"
    path.write_text(path.read_text("utf-8") + "; nothing\n", "utf-8")
    with pytest.raises(StopAt) as caught:
        check_texts(evaluate(copy, past=state))
    assert place(caught.value) == ("2021/2021-05.beancount", 0, "Y130")
    anew = proceed(copy, past=state)
    assert (anew.verdict.good, anew.since) == (False, "")


@pytest.mark.parametrize(
    ("name", "old", "new", "told", "facts"),
    [
        (MAIN, "; 本文件", '2021-05-02 * "x"\n  Expenses:514公益支出  1 CNY\n; 本文件', 1, {}),
        ("2021/2021-05.beancount", "-30000.00", "-30000.01", 0, {}),
        (
            "all.beancount",
            "; 本文件",
            '2021-05-02 * "x"\n  Expenses:514公益支出  1 CNY\n  Equity:301资本  -1 CNY\n; 本文件',
            0,
            {"account": "Equity:301资本", "ours": "-580000", "theirs": "-580001.00"},
        ),
    ],
)
def test_beancount_tells_the_line_and_the_sums(
    name: str, old: str, new: str, told: int, facts: dict[str, str], tmp_path: Path
) -> None:
    books = small().write(tmp_path)
    outcome = evaluate(books)
    texts = check_texts(outcome)
    text = (books / name).read_text("utf-8")
    assert old in text
    (books / name).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(StopAt) as caught:
        check_beancount(outcome, texts)
    assert (caught.value.line > 0) is bool(told)
    assert caught.value.file == (AUDIT if name == "2021/2021-05.beancount" else name)
    assert {k: str(v) for k, v in caught.value.facts.items() if k != "why"} == facts


# --- what is printed ---


def test_the_report_in_full(book: Writer, tmp_path: Path) -> None:
    books = book.write(tmp_path)
    verdict = verify(books)
    counts = verdict.checked
    digits = "".join(f"  {month} 封账数字：{text}\n" for month, text in verdict.digits.items())
    head = (
        f"账簿核验：{NAME}（{CODE}）\n"
        f"  登记员密钥：{book.registrar.key}\n"
        f"  事件 {counts.events} 条，签名 {counts.signatures} 个，凭证 {counts.vouchers} 张\n"
        f"  已封账 2 个月，文件 {counts.files} 个\n"
        f"  全部事件的根：{verdict.root}\n{digits}"
    )
    assert report(verdict) == f"{head}结论：核验通过，账簿与审签记录完全一致。\n"
    assert counts.people == 14
    empty = verify(tmp_path / "nowhere")
    said = "[Y001] {}：找不到账簿目录，请核对路径。".format(tmp_path / "nowhere")
    assert report(empty) == (
        "账簿核验：（未知村集体）（—）\n  登记员密钥：—\n"
        "  事件 0 条，签名 0 个，凭证 0 张\n  已封账 0 个月，文件 0 个\n"
        f"  全部事件的根：{empty.root}\n结论：核验不通过。第一处问题：\n  {said}\n"
    )
    assert "根：—" in report(Verdict(good=False, fault=Fault("f", 3, "Y001", "s")))
    assert str(Fault("f", 3, "Y001", "s")) == "[Y001] f 第 3 行：s"


def test_a_long_fact_is_cut_and_a_shorter_one_is_not() -> None:
    assert Stop("Y018", kind="长" * 120).sentence() == f"没有“{'长' * 120}”这种事件。"
    assert Stop("Y018", kind="长" * 121).sentence() == f"没有“{'长' * 120}…”这种事件。"
    assert Stop("Y018", kind="x").args == ("Y018",)


def test_the_guard_tells_the_place_in_the_form_of_beancount(tmp_path: Path) -> None:
    main = tmp_path / "2021/main.beancount"
    _, errors = guard([], {"filename": str(main)})
    assert [one.source for one in errors] == [{"filename": str(main), "lineno": 0}]
    book = small()
    book.post(book.submit(rent("2021-07-01", 5)))
    main = book.write(tmp_path) / "2021/main.beancount"
    _, errors = guard([], {"filename": str(main)})
    assert len(errors) == 7  # the fault of the log, and six vouchers that do not stand here
    assert all(one.source == {"filename": str(main), "lineno": 0} for one in errors)
    assert all(one.entry is None for one in errors)


# --- many villages ---


def looked(folder: Path, registrar: str | None, anchor: str | None) -> Verdict:
    """Answer with what was asked."""
    return Verdict(good=True, village=folder.name, name=f"{registrar} {anchor}")


def test_one_after_the_other_in_this_process() -> None:
    folders = [Path("a"), Path("b")]
    found = list(verify_all(folders, "r", "n", 1, looked))
    assert [(nth, one.village, one.name) for nth, one in found] == [
        (0, "a", "r n"),
        (1, "b", "r n"),
    ]
    assert [one.village for _, one in verify_all(folders[:1], jobs=9, work=looked)] == ["a"]


def test_several_processes_answer_for_all() -> None:
    folders = [Path(name) for name in "abcde"]
    found = dict(verify_all(folders, "r", "n", 2, looked))
    assert [found[nth].village for nth in range(5)] == list("abcde")
    assert {one.name for one in found.values()} == {"r n"}


def test_a_process_works_until_nobody_asks() -> None:
    ours, theirs = Pipe()
    for name in "ab":
        ours.send(Path(name))
    ours.close = ours.close  # type: ignore[method-assign]
    answers: list[Any] = []

    def work(folder: Path, registrar: str | None, anchor: str | None) -> Verdict:
        answers.append((folder.name, registrar, anchor))
        if len(answers) == 2:
            raise EOFError
        return looked(folder, registrar, anchor)

    _serve(theirs, work, "r", "n")
    assert answers == [("a", "r", "n"), ("b", "r", "n")]
    assert ours.recv() == looked(Path("a"), "r", "n")


def test_a_village_whose_process_died() -> None:
    gone = lost(Path("x/v1"))
    assert (gone.good, gone.village) == (False, "v1")
    assert gone.fault is not None
    assert (gone.fault.file, gone.fault.line, gone.fault.code) == ("v1", 0, "Y00B")


# --- what a state is bound to ---


def test_a_state_is_bound_to_all_that_judges() -> None:
    found = dict(states._sources(resources.files("approvals"), "approvals"))
    root = Path(str(resources.files("approvals")))
    paths = [path for path in root.rglob("*") if path.suffix in {".py", ".csv", ".toml"}]
    expected = {f"approvals/{path.relative_to(root).as_posix()}": path for path in paths}
    assert found == {name: path.read_bytes() for name, path in expected.items()}
    assert states._version("a package that nobody has") == "0"
    assert states._version("beancount") != "0"


def test_the_bytes_of_a_state() -> None:
    state = State("2021-05", {"村": "ab", "a": "c"}, {"2021-05": "1"}, b'{"x":1}\n\n')
    line, _, rest = states.dump(state).partition(b"\n")
    assert line.startswith(b"mingbai-state 1 ")
    facts = '{"digits": {"2021-05": "1"}, "files": {"a": "c", "村": "ab"}, "sealed": "2021-05"}'
    assert rest == facts.encode() + b'\n{"x":1}\n\n'
    assert states.load(states.dump(state)) == state
    assert states.load(line + b"\n" + rest[:-1]) is None
    assert states.load(b"") is None


def test_a_posted_case_leaves_little_behind(book: Writer, tmp_path: Path) -> None:
    history = evaluate(book.write(tmp_path)).history
    packed = states.pack(history)["cases"]
    assert packed
    assert all(set(one) <= {"name", "state"} for one in packed if one["state"] == "posted")
    again = states.unpack(states.pack(history))
    assert [one.voucher for one in again.cases.values()] == [
        one.voucher for one in history.cases.values()
    ]
    assert b"\\u" not in states.take(history)
    assert b'": ' not in states.take(history)

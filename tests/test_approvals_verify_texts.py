"""Beancount's word on the months after a state, many villages at once, and what is printed."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest
from beancount.parser import parser
from verify_history import CODE, NAME, Writer, payment, rent, small

from approvals.guard import guard
from approvals.verify import funds, text, verify
from approvals.verify import state as states
from approvals.verify.county import _serve, lost, verify_all
from approvals.verify.outcome import Outcome, evaluate
from approvals.verify.report import report
from approvals.verify.run import proceed
from approvals.verify.state import State
from approvals.verify.text import check_beancount, check_new, check_texts
from approvals.verify.verdict import Fault, Stop, StopAt, Verdict
from ledger.voucher import Leg, Voucher

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
    said = texts[name].decode()
    assert old in said
    with pytest.raises(StopAt) as caught:
        check_new(outcome, state, {**texts, name: said.replace(old, new).encode()})
    assert place(caught.value) == told
    assert ("why" in caught.value.facts) is (why is not None)
    assert (why or "") in str(caught.value.facts.get("why", ""))


def test_an_entry_too_few_or_too_many_is_found_after_a_state(later: Later) -> None:
    _, state, outcome, texts = later
    said = texts[MONTH].decode()
    entries = said.split("\n\n")
    fewer = "\n\n".join(entries[:-1]) + "\n"
    for other in (fewer, f"{said}\n{entries[-1]}"):
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
    said = (books / name).read_text("utf-8")
    assert old in said
    (books / name).write_text(said.replace(old, new, 1), "utf-8")
    with pytest.raises(StopAt) as caught:
        check_beancount(outcome, texts)
    assert (caught.value.line > 0) is bool(told)
    assert caught.value.file == (AUDIT if name == "2021/2021-05.beancount" else name)
    assert {k: str(v) for k, v in caught.value.facts.items() if k != "why"} == facts


def test_the_first_line_that_differs() -> None:
    for ours, theirs, number in (
        (b"a\nb\n", b"c\nb\n", 1),
        (b"a b\nc", b"a b\nd", 2),
        (b"a\n", b"a\nb\n", 2),
        (b"a", b"a\nb\nc", 1),
    ):
        assert text._line(theirs, ours) == text._line(ours, theirs) == number


def test_each_option_that_alters_a_book() -> None:
    plain = {
        "plugin": [],
        "plugin_processing_mode": "default",
        "documents": [],
        "insert_pythonpath": False,
    }
    assert not text._altered("all.beancount", plain)
    for other in (
        {"plugin": [("x", None)]},
        {"plugin_processing_mode": "raw"},
        {"documents": ["x"]},
        {"insert_pythonpath": True},
    ):
        assert text._altered("all.beancount", {**plain, **other})
        assert text._altered("2021/audit.beancount", {**plain, **other})


def test_the_line_of_an_error_of_another_kind() -> None:
    path = Path("a")
    assert text._error_line(ValueError(), path) == 0
    for source, number in (
        ({"filename": "a", "lineno": 3}, 3),
        ({"filename": "b", "lineno": 3}, 0),
        ({"filename": "a"}, 0),
    ):
        error = ValueError()
        error.source = source  # type: ignore[attr-defined]
        assert text._error_line(error, path) == number


@pytest.mark.parametrize(
    ("sealed", "day"),
    [("2021-02", "2021-02-28"), ("2020-02", "2020-02-29"), ("2021-12", "2021-12-31")],
)
def test_a_state_ends_with_the_last_day_of_its_month(sealed: str, day: str, later: Later) -> None:
    _, state, outcome, texts = later
    lines = text._on_top(outcome.history, state._replace(sealed=sealed), texts).splitlines()
    assert f'{day} * "carried"' in lines
    assert all(one.startswith(f"{day} open ") for one in lines[: lines.index("")])


def test_the_sums_of_one_year_and_of_all(tmp_path: Path) -> None:
    history = evaluate(small().write(tmp_path)).history
    history.sums = {"2021-12": {"501": -100}, "2022-01": {"501": -50, "514": 50}}
    income, spent = (history.chart().path(code) for code in ("501", "514"))

    def entries(*legs: tuple[str, str]) -> list[Any]:
        said = "".join(f"  {account}  {amount}\n" for account, amount in legs)
        return list(parser.parse_string(f'2021-12-01 open X\n2021-12-01 * "x"\n{said}')[0])

    year, every = "2021/main.beancount", "all.beancount"
    text._check_balances(history, year, entries((income, "-1 CNY")))
    text._check_balances(history, every, entries((income, "-1.50 CNY"), (spent, "0.50 CNY")))
    text._check_balances(history, year, entries((income, "-1 CNY"), ("Equity:X", "0 CNY")))
    for name, found, facts in (
        (year, ((income, "-1.50 CNY"),), (income, "-1", "-1.50")),
        (every, ((income, "-1.50 CNY"),), (spent, "0.5", "0")),
        (every, ((spent, "0.50 CNY"),), (income, "-1.5", "0")),
        (year, ((income, "-1 CNY"), ("Equity:X", "1 CNY")), ("Equity:X", "0", "1")),
    ):
        with pytest.raises(StopAt) as caught:
            text._check_balances(history, name, entries(*found))
        assert place(caught.value) == (name, 0, "Y142")
        told = [str(caught.value.facts[one]) for one in ("account", "ours", "theirs")]
        assert tuple(told) == facts


# --- restricted funds ---

FUND = {"name": "互助基金", "account": "241.01", "purposes": ["spending.relief"]}
OTHER = {"name": "助学基金", "account": "241.02", "purposes": ["spending.relief"]}
SUMS = {"2021-05": {"241.01": -700, "102.01": 700}, "2021-06": {"241.01": 600, "102.01": -600}}


def drawn(fen: int, purpose: str = "spending.relief", **more: Any) -> Voucher:
    legs = (Leg("241.01", fen, ""), Leg("102.01", -fen, ""))
    return replace(payment("2021-06-01", 1, fund="互助基金"), legs=legs, purpose=purpose, **more)


FREE: tuple[dict[str, Any], ...] = ({"reverses": "2021-付-0001"}, {"kind": "opening"})


def stopped(call: Callable[..., None], *args: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Stop) as caught:
        call(*args)
    return caught.value.code, caught.value.facts


def test_what_a_fund_holds_and_which_may_go() -> None:
    assert (funds.held(SUMS, "241.01"), funds.held(SUMS, "241.02")) == (100, 0)
    funds.adopt([FUND, OTHER], iter([FUND]), SUMS)
    funds.adopt([], [FUND, OTHER], {})
    for new in ([OTHER], [{**FUND, "name": "x"}], [{**FUND, "account": "241.03"}], []):
        assert stopped(funds.adopt, [FUND], new, SUMS) == ("Y055", {"fund": "互助基金"})
    for twin in ({**FUND, "name": "x"}, {**FUND, "account": "241.03"}, FUND):
        assert stopped(funds.adopt, [], [FUND, twin], {}) == ("Y054", {})


def test_a_fund_pays_for_its_purpose_under_its_name() -> None:
    facts = {"fund": "互助基金", "account": "241.01"}
    for fund in (FUND, {**FUND, "purposes": ["spending.office", "spending.relief"]}):
        funds.check_use([fund, OTHER], drawn(1))
    funds.check_use([FUND], drawn(-1, "income.donation"))
    funds.check_use([FUND], drawn(0, "spending.office"))
    funds.check_use([FUND], payment("2021-06-01", 1))
    assert stopped(funds.check_use, [OTHER, FUND], drawn(1, fund="")) == ("Y10B", facts)
    named = payment("2021-06-01", 1, fund="互助基金")
    assert stopped(funds.check_use, [FUND], named) == ("Y10B", facts)
    wrong = drawn(1, "spending.office")
    assert stopped(funds.check_use, [FUND], wrong) == ("Y10C", {"fund": "互助基金"})
    for more in FREE:
        funds.check_use([FUND], replace(wrong, **more))


def test_a_fund_is_not_overdrawn() -> None:
    over = {"2021-05": {"241.01": 1}}
    funds.check_left([OTHER, FUND], drawn(5), SUMS)
    funds.check_left([FUND], drawn(5), {"2021-05": {"241.01": 0}})
    assert stopped(funds.check_left, [OTHER, FUND], drawn(1), over) == (
        "Y10D",
        {"fund": "互助基金"},
    )
    funds.check_left([FUND], drawn(0), over)
    funds.check_left([FUND], drawn(-1), over)
    for more in FREE:
        funds.check_left([FUND], drawn(1, **more), over)


# --- what is printed ---


def test_the_report_in_full(book: Writer, tmp_path: Path) -> None:
    books = book.write(tmp_path)
    verdict = verify(books)
    counts = verdict.checked
    digits = "".join(f"  {month} 封账数字：{one}\n" for month, one in verdict.digits.items())
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
    strange = parser.parse_string('2021-07-01 * "x"\n  number: "2021-收-0099"\n')[0][0]
    _, errors = guard([strange], {"filename": str(main)})
    mine = [one for one in errors if one.entry is strange]
    assert [one.source for one in mine] == [strange.meta]


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

"""Questions to Fava at the audit desk: they read, they end, they do not mix."""

import threading
from pathlib import Path
from typing import Any

import audit_village
import pytest
from audit_village import BIG, OTHER, Visitor
from beanquery.shell import BQLShell
from fava.core.query_shell import FavaBQLShell, FavaShellError
from hypothesis import given
from hypothesis import strategies as st

from reports.auditors import questions
from reports.auditors.books import Book
from reports.auditors.ledgers import VillageLedger
from reports.auditors.questions import OutOfTime, Shell, Timed, is_wild

COUNT = 400


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("books")
    audit_village.plain(root, BIG, COUNT)
    audit_village.plain(root, OTHER, 3)
    return root


@pytest.fixture(scope="module")
def visitor(root: Path) -> Visitor:
    return Visitor(audit_village.mounted(root, frozenset({BIG, OTHER})))


@pytest.fixture
def ledger(root: Path) -> VillageLedger:
    return VillageLedger(Book(OTHER, root / OTHER, "2021"), "zh_CN", "/audit/")


def ask(visitor: Visitor, text: str, village: str = BIG) -> Any:
    return visitor.query(text, f"{village}-2021").json()


def test_every_command_but_reading_is_taken_out_of_the_class() -> None:
    kept = {f"do_{name}" for name in questions.COMMANDS} | {"do_reload"}
    for name in dir(BQLShell):
        if name.startswith("do_") and name not in kept:
            with pytest.raises(FavaShellError, match="只供查阅"):
                getattr(Shell, name)(object(), "x")
    for name in ("on_CreateTable", "on_Insert", "on_Reload"):
        with pytest.raises(FavaShellError, match="只供查阅"):
            getattr(Shell, name)(object())


def test_the_shell_of_fava_does_write_files(root: Path, tmp_path: Path) -> None:
    """The trap that the desk's shell answers; if this fails, Fava has closed it itself."""
    ledger = VillageLedger(Book(OTHER, root / OTHER, "2021"), "zh_CN", "/audit/")
    stock = FavaBQLShell(ledger)
    with pytest.raises(AttributeError):  # it expects its answer in memory
        stock.run(ledger.all_entries, f".output {tmp_path / 'written'}")
    stock.outfile.close()
    assert (tmp_path / "written").exists()


@pytest.mark.parametrize(
    "text",
    [
        *(".output {0}", ".OUTPUT {0}", ". output {0}", ".set pager {0}", ".set", ".format csv"),
        *(".history", ".clear", ".errors", ".parse select 1", ".reload", ".exit", ".quit", ".EOF"),
        *(
            "clear",
            "errors",
            "exit",
            "history",
            "parse select 1",
            "quit",
            "set",
            "EOF",
            "output {0}",
        ),
        *(
            "CREATE TABLE t USING 'csv:{0}'",
            "CREATE TABLE t (a int)",
            "INSERT INTO t (a) VALUES (1)",
        ),
        ".explain CREATE TABLE t USING 'csv:{0}'",
    ],
)
def test_what_writes_opens_or_sets_is_refused(visitor: Visitor, tmp_path: Path, text: str) -> None:
    target = tmp_path / "target.csv"
    answer = visitor.query(text.format(target), f"{OTHER}-2021")
    assert answer.status_code == 500
    assert answer.json()["error"]
    assert "data" not in answer.json()
    assert list(tmp_path.iterdir()) == []


def test_reading_is_answered(visitor: Visitor) -> None:
    table = ask(visitor, "SELECT sum(number) WHERE account ~ '513'", OTHER)
    assert table["data"]["rows"] == [["6.03"]] or table["data"]["rows"] == [[6.03]]
    assert "SELECT" in ask(visitor, "help", OTHER)["data"]["contents"]
    assert ".tables" in ask(visitor, ".help", OTHER)["data"]["contents"]
    assert "GROUP BY" in ask(visitor, ".help select", OTHER)["data"]["contents"]
    assert "postings" in ask(visitor, ".tables", OTHER)["data"]["contents"]
    assert "narration" in ask(visitor, ".describe postings", OTHER)["data"]["contents"]
    assert "compiled query" in ask(visitor, ".explain select date", OTHER)["data"]["contents"]
    assert '"2021-付-0001 购办公用品"' in ask(visitor, "PRINT", OTHER)["data"]["contents"]
    assert len(ask(visitor, "BALANCES", OTHER)["data"]["rows"]) == 2
    assert ask(visitor, "JOURNAL '513'", OTHER)["data"]["rows"]
    assert ask(visitor, ".run", OTHER)["data"]["contents"] == ""
    assert ask(visitor, "   ", OTHER)["data"]["contents"] == ""


def test_the_help_of_one_ledger_is_not_printed_into_anothers_answer(root: Path) -> None:
    one, two = (VillageLedger(Book(c, root / c, "2021"), "zh_CN", "/") for c in (BIG, OTHER))
    shells = [ledger.query_shell.shell for ledger in (one, two)]
    first = shells[0].run(one.all_entries, ".help select")
    assert "GROUP BY" in str(first)
    assert shells[1].run(two.all_entries, ".run") == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("SELECT", "有误"),
        ("SELECT nothing", "有误"),
        ("SELECT " + "(" * 1500 + "1" + ")" * 1500, "无法执行"),
        ("SELECT 1 + " * 900 + "1", "超过 4000"),
        ("SELECT date WHERE narration ~ '(a+)+$'", "过于复杂"),
        ("SELECT date WHERE narration ~ '.*.*.*.*x'", "过于复杂"),
        ("SELECT date WHERE narration ~ '['", "无法执行"),
    ],
)
def test_a_wrong_question_gets_a_sentence(visitor: Visitor, text: str, sentence: str) -> None:
    answer = visitor.query(text, f"{OTHER}-2021")
    assert answer.status_code == 500
    assert sentence in answer.json()["error"]


def test_a_large_answer_is_refused(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "MOST_ROWS", 2 * COUNT - 1)
    assert visitor.query("SELECT date", f"{BIG}-2021").json()["error"] == questions.TOO_MANY
    assert len(ask(visitor, f"SELECT date LIMIT {COUNT}")["data"]["rows"]) == COUNT


def test_a_slow_answer_is_stopped_and_the_next_is_answered(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "SECONDS", -1.0)
    for text in ("SELECT date", "SELECT count(*) GROUP BY year", "JOURNAL", "BALANCES"):
        answer = visitor.query(text, f"{OTHER}-2021").json()
        assert answer["error"] == questions.TOO_SLOW, text
    monkeypatch.setattr(questions, "SECONDS", 8.0)
    assert ask(visitor, "SELECT date", OTHER)["data"]["rows"]


def test_entries_are_given_out_while_there_is_time() -> None:
    assert list(iter(Timed([1, 2, 3], 60))) == [1, 2, 3]
    with pytest.raises(OutOfTime):
        list(iter(Timed([1, 2, 3], -1)))


def test_questions_at_once_do_not_mix(root: Path) -> None:
    ledger = VillageLedger(Book(BIG, root / BIG, "2021"), "zh_CN", "/audit/")
    wrong: list[object] = []

    def one(number: int) -> None:
        for _ in range(6):
            text = f"SELECT narration WHERE narration ~ '-{number:04d} ' AND number > 0"
            rows = ledger.query_shell.execute_query_serialised(ledger.all_entries, text).rows
            if [row[0] for row in rows] != [f"2021-付-{number:04d} 购办公用品"]:
                wrong.append(rows)
            name, data = ledger.query_shell.query_to_file(ledger.all_entries, text, "csv")
            if f"付-{number:04d} " not in data.read().decode() or name != "query_result":
                wrong.append(number)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_answer_comes_as_a_file(visitor: Visitor) -> None:
    place = f"/{OTHER}-2021/download-query/query_result.csv"
    answer = visitor.ask(place, params={"query_string": "SELECT narration WHERE number > 0"})
    assert answer.status_code == 200
    assert "购办公用品" in answer.content.decode()
    for text in ("SELECT 'unbalanced", "help", ".output x"):
        refused = visitor.ask(place, params={"query_string": text})
        assert refused.status_code == 500
        assert "购办公用品" not in refused.text


def test_warnings_stay_where_they_were(ledger: VillageLedger) -> None:
    import warnings  # noqa: PLC0415

    assert getattr(warnings.showwarning, "__self__", None) is not ledger.query_shell.shell


@given(st.text(alphabet="a.*+?()'\"", max_size=30))
def test_a_quantified_group_is_always_wild(text: str) -> None:
    assert is_wild(f"'{text.replace(chr(39), '')}(a+)+'") or '"' in text


@pytest.mark.parametrize(
    "text", ["购.*品", "2021-付-0001", "^Assets:102", "(甲|乙)村", "a*b+c{2,}"]
)
def test_ordinary_patterns_are_not_wild(text: str) -> None:
    assert not is_wild(text)

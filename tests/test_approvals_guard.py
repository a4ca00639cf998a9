"""Beancount itself refuses what was not signed, and says what is missing."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from verify_history import Entered, Writer, opening, payment, rent, small

from approvals import guard as module
from approvals.verify import cache
from approvals.verify.outcome import Outcome, evaluate
from ledger.book.text import entry
from ledger.chart import standard
from ledger.voucher import Number

MONTH = "2021/2021-05.beancount"
DAY = "2021-05-12"
LARGE = payment(DAY, 3_000_000)


def load(path: Path) -> list[str]:
    """Load a book as bean-check and Fava do, without a pickle beside it."""
    _, errors, _ = loader._load([(str(path), True)], None, None, None)
    return [error.message for error in errors]


def audit(books: Path) -> list[str]:
    return load(books / "2021/audit.beancount")


def edit(path: Path, old: str, new: str, times: int = 1) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, times), "utf-8")


@pytest.fixture
def books(tmp_path: Path) -> Path:
    return small().write(tmp_path)


def begun() -> Writer:
    book = Writer()
    book.found()
    book.enter(opening())
    book.on(DAY)
    return book


def slip_in(book: Writer, tmp_path: Path, case: str) -> Path:
    """Write the books and slip an entry for the case into their text."""
    book.enter(payment(DAY, 3_000_001))  # so that the account is open
    books = book.write(tmp_path)
    item = Entered(Number(2021, "payment", 12), case, 99, "2021-05", LARGE)
    with (books / MONTH).open("a", encoding="utf-8") as file:
        file.write("\n" + entry(item, standard().with_details(book.details)))
    return books


def test_signed_books_load_without_an_error(books: Path) -> None:
    assert audit(books) == []
    assert load(books / "2021/main.beancount") == []


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("council", "缺第 1 步“council审签”"),
        ("supervision", "缺第 2 步“supervision审签”"),
        ("first-secretary", "缺第 6 步“first-secretary审签”"),
        ("township-head", "缺第 9 步“township-head审签”"),
        ("", "缺出纳付款"),
    ],
)
def test_an_entry_with_a_step_missing_is_named_with_the_step(
    until: str, words: str, tmp_path: Path
) -> None:
    book = begun()
    track = book.walk(book.submit(LARGE), until=until)
    books = slip_in(book, tmp_path, track.case)
    assert audit(books) == [f"2021-付-0012：{words}，不能入账。"]


def test_a_step_beside_a_satisfied_one_is_the_one_named(tmp_path: Path) -> None:
    book = begun()
    track = book.walk(book.submit(LARGE), until="supervision")
    book.sign(track, "supervision", "sup1")
    book.sign(track, "supervision", "sup2")
    books = slip_in(book, tmp_path, track.case)
    assert audit(books) == ["2021-付-0012：缺第 3 步“agri-centre审签”，不能入账。"]


def test_an_entry_sent_back_or_never_posted_is_named(tmp_path: Path) -> None:
    book = begun()
    back = book.walk(book.submit(LARGE), until="clerk")
    book.sign(back, "clerk", "clerk1", decision="return")
    paid = book.walk(book.submit(LARGE))
    book.pay(paid)
    books = slip_in(book, tmp_path, back.case)
    assert audit(books) == ["2021-付-0012：该事项已退回，不能入账。"]
    edit(books / MONTH, f'case: "{back.case}"', f'case: "{paid.case}"')
    assert audit(books) == ["2021-付-0012：没有记账签字，不能入账。"]


def test_an_entry_without_a_case_or_number_is_named(books: Path) -> None:
    with (books / MONTH).open("a", encoding="utf-8") as file:
        file.write('\n2021-05-30 * "私下补记"\n  Expenses:514公益支出  1.00 CNY\n')
        file.write("  Assets:102银行存款:01基本户  -1.00 CNY\n")
    sentences = audit(books)
    assert "私下补记：没有审签记录，不能入账。" in sentences


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("30000.00 CNY", "90000.00 CNY", "科目或金额"),
        ("Expenses:514公益支出  30000.00", "Assets:151固定资产  30000.00", "科目或金额"),
        ("2021-05-12 *", "2021-05-13 *", "日期"),
        ('"样例修路队" "2021-付-0002', '"别的修路队" "2021-付-0002', "收付款方"),
        ("2021-付-0002 付村道养护费", "2021-付-0002 付宴请费", "摘要"),
        ('digest: "', 'digest: "0', "内容摘要值"),
        ('case: "', 'case: "x', "事项编号"),
        ("leaf: ", "leaf: 1", "记账序号"),
    ],
)
def test_an_edited_entry_is_named_with_what_was_edited(
    old: str, new: str, what: str, books: Path
) -> None:
    path = books / MONTH
    head, mark, tail = path.read_text("utf-8").partition("2021-05-12 *")
    path.write_text(head + (mark + tail).replace(old, new), "utf-8")
    sentences = [one for one in audit(books) if "不能入账" in one]
    assert sentences == [f"2021-付-0002：{what}与已审签的凭证不一致，不能入账。"]


def test_an_entry_dropped_or_doubled_is_named(books: Path) -> None:
    path = books / MONTH
    text = path.read_text("utf-8")
    start = text.index("2021-05-12 *")
    end = text.index("\n\n", start)
    path.write_text(text[:start] + text[end:], "utf-8")
    assert "2021-付-0002：账簿中出现 0 次，应当只有一次。" in audit(books)
    path.write_text(text + "\n" + text[start:end] + "\n", "utf-8")
    assert "2021-付-0002：账簿中出现 2 次，应当只有一次。" in audit(books)


def test_a_posting_that_the_log_does_not_bear_is_refused_with_all_that_follow(
    tmp_path: Path,
) -> None:
    book = begun()
    track = book.walk(book.submit(LARGE), until="township-head")
    book.post(track)
    book.enter(rent(DAY, 100_000))
    sentences = audit(book.write(tmp_path))
    assert "[Y095] 2021/2021-05.events.jsonl" in sentences[0]
    assert "2021-付-0001：缺第 9 步“township-head审签”，不能入账。" in sentences
    assert "2021-收-0001：没有审签记录，不能入账。" in sentences
    assert len(sentences) == 3


def test_missing_events_refuse_the_whole_book(books: Path) -> None:
    shutil.move(books / "2021/2021-05.events.jsonl", books.parent / "away")
    assert "缺少这个文件" in audit(books)[0] or "[Y0" in audit(books)[0]
    (books / "village.json").unlink()
    assert audit(books) == ["没有找到审签记录（事件文件），账簿无法核验。"]


def test_the_opening_balances_of_a_later_year_are_those_of_the_year_before(tmp_path: Path) -> None:
    book = begun()
    book.on("2022-01-05")
    book.enter(rent("2022-01-05", 100_000))
    books = book.write(tmp_path)
    later = books / "2022/audit.beancount"
    assert load(later) == []
    edit(later, "500000.00 CNY", "400000.00 CNY")
    edit(later, "-580000.00 CNY", "-480000.00 CNY")
    assert load(later) == ["2022 年年初余额与上年年末不符，不能入账。"]


def test_the_continuous_book_can_be_guarded_too(tmp_path: Path) -> None:
    book = begun()
    book.on("2022-01-05")
    book.enter(rent("2022-01-05", 100_000))
    books = book.write(tmp_path)
    path = books / "all.beancount"
    path.write_text(f'plugin "approvals.guard"\n{path.read_text("utf-8")}', "utf-8")
    assert load(path) == []
    edit(path, 'include "2022/2022-01.beancount"\n', "")
    assert load(path) == ["2022-收-0001：账簿中出现 0 次，应当只有一次。"]


def test_books_are_evaluated_once_until_a_file_changes(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = []

    def counted(path: Path, **more: Any) -> Outcome:
        times.append(path)
        return evaluate(path, **more)

    monkeypatch.setattr(cache, "evaluate", counted)
    assert audit(books) == audit(books) == []
    assert len(times) == 1
    edit(books / "2021/2021-06.events.jsonl", "二组村道", "三组村道")
    assert "[Y045]" in audit(books)[0]
    assert len(times) == 2


def test_the_memory_of_evaluations_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "KEPT", 2)
    monkeypatch.setattr(cache, "_kept", {})
    book = begun()
    for name in "abc":
        cache.evaluated(book.write(tmp_path / name))
    assert [path.parent.name for path in cache._kept] == ["b", "c"]


def test_the_plugin_is_named_as_beancount_asks() -> None:
    assert module.__plugins__ == ("guard",)

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from village_books import CODE, GOLDEN, database, fill

from ledger.book import files
from ledger.book.load import BooksAltered, BooksFaulty, BooksMissing, balances, load

NEW_YEAR = date(2022, 1, 1)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Path]:
    with database() as conn:
        fill(conn)
        files.project(conn, CODE, tmp_path)
        yield tmp_path / CODE


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_book_loads_without_errors_and_leaves_nothing_behind(books: Path) -> None:
    before = sorted(books.rglob("*"))
    loaded = load(books / "2021/main.beancount")
    assert loaded.errors == []
    assert loaded.options["title"].endswith("2021年账簿")
    assert len(loaded.entries) == 10  # five opens, three vouchers, two balances
    assert sorted(books.rglob("*")) == before


def test_balances_are_those_before_the_day(books: Path) -> None:
    main = books / "2021/main.beancount"
    assert balances(main, date(2021, 11, 1)) == {}
    assert balances(main, date(2021, 11, 2)) == {"102.01": 500000, "311": -500000}
    assert balances(main, NEW_YEAR) == {
        "102.01": 590049,
        "113.0001": -20000,
        "311": -500000,
        "501": -100050,
        "513": 30001,
    }
    opening = balances(books / "2022/main.beancount", date(2022, 1, 2))
    assert opening == balances(main, NEW_YEAR)


def test_no_cache_stands_between_the_file_and_the_answer(books: Path) -> None:
    main = books / "2022/main.beancount"
    first = balances(main, date(2023, 1, 1))
    change(books / "2022/2022-03.beancount", "9900.00", "9900.05")
    change(books / "2022/2022-03.beancount", "-9900.00", "-9900.05")
    assert balances(main, date(2023, 1, 1))["153"] == first["153"] + 5


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\noption", '\nplugin "beancount.plugins.auto_accounts"\noption'),
        ("\noption", '\nplugin "no.such.module"\noption'),
        ("\noption", '\noption "plugin_processing_mode" "raw"\noption'),
        ("\noption", '\noption "insert_pythonpath" "TRUE"\noption'),
        ("\noption", '\noption "documents" "papers"\noption'),
        ('"CNY"', '"USD"'),
        ('include "2021-11.beancount"\n', ""),
        (
            'include "accounts.beancount"',
            'include "accounts.beancount"\ninclude "../more.beancount"',
        ),
        ('include "2021-11.beancount"\ninclude "2021-12.beancount"', 'include "*.beancount"'),
    ],
)
def test_a_book_with_another_head_is_refused(books: Path, old: str, new: str) -> None:
    (books / "more.beancount").write_text("")
    change(books / "2021/main.beancount", old, new)
    with pytest.raises(BooksAltered):
        balances(books / "2021/main.beancount", NEW_YEAR)


def test_the_plugin_of_an_altered_book_is_not_even_imported(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "evil_plugin.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    change(books / "2021/main.beancount", "\noption", '\nplugin "evil_plugin"\noption')
    with pytest.raises(BooksAltered):
        load(books / "2021/main.beancount")


def test_the_guard_belongs_to_the_audit_book_alone(books: Path) -> None:
    change(books / "2021/main.beancount", "\noption", '\nplugin "approvals.guard"\noption')
    change(books / "2021/audit.beancount", 'plugin "approvals.guard"\n', "")
    for name in ("main", "audit"):
        with pytest.raises(BooksAltered):
            load(books / f"2021/{name}.beancount")


def test_a_month_that_lies_there_and_is_not_included_is_noticed(books: Path) -> None:
    (books / "2021/2021-10.beancount").write_text("")
    for name in ("2021/main.beancount", "all.beancount"):
        with pytest.raises(BooksAltered):
            load(books / name)


def test_what_is_not_there_is_missing(books: Path) -> None:
    (books / "2021/2021-12.beancount").unlink()
    with pytest.raises(BooksMissing):
        load(books / "2020/main.beancount")
    with pytest.raises(BooksFaulty):
        balances(books / "2021/main.beancount", NEW_YEAR)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("2021/2021-12.beancount", "-300.01 CNY", "-300.02 CNY"),
        ("2021/2021-12.beancount", "300.01 CNY", "300.01 USD"),
        ("2021/2021-11.beancount", "6200.50 ~ 0", "6200.51 ~ 0"),
        ("2021/accounts.beancount", '  code: "311"\n', ""),
        ("2021/accounts.beancount", '  code: "311"\n', "  code: 311\n"),
        ("2021/accounts.beancount", "2021-01-01 open Equity", "2021-12-01 open Equity"),
        ("2021/main.beancount", 'include "accounts', "include accounts"),
    ],
)
def test_an_error_in_the_books_gives_no_balances(
    books: Path, path: str, old: str, new: str
) -> None:
    change(books / path, old, new)
    with pytest.raises(BooksFaulty) as found:
        balances(books / "2021/main.beancount", NEW_YEAR)
    assert "main.beancount" in str(found.value)


def test_other_currencies_and_parts_of_a_fen_give_no_balances(books: Path) -> None:
    for amount in ("1.00 USD", "0.005 CNY"):
        text = f'2022-03-02 * "x"\n  Assets:153在建工程  {amount}\n  Liabilities:211应付款\n'
        with (books / "2022/2022-03.beancount").open("a") as file:
            file.write(f"\n{text}")
        accounts = books / "2022/accounts.beancount"
        accounts.write_text(accounts.read_text().replace(" CNY\n", "\n"))
        with pytest.raises(BooksFaulty):
            balances(books / "2022/main.beancount", date(2023, 1, 1))


def test_the_golden_books_load() -> None:
    for path in ("2021/main.beancount", "2022/main.beancount", "all.beancount"):
        assert load(GOLDEN / CODE / path).errors == []

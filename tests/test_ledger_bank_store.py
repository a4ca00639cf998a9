"""Bank lines in a real database: added once, answered once."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Connection, create_engine

from ledger.bank import store
from ledger.bank.line import Line, keyed
from ledger.bank.tables import bank_line

HOME = "510802-sandui-jingtian"


@pytest.fixture
def conn() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    bank_line.create(engine)
    with engine.begin() as conn:
        yield conn
    engine.dispose()


def lines(
    *amounts: int, account: str = "6210001", day: date = date(2021, 5, 3)
) -> tuple[Line, ...]:
    balance, found = 0, []
    for at, fen in enumerate(amounts):
        balance += fen
        sides = {"out_fen": max(-fen, 0), "in_fen": max(fen, 0), "balance_fen": balance}
        found.append(
            Line(day, "10:00:00", str(at), "转账", party="甲", party_account="6217",
                 party_bank="样例农商行", purpose="电费", key="", **sides)
        )  # fmt: skip
    return keyed(account, found)


def test_lines_are_added_once(conn: Connection) -> None:
    three = lines(300, -100, 50)
    assert store.add(conn, HOME, "102.01", three[:2]) == 2
    assert store.add(conn, HOME, "102.01", three) == 1
    assert store.add(conn, HOME, "102.01", three) == 0
    assert store.unmatched(conn, HOME) == list(three)
    assert store.last_line(conn, HOME, "102.01") == three[2]
    assert store.last_line(conn, HOME, "102.02") is None


def test_more_keys_than_one_question_holds(conn: Connection) -> None:
    many = lines(*range(1, 1203))
    assert store.add(conn, HOME, "102.01", many) == 1202
    assert store.add(conn, HOME, "102.01", many) == 0


def test_a_changed_line_is_refused(conn: Connection) -> None:
    one = lines(300)
    store.add(conn, HOME, "102.01", one)
    with pytest.raises(store.LineConflict, match="2021-05-03"):
        store.add(conn, HOME, "102.01", [one[0]._replace(party="乙")])
    with pytest.raises(store.LineConflict, match="账户"):
        store.add(conn, HOME, "102.02", one)
    assert store.add(conn, "510802-sandui-xiaohe", "102.01", one) == 1


def test_unmatched_goes_by_day_and_account(conn: Connection) -> None:
    store.add(conn, HOME, "102.02", lines(1, 2, account="2", day=date(2021, 5, 4)))
    store.add(conn, HOME, "102.01", lines(5, day=date(2021, 5, 5)))
    assert [line.fen for line in store.unmatched(conn, HOME)] == [1, 2, 5]
    assert [line.fen for line in store.unmatched(conn, HOME, "102.01")] == [5]


def test_one_line_answers_one_voucher(conn: Connection) -> None:
    first, second = lines(300, -100)
    store.add(conn, HOME, "102.01", (first, second))
    store.mark(conn, HOME, first.key, "case-1")
    store.mark(conn, HOME, first.key, "case-1")
    with pytest.raises(store.LineTaken, match="case-1"):
        store.mark(conn, HOME, first.key, "case-2")
    assert store.unmatched(conn, HOME) == [second]
    assert store.case_of(conn, HOME, first.key) == "case-1"
    assert store.case_of(conn, HOME, second.key) is None
    store.release(conn, HOME, "case-1")
    store.mark(conn, HOME, first.key, "case-2")
    assert store.get(conn, HOME, first.key) == first
    assert store.account_of(conn, HOME, first.key) == "102.01"


def test_unknown_lines_are_refused(conn: Connection) -> None:
    for ask in (store.get, store.case_of, store.account_of):
        with pytest.raises(store.UnknownLine, match="B014"):
            ask(conn, HOME, "nothing")
    with pytest.raises(store.UnknownLine):
        store.mark(conn, HOME, "nothing", "case-1")

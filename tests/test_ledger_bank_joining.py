"""Files that repeat, overlap, follow or miss: no line twice, none lost, nothing kept of a gap."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine

from ledger.bank import store
from ledger.bank.joining import Gap, Kept, LineConflict, Unclear, join
from ledger.bank.line import Line, keyed
from ledger.bank.tables import bank_line

HOME, CODE = "510802-sandui-jingtian", "102.01"
START = date(2021, 5, 1)


def run(*moves: tuple[int, int], timed: bool = False) -> tuple[Line, ...]:
    """Return an account's lines: (days after the last, fen moved) each, from a balance of 0."""
    day, balance, found = START, 0, []
    for at, (days, fen) in enumerate(moves):
        day, balance = day + timedelta(days), balance + fen
        time = f"09:{at // 60:02d}:{at % 60:02d}" if timed else ""
        line = Line(day, time, "", "转账", max(-fen, 0), max(fen, 0), balance, "甲", "", "", "", "")
        found.append(line)
    return tuple(found)


@pytest.fixture
def conn() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    bank_line.create(engine)
    with engine.begin() as conn:
        yield conn
    engine.dispose()


def bring(conn: Connection, lines: tuple[Line, ...]) -> int:
    """Import lines as a file of its own: its keys count within it."""
    return store.add(conn, HOME, CODE, keyed("6210001", [one._replace(key="") for one in lines]))


def kept(conn: Connection) -> list[Line]:
    found = store.lines(conn, HOME, CODE, date(2099, 1, 1))
    assert len({one.line.key for one in found}) == len(found)
    return [one.line._replace(key="") for one in found]


MOVES = st.lists(st.tuples(st.integers(0, 1), st.sampled_from([100, -100, 300])), min_size=1)


@settings(max_examples=120, deadline=None)
@given(moves=MOVES, cuts=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), max_size=6))
def test_files_of_whole_days_in_any_overlap_give_the_account_once(
    moves: list[tuple[int, int]], cuts: list[tuple[int, int]]
) -> None:
    whole = run(*moves)
    days = sorted({line.day for line in whole})
    engine = create_engine("sqlite://")
    bank_line.create(engine)
    with engine.begin() as conn:
        brought: set[date] = set()
        for first, count in cuts:
            span = days[first % len(days) :][:count]
            before, after = days.index(span[0]) - 1, days.index(span[-1]) + 1
            touches = brought & set(span)
            touches |= {days[at] for at in (before, after) if 0 <= at < len(days)} & brought
            file = tuple(line for line in whole if span[0] <= line.day <= span[-1])
            if brought and not touches:
                # A file apart is refused, unless the balance happens to be the same.
                try:
                    bring(conn, file)
                except Gap:
                    continue
                return
            bring(conn, file)
            brought |= set(span)
            assert bring(conn, file) == 0
        assert kept(conn) == [line for line in whole if line.day in brought]
    engine.dispose()


@settings(max_examples=120, deadline=None)
@given(moves=MOVES, first=st.integers(0, 30), size=st.integers(1, 30), more=st.integers(0, 30))
def test_files_cut_anywhere_join_when_their_lines_have_times(
    moves: list[tuple[int, int]], first: int, size: int, more: int
) -> None:
    whole = run(*moves, timed=True)
    first %= len(whole)
    middle = whole[first : first + size]
    end = whole[max(first + len(middle) - more, 0) :]
    engine = create_engine("sqlite://")
    bank_line.create(engine)
    with engine.begin() as conn:
        for file in (middle, end, whole[: first + 1], whole):
            if file:
                bring(conn, file)
        assert kept(conn) == list(whole)
        assert bring(conn, whole) == 0
    engine.dispose()


def test_equal_lines_of_one_day_are_both_kept(conn: Connection) -> None:
    day = run((0, 100), (0, -100), (0, 100), (0, -100))
    assert bring(conn, day[:3]) == 3
    assert bring(conn, day) == 1
    assert bring(conn, day) == 0
    assert kept(conn) == list(day)


def test_what_cannot_be_told_apart_is_refused(conn: Connection) -> None:
    day = run((0, 100), (0, -100), (0, 100))
    bring(conn, day[:1])
    with pytest.raises(Unclear, match="2021-05-01"):
        bring(conn, day[1:])
    assert bring(conn, day) == 2


def test_a_gap_is_refused_and_nothing_kept(conn: Connection) -> None:
    whole = run((0, 500), (1, -100), (1, 50), (1, 7))
    bring(conn, whole[1:2])
    for file in (whole[3:], (whole[3]._replace(day=START),)):
        with pytest.raises(Gap, match="接不上") as refused:
            bring(conn, file)
        assert "2021-05-02" in refused.value.sentence()
    assert kept(conn) == [whole[1]]
    assert bring(conn, whole) == 3
    assert kept(conn) == list(whole)
    inserted = whole[1]._replace(in_fen=5, out_fen=0, balance_fen=405)
    with pytest.raises(Gap):
        bring(conn, (whole[1], inserted, whole[2]._replace(balance_fen=455)))
    assert kept(conn) == list(whole)


def test_words_may_be_missing_but_not_other(conn: Connection) -> None:
    (line,) = run((0, 500))
    bring(conn, (line,))
    assert bring(conn, (line._replace(party="", serial="8"),)) == 0
    with pytest.raises(LineConflict, match="5"):
        bring(conn, (line._replace(party="乙"),))
    assert join(Kept((line,)), ()) == ((), ())

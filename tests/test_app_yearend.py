"""The end of a year from the close room: in order, once, and again for what comes late."""

from datetime import date
from pathlib import Path

import pytest
from sample import Village, opening, payment, rent

from app import drafts, yearend
from app.checklist import PASSED, checklist
from app.settings import Settings
from app.web import draft
from app.yearend import BeforeYearEnd
from ledger import reported
from ledger.legs import store as legs
from ledger.voucher import Voucher

DEC, LAST = "2021-12", date(2021, 12, 20)


def steps(village: Village) -> list[tuple[str, int, str]]:
    with village.engine.begin() as conn:
        return [(s.title, s.fen, s.state) for s in yearend.steps(conn, village.code, DEC)]


def click(village: Village) -> int:
    with village.engine.begin() as conn:
        return yearend.make(conn, village.code, DEC, "book1", village.now)


def taken(village: Village) -> list[Voucher]:
    """Open every draft, submit it from the form's fields, and throw the draft away."""
    with village.engine.begin() as conn:
        kept = sorted(drafts.all_of(conn, village.code), key=lambda one: one.fields["summary"])
        for one in kept:
            drafts.discard(conn, village.code, "book1", one.id)
    return [draft.drafted({**one.fields, "village": village.code}, None) for one in kept]


def closing_point(village: Village) -> str:
    with village.engine.begin() as conn:
        known = Settings(data=Path("unused"))
        points = checklist(conn, village.code, DEC, date(2022, 1, 5), known)
    return next(one.state for one in points if one.key == "closing")


@pytest.fixture
def december(village: Village) -> Village:
    """A village whose only month is December: rent of 900, a road for 300."""
    first = opening()
    village.post(first)
    for month in range(1, 12):
        village.on(date(2021, month, 28))
        village.seal(f"2021-{month:02d}")
    village.post(rent(LAST, 90_000))
    village.post(payment(LAST, 30_000))
    return village


def test_a_year_is_carried_forward_in_order_and_the_second_time_it_is_done(
    december: Village,
) -> None:
    open_ = [
        ("2021年年末结转各项收入", 90_000, "open"),
        ("2021年年末结转各项支出", 30_000, "open"),
        ("2021年年末结转本年收益", 60_000, "open"),
    ]
    assert steps(december) == open_
    assert closing_point(december) == "blocks"
    assert click(december) == 3
    assert click(december) == 0
    assert {state for *_, state in steps(december)} == {"draft"}
    for voucher in taken(december):
        december.post(voucher)
    assert steps(december) == []
    assert closing_point(december) == PASSED
    assert click(december) == 0
    with december.engine.begin() as conn:
        balances = legs.balances(conn, december.code, DEC)
        reported.statements_of(conn, december.code, DEC)
    assert balances["322.02"] == -40_000_000 - 60_000
    assert not {code for code in balances if code[0] == "5" or code == "321"}


def test_what_comes_late_makes_a_draft_stale_and_is_carried_by_a_further_voucher(
    december: Village,
) -> None:
    click(december)
    december.post(rent(LAST, 1_000))
    assert [state for *_, state in steps(december)] == ["stale", "draft", "stale"]
    taken(december)  # thrown away
    assert click(december) == 3
    for voucher in taken(december):
        december.post(voucher)
    assert steps(december) == []
    december.post(rent(LAST, 500))
    assert steps(december) == [
        ("2021年年末结转各项收入", 500, "open"),
        ("2021年年末结转本年收益", 500, "open"),
    ]
    assert click(december) == 2


def test_nothing_is_carried_while_entries_are_missing(december: Village) -> None:
    december.submit(rent(LAST, 700))
    with pytest.raises(BeforeYearEnd, match=r"W630.*收鱼塘租金"):
        click(december)
    with december.engine.begin() as conn:
        assert yearend.steps(conn, december.code, "2021-11") == []
        with pytest.raises(BeforeYearEnd, match="十二月"):
            yearend.make(conn, december.code, "2022-01", "book1", december.now)


def test_an_earlier_month_is_sealed_first(village: Village) -> None:
    village.post(opening())
    with pytest.raises(BeforeYearEnd, match="先封存 2021-01"):
        click(village)

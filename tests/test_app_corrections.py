"""A posted voucher is put right by red letter and blue, in an open month, once."""

from datetime import date

import pytest
from fastapi.testclient import TestClient
from sample import Village, legs, opening, payment, rent
from test_app_drafting import fields
from test_app_staff import PIN, XIAOHE, enter, keeper

from app import corrections, drafts
from app.corrections import NothingToCorrect, Wish
from app.web import draft
from approvals.cases import open_cases
from ledger import closing, periods
from ledger.posted import store as posted
from ledger.voucher import Number, Voucher

JAN, FEB, WHY = date(2021, 1, 20), date(2021, 2, 3), "金额看错"


def make(village: Village, number: str, day: date, *, blue: bool = True) -> list[Voucher]:
    """Click, and return the vouchers that the drafts describe."""
    with village.engine.begin() as conn:
        wish = Wish(day, WHY, blue)
        made = corrections.make(conn, village.code, number, wish, "book1", village.now)
        kept = [drafts.get(conn, village.code, name) for name in made]
    return [draft.drafted({**one.fields, "village": village.code}, None) for one in kept if one]


@pytest.fixture
def wrong(village: Village) -> Village:
    """A village whose January, with a payment in it, is sealed."""
    village.post(opening())
    village.post(payment(JAN, 30_000))
    village.seal("2021-01")
    return village


def test_red_and_blue_stand_in_an_open_month_and_are_accepted_as_such(wrong: Village) -> None:
    with pytest.raises(periods.Sealed, match="P002"):
        make(wrong, "2021-付-0001", date(2021, 1, 31))
    red, blue = make(wrong, "2021-付-0001", FEB)
    assert red.summary == "注销1月20日2021-付-0001凭证：金额看错"
    assert blue.summary == "订正1月20日2021-付-0001凭证：金额看错"
    assert (red.reverses, red.corrects, blue.reverses, blue.corrects) == (
        "2021-付-0001", "", "", "2021-付-0001",
    )  # fmt: skip
    assert [leg.fen for leg in red.legs] == [-30_000, 30_000]
    assert blue.legs == payment(JAN, 30_000).legs
    assert len(make(wrong, "2021-付-0001", FEB)) == 2
    with wrong.engine.begin() as conn:
        assert len(drafts.all_of(conn, wrong.code)) == 2  # the second click made nothing
    wrong.post(red)
    wrong.post(blue)
    for number in ("2021-付-0001", "2021-付-0002", "2021-付-0099"):
        with pytest.raises(NothingToCorrect, match="W620"):
            make(wrong, number, FEB)


def test_an_error_of_an_earlier_year_goes_through_what_is_kept(wrong: Village) -> None:
    (one,) = make(wrong, "2021-付-0001", date(2022, 1, 5))
    assert (one.kind, one.purpose, one.corrects) == (
        "transfer", "transfer.correction", "2021-付-0001",
    )  # fmt: skip
    assert [(leg.account, leg.fen) for leg in one.legs] == [("322.02", -30_000)]
    (first,) = make(wrong, "2021-初-0001", FEB)
    assert first.legs == ()
    both = rent(JAN, 5)
    known = closing.earlier(both, Number(2021, "receipt", 1), date(2022, 1, 5))
    assert known.legs == legs(("322.02", 5))


def test_the_day_offered_is_in_the_year_of_the_entry_while_that_is_open(wrong: Village) -> None:
    with wrong.engine.begin() as conn:
        item = posted.by_number(conn, wrong.code, Number(2021, "payment", 1))
        assert item is not None
        offered = [
            corrections.day_for(conn, wrong.code, item, day)
            for day in (date(2021, 1, 25), FEB, date(2022, 2, 8))
        ]
    assert offered == [date(2021, 2, 1), FEB, date(2021, 12, 31)]
    assert not corrections.through_kept(item, offered[2])


def test_from_the_ledger_to_the_red_voucher(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    book = counter.get(f"/desk/{XIAOHE}/books?kind=vouchers").text
    start = book.index(f"/desk/{XIAOHE}/correct?number=")
    address = book[start:].partition('"')[0]
    page = counter.get(address).text
    assert "所在月份已封存" in page
    known = fields(page, f'action="/desk/{XIAOHE}/correct"')
    form = {**known, "csrf": csrf, "blue": "1"}
    assert "W021" in counter.post(f"/desk/{XIAOHE}/correct", data={**form, "why": ""}).text
    answer = counter.post(f"/desk/{XIAOHE}/correct", data={**form, "why": "记错科目"})
    place = counter.app.state.room  # type: ignore[attr-defined]
    with place.engine.begin() as conn:
        before = posted.by_number(conn, XIAOHE, Number.parse(known["number"]))
    assert before is not None
    if before.voucher.day.year == 2022:
        assert "红字冲销：科目和金额与原凭证逐行相反" in answer.text
        assert '<td class="num red" data-label="借方">-' in answer.text
        assert "voucher.js" not in answer.text
    else:
        assert "订正凭证" in answer.text
    sent = {**fields(answer.text, f'action="/desk/{XIAOHE}/submit"'), "csrf": csrf, "pin": PIN}
    counter.post(f"/desk/{XIAOHE}/submit", data=sent)
    with place.engine.begin() as conn:
        (one,) = [c for c in open_cases(conn, XIAOHE) if c.voucher.reverses]
    assert one.voucher.reverses == known["number"]
    assert [leg.fen for leg in one.voucher.legs] == [-leg.fen for leg in before.voucher.legs]
    assert "W620" in counter.get(address).text

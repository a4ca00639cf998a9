"""The auditor's marks on quarters."""

from datetime import date

import pytest
from sample import Village, hand, opening

from approvals.acts import NotEntitled
from disclosure import audits
from disclosure.answers import BadText
from disclosure.signers import quarter
from ledger import periods


@pytest.fixture
def sealed(village: Village) -> Village:
    """A first quarter whose months are all sealed."""
    village.post(opening())
    for day in (date(2021, 2, 2), date(2021, 3, 2), date(2021, 4, 2)):
        village.on(day)
        with village.engine.begin() as conn:
            period = periods.next_to_seal(conn, village.code)
        assert period is not None
        village.seal(period)
    return village


def mark(
    village: Village, name: str, opinion: str, findings: str = "", who: str = "audit1"
) -> None:
    with village.engine.begin() as conn:
        audits.mark(conn, hand(who), village.desk(), name, opinion, findings)


def test_a_mark_says_who_found_what(sealed: Village) -> None:
    mark(sealed, "2021-Q1", "账实相符", "两张票据\n缺少签收人")
    with sealed.engine.begin() as conn:
        (found,) = audits.audits(conn, sealed.code)
        assert audits.marks(conn, sealed.code) == {"2021-Q1": "账实相符"}
        assert audits.marks(conn, sealed.code, "2021") == {"2021-Q1": "账实相符"}
        assert audits.marks(conn, sealed.code, "2022") == {}
    assert found[:4] == ("2021-Q1", "账实相符", "两张票据 缺少签收人", "审小计")
    assert found.at.startswith("2021-04-02T")


def test_a_later_mark_takes_the_place_of_the_earlier(sealed: Village) -> None:
    mark(sealed, "2021-Q1", "有问题", "缺签收人")
    mark(sealed, "2021-Q1", "已整改")
    with sealed.engine.begin() as conn:
        (found,) = audits.audits(conn, sealed.code)
    assert (found.opinion, found.findings) == ("已整改", "")


def test_a_quarter_with_an_open_month_is_not_audited(sealed: Village) -> None:
    with pytest.raises(audits.QuarterOpen, match="2021-04、2021-05、2021-06"):
        mark(sealed, "2021-Q2", "相符")
    with pytest.raises(audits.QuarterOpen, match="2020-10"):
        mark(sealed, "2020-Q4", "相符")


@pytest.mark.parametrize("name", ["2021-Q0", "2021-Q5", "2021-1", "", "２０２１-Q1", "2021-Q1\n"])
def test_what_is_no_quarter(sealed: Village, name: str) -> None:
    with pytest.raises(audits.BadQuarter):
        mark(sealed, name, "相符")


def test_an_opinion_is_said_and_by_the_auditor(sealed: Village) -> None:
    with pytest.raises(BadText):
        mark(sealed, "2021-Q1", " ")
    with pytest.raises(NotEntitled):
        mark(sealed, "2021-Q1", "相符", who="book1")


def test_quarters_have_their_months() -> None:
    assert audits.months_of("2021-Q4") == ["2021-10", "2021-11", "2021-12"]
    months = periods.months("2021-01", "2021-12")
    assert all(month in audits.months_of(quarter(month)) for month in months)

"""Publishing a sealed month: by when, for how long, which content."""

from datetime import date

import pytest
from sample import Village, hand, opening, payment
from sqlalchemy import text

from approvals.acts import NotEntitled
from disclosure import audits, notice, render
from disclosure.compose import compose
from ledger.log import store as log

UP = (date(2021, 2, 8), date(2021, 2, 22))


@pytest.fixture
def sealed(village: Village) -> Village:
    """January with one payment, sealed on 2 February."""
    village.post(opening())
    village.post(payment(date(2021, 1, 9), 300_00))
    village.on(date(2021, 2, 2))
    village.seal("2021-01")
    return village


def publish(
    village: Village,
    up: tuple[date, date] = UP,
    period: str = "2021-01",
    profile: str = "sichuan",
    who: str = "book1",
) -> str:
    with village.engine.begin() as conn:
        event = notice.publish(conn, hand(who), village.desk(), period, up, profile)
    digest: str = event.statement()["body"]["sheet"]
    return digest


def test_the_act_binds_the_content_and_the_sheet_shows_the_days(sealed: Village) -> None:
    with sealed.engine.begin() as conn:
        before = render.digest(compose(conn, sealed.code, "2021-01"))
    assert publish(sealed) == before
    with sealed.engine.begin() as conn:
        sheet = compose(conn, sealed.code, "2021-01", "0839-0000000")
        assert notice.published(conn, sealed.code) == {"2021-01": UP}
    assert (sheet.posted, sheet.until) == UP
    mark = sheet.marks[-1]
    assert (mark.title, mark.name, mark.method) == ("公示（代理会计）", "账小田", "pin")
    assert render.digest(sheet) == before


def test_an_audit_later_leaves_the_digest_alone(sealed: Village) -> None:
    digest = publish(sealed)
    for period, day in (("2021-02", date(2021, 3, 2)), ("2021-03", date(2021, 4, 2))):
        sealed.on(day)
        sealed.seal(period)
    with sealed.engine.begin() as conn:
        audits.mark(conn, hand("audit1"), sealed.desk(), "2021-Q1", "相符")
        sheet = compose(conn, sealed.code, "2021-01")
    assert sheet.marks[1].name == "审小计"
    assert render.digest(sheet) == digest


def test_a_second_notice_of_the_same_sheet_is_allowed(sealed: Village) -> None:
    again = (date(2021, 3, 1), date(2021, 3, 31))
    assert publish(sealed) == publish(sealed, again)
    with sealed.engine.begin() as conn:
        assert notice.published(conn, sealed.code) == {"2021-01": again}


def test_an_open_month_is_not_published(sealed: Village) -> None:
    with pytest.raises(notice.NotSealed, match="2021-02"):
        publish(sealed, period="2021-02")


def test_a_month_before_the_books_is_not_published(sealed: Village) -> None:
    with pytest.raises(notice.NotSealed, match="2020-12"):
        publish(sealed, period="2020-12")


@pytest.mark.parametrize(
    ("last", "profile", "days"),
    [
        (date(2021, 2, 21), "sichuan", 14),
        (date(2021, 2, 11), "shandong", 4),
        (UP[0], "chongqing", 1),
    ],
)
def test_a_notice_that_hangs_too_short_is_refused(
    sealed: Village, last: date, profile: str, days: int
) -> None:
    with pytest.raises(notice.TooShort, match=f"只有 {days} 天"):
        publish(sealed, (UP[0], last), profile=profile)


def test_days_in_the_wrong_order_are_refused(sealed: Village) -> None:
    with pytest.raises(notice.TooShort, match="只有 0 天"):
        publish(sealed, (UP[1], UP[0]))


def test_a_province_may_ask_for_fewer_days(sealed: Village) -> None:
    assert publish(sealed, (UP[0], date(2021, 2, 12)), profile="shandong")


def test_a_notice_does_not_hang_before_the_seal(sealed: Village) -> None:
    with pytest.raises(notice.BeforeSeal, match="2021-02-02"):
        publish(sealed, (date(2021, 2, 1), date(2021, 2, 28)))


def test_only_the_bookkeeper_publishes(sealed: Village) -> None:
    with pytest.raises(NotEntitled):
        publish(sealed, who="clerk1")


def test_other_content_for_a_published_month_is_refused(sealed: Village) -> None:
    publish(sealed)
    with sealed.engine.begin() as conn:
        body = text("UPDATE account SET name = '别的名字' WHERE code = '102.01'")
        conn.execute(body)
    with pytest.raises(notice.Changed, match="2021-01"):
        publish(sealed)
    with sealed.engine.begin() as conn:
        assert len(log.events(conn, sealed.code, kinds=(notice.KIND,))) == 1


def test_the_months_that_are_late(sealed: Village) -> None:
    def late(day: date, profile: str = "sichuan") -> list[str]:
        with sealed.engine.begin() as conn:
            return notice.late(conn, sealed.code, day, profile)

    assert late(date(2021, 1, 31)) == []
    assert late(date(2021, 2, 10)) == []
    assert late(date(2021, 2, 11)) == ["2021-01"]
    assert late(date(2021, 2, 11), "chongqing") == []
    assert late(date(2021, 4, 11)) == ["2021-01", "2021-02", "2021-03"]
    publish(sealed)
    assert late(date(2021, 2, 11)) == []
    assert late(date(2021, 3, 11)) == ["2021-02"]


def test_a_village_without_vouchers_is_never_late(village: Village) -> None:
    with village.engine.begin() as conn:
        assert notice.late(conn, village.code, date(2022, 1, 1)) == []


def test_a_village_that_never_sealed_is_late_from_its_first_month(village: Village) -> None:
    village.post(opening())
    with village.engine.begin() as conn:
        assert notice.late(conn, village.code, date(2021, 3, 11)) == ["2021-01", "2021-02"]


def test_deadlines_follow_the_province_and_the_year() -> None:
    assert notice.due("2021-05") == date(2021, 6, 10)
    assert notice.due("2021-12", "chongqing") == date(2022, 1, 15)
    assert notice.latest("2021-05") == date(2021, 6, 15)
    with pytest.raises(notice.NoProfile, match="sichuan、chongqing"):
        notice.due("2021-05", "atlantis")


def test_every_profile_keeps_the_law_and_names_its_source() -> None:
    assert set(notice.profiles()) == {"sichuan", "chongqing", "shandong", "zhejiang", "shanghai"}
    fields = set(notice.Profile._fields) - {"title", "source", "read"}
    for profile in notice.profiles().values():
        assert profile.sheet_day <= profile.latest_day <= 15
        assert profile.days_up >= 5
        assert 3 <= profile.answer_days <= 15
        assert profile.source
        assert set(profile.read) <= fields

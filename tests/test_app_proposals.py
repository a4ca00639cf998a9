"""What a month asks for: proposed once, made into drafts, recognised when it is in the books."""

from datetime import date

import pytest
from fastapi.testclient import TestClient
from sample import Village, legs, opening
from test_app_drafting import fields
from test_app_staff import PIN, XIAOHE, enter, keeper

from app import drafts, proposals, regular
from app.regular import BadRegular, Regular
from ledger import periods
from ledger.registers import store
from ledger.registers.assets import Asset
from ledger.voucher import Voucher

ROOM, CARDS = f"/desk/{XIAOHE}/close", f"/desk/{XIAOHE}/assets"
CARD = Asset("A1", "文化广场", 120_000_00, 0, 120, date(2020, 12, 1), "151", "152", "514")
LOAN = Regular(
    "", "借款利息", "interest", 3, "2021-03", "2021-12", "", 100_000_00, 435, "515", "211"
)
RENT = Regular("", "鱼塘租金", "spread", 1, "2021-01", "2021-12", "", 10_000_00, 0, "112.01", "501")


def of(village: Village, period: str) -> dict[str, tuple[int, str]]:
    with village.engine.begin() as conn:
        return {
            one.title: (one.fen, one.state)
            for one in proposals.of_month(conn, village.code, period)
        }


def click(village: Village, period: str = "2021-03") -> int:
    with village.engine.begin() as conn:
        asked = [one.item for one in proposals.of_month(conn, village.code, period)]
        return proposals.make(conn, village.code, period, asked, "book1", village.now)


@pytest.fixture
def asking(village: Village) -> Village:
    with village.engine.begin() as conn:
        store.keep_asset(conn, village.code, CARD)
        regular.keep(conn, village.code, LOAN)
        regular.keep(conn, village.code, RENT)
    village.post(opening())
    return village


def test_a_month_asks_for_wear_interest_and_shares_and_only_what_is_due(asking: Village) -> None:
    wear, rent = ("计提固定资产折旧", (1_000_00, "open")), ("鱼塘租金", (833_33, "open"))
    assert of(asking, "2021-02") == dict([wear, rent])
    assert of(asking, "2021-03") == dict([wear, rent, ("借款利息", (1_087_50, "open"))])
    assert of(asking, "2021-12")["鱼塘租金"] == (10_000_00 - 11 * 833_33, "open")
    assert "鱼塘租金" not in of(asking, "2022-01")


def test_whatever_is_clicked_twice_is_made_once_and_what_is_thrown_away_may_come_again(
    asking: Village,
) -> None:
    assert click(asking) == 3
    assert click(asking) == 0
    with asking.engine.begin() as conn:
        made = drafts.all_of(conn, asking.code)
        assert len(made) == 3
        assert {one.fields["day"] for one in made} == {"2021-03-31"}
        drafts.discard(conn, asking.code, "book1", made[0].id)
    assert sorted(state for _, state in of(asking, "2021-03").values()) == [
        "draft",
        "draft",
        "open",
    ]
    assert click(asking) == 1


def test_what_was_entered_by_hand_is_recognised_until_it_is_written_off(asking: Village) -> None:
    day = date(2021, 3, 31)
    rows = legs(("514", 900_00), ("152", -900_00))
    mine = Voucher(asking.code, "transfer", day, "三月折旧", "transfer.depreciation", rows)
    asking.submit(mine)
    assert of(asking, "2021-03")["计提固定资产折旧"][1] == "entered"
    assert of(asking, "2021-04")["计提固定资产折旧"][1] == "open"
    assert click(asking) == 2


def test_a_sealed_month_takes_no_proposals(asking: Village) -> None:
    asking.seal("2021-01")
    with pytest.raises(periods.Sealed):
        click(asking, "2021-01")


def test_what_cannot_come_round_is_refused(village: Village) -> None:
    wrong = (
        (RENT._replace(name=""), "名称"),
        (RENT._replace(last="2020-12"), "早于"),
        (RENT._replace(fen=0), "大于零"),
        (LOAN._replace(rate=0), "年利率"),
        (LOAN._replace(debit="113.99"), "113.99"),
        (RENT._replace(basis="template", template="none"), "常用凭证"),
        (RENT._replace(every=2), "多久"),
    )
    with village.engine.begin() as conn:
        for one, why in wrong:
            with pytest.raises(BadRegular, match=f"W610.*{why}"):
                regular.keep(conn, village.code, one)
        regular.keep(conn, village.code, RENT)
        regular.keep(conn, village.code, RENT._replace(fen=5))
        (kept,) = regular.all_of(conn, village.code)
        assert kept.fen == 5
        regular.drop(conn, village.code, kept.id)
        assert regular.all_of(conn, village.code) == []


def test_from_a_card_to_the_draft_to_the_case(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    card = {
        "csrf": csrf, "number": "A1", "name": "碾米房", "cost": "１2,000", "residual": "0",
        "months": "100", "since": "2022-01-05", "account": "151", "accumulated": "152",
        "expense": "511",
    }  # fmt: skip
    assert "W021" in counter.post(CARDS, data={**card, "since": "5 月"}).text
    refused = counter.post(CARDS, data={**card, "accumulated": "162"}).text
    assert "K020" in refused
    assert 'value="碾米房"' in refused
    assert "碾米房" in counter.post(CARDS, data=card).text
    assert "W612" in counter.post(CARDS, data={**card, "name": "另一处"}).text
    assert counter.post(CARDS, data={**card, "known": "A1", "user": "账小田"}).url.path == CARDS
    page = counter.get(ROOM).text
    assert "计提固定资产折旧" in page
    ask = {"csrf": csrf, "period": "2022-02", "item": "wear.151"}
    page = counter.post(f"/desk/{XIAOHE}/propose", data=ask).text
    assert "在草稿里，等提交" in page
    counter.post(f"/desk/{XIAOHE}/propose", data=ask)
    address = page[page.index(f"/desk/{XIAOHE}/voucher?draft=") :].partition('"')[0]
    form = fields(counter.get(address).text, f'action="/desk/{XIAOHE}/submit"')
    assert (form["debit0"], form["credit1"], form["day"]) == ("120.00", "120.00", "2022-02-28")
    sent = {**form, "csrf": csrf, "pin": PIN}
    counter.post(f"/desk/{XIAOHE}/submit", data=sent)
    page = counter.get(ROOM).text
    assert "已填制</a>" in page
    assert "没有这个月的草稿" in page


def test_a_template_comes_round(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    place = counter.app.state.room  # type: ignore[attr-defined]
    typed = {
        "kind": "transfer", "purpose": "transfer.accrual", "summary": "电费", "account0": "513",
        "debit0": "88.00", "account1": "211", "credit1": "88.00",
    }  # fmt: skip
    with place.engine.begin() as conn:
        drafts.keep(conn, XIAOHE, "book1", "每月电费", typed, place.clock.now())
        (template,) = [one for one in drafts.all_of(conn, XIAOHE) if one.name]
    form = {
        "csrf": csrf, "name": "电费", "basis": "template", "template": template.id, "every": "1",
        "first": "2022-01", "last": "2022-12",
    }  # fmt: skip
    address = f"/desk/{XIAOHE}/regular"
    assert "W610" in counter.post(address, data={**form, "template": ""}).text
    assert "每月电费" in counter.post(address, data=form).text
    with place.engine.begin() as conn:
        (one,) = proposals.of_month(conn, XIAOHE, "2022-02")
        assert (one.fen, one.fields["summary"]) == (88_00, "电费（2022年2月）")
        drafts.discard(conn, XIAOHE, "book1", template.id)
        (one,) = proposals.of_month(conn, XIAOHE, "2022-02")
        assert one.state == "lost"


def test_a_method_is_changed_with_a_month_and_a_reason_and_stays_on_record(
    counter: TestClient,
) -> None:
    csrf = enter(counter, keeper(counter))
    card = {"csrf": csrf, "number": "M-1", "name": "碾米机", "cost": "12000", "residual": "5"}
    card |= {"months": "120", "since": "2021-12-01", "account": "151", "accumulated": "152"}
    chosen = counter.get(CARDS).text.partition('name="expense"')[2]
    card["expense"] = chosen.partition('value="511')[2].partition('"')[0].join(["511", ""])
    assert "碾米机" in counter.post(CARDS, data=card).text
    known = {**card, "known": "M-1", "method": "units", "capacity": "1000"}
    assert "W667" in counter.post(CARDS, data=known).text
    assert "W667" in counter.post(CARDS, data={**known, "changed": "2021-05", "why": "按台时"}).text
    page = counter.post(CARDS, data={**known, "changed": "2022-02", "why": "按台时"}).text
    assert "改过的折旧方法" in page
    assert "按台时" in page
    done = {"csrf": csrf, "number": "M-1", "period": "2022-02", "units": "250"}
    assert "2022-02：250" in counter.post(f"{CARDS}/use", data=done).text
    assert "W021" in counter.post(f"{CARDS}/use", data={**done, "units": "-1"}).text
    assert "W021" in counter.post(f"{CARDS}/use", data={**done, "number": "M-2"}).text
    sealed = counter.post(f"{CARDS}/use", data={**done, "period": "2021-05"})
    assert sealed.status_code == 409

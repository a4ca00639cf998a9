"""The voucher room without script: look-up, drafts, templates, copies; and the account index."""

from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from test_app_drafting import fields
from test_app_staff import PIN, XIAOHE, enter, keeper, size, voucher

from app import drafts
from app.drafts import Saved
from app.web import draft
from app.web.lookup import ManyAccounts, index, resolved, search
from approvals.cases import open_cases
from ledger.chart import standard

AT = datetime(2022, 2, 8, 9, tzinfo=UTC)
ROOM = f"/desk/{XIAOHE}/voucher"
SAVE = f"/desk/{XIAOHE}/drafts"
ID = "0123456789abcdef"
CHART = standard().with_details([("102.01", "基本户"), ("102.02", "农商行专户")])


def test_an_account_is_found_by_code_name_and_every_reading() -> None:
    assert search(CHART, "102") == ["102.01", "102.02"]
    assert search(CHART, "yhckjbh") == search(CHART, "YXCKJBH") == ["102.01"]
    assert search(CHART, "１０２.０２") == search(CHART, "专户") == ["102.02"]
    assert search(CHART, "") == search(CHART, "没有") == []
    assert "102" not in {one.code for one in index(CHART, {})}


def test_words_of_one_account_become_its_code_and_of_several_are_refused() -> None:
    found = resolved({"account0": "glfy", "account1": "102.01 银行存款—基本户"}, CHART)
    assert (found["account0"], found["account1"]) == ("513", "102.01")
    assert resolved({"account0": "102"}, CHART)["account0"] == "102"  # refused as no leaf
    with pytest.raises(ManyAccounts) as refused:
        resolved({"account3": "yhck"}, CHART)
    assert "第 4 行" in str(refused.value)
    assert "102.02" in str(refused.value)


def test_look_up_finds_all_in_a_chart_of_a_thousand() -> None:
    chart = CHART.with_details([(f"511.{no:03d}", f"第{no}号鱼塘银行") for no in range(1, 1000)])
    assert len(search(chart, "ytyx")) == 999


def test_the_index_is_the_makers_and_is_not_sent_twice(counter: TestClient) -> None:
    enter(counter, keeper(counter))
    answer = counter.get(f"/desk/{XIAOHE}/accounts.json")
    bank = next(one for one in answer.json() if one["code"] == "102.01")
    assert bank["letters"][:2] == ["y", "hx"]
    assert isinstance(bank["fen"], int)
    again = {"if-none-match": answer.headers["etag"]}
    assert counter.get(f"/desk/{XIAOHE}/accounts.json", headers=again).status_code == 304
    enter(counter, "xiaohe-sup1")
    for path in (ROOM, f"/desk/{XIAOHE}/accounts.json"):
        assert counter.get(path).status_code == 403
    counter.cookies.clear()
    assert counter.get(f"/desk/{XIAOHE}/accounts.json").status_code == 401


def test_initials_are_enough_without_script(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    sent = voucher(csrf=csrf, account0="glfy", account1="yhck", debit0="￥1,200.5元")
    done = counter.post(f"/desk/{XIAOHE}/submit", data=sent)
    assert done.url.path == ROOM
    assert "购买办公用纸" in done.text
    with counter.app.state.room.engine.connect() as conn:  # type: ignore[attr-defined]
        one = next(c for c in open_cases(conn, XIAOHE) if c.voucher.summary == "购买办公用纸")
    assert [leg.account for leg in one.voucher.legs] == ["513", "102.01"]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"debit0": "-5"}, "W027"), ({"purpose": ""}, "W021"), ({"account0": "入"}, "W025")],
)
def test_a_refused_voucher_keeps_what_was_typed(
    counter: TestClient, change: dict[str, str], code: str
) -> None:
    csrf = enter(counter, keeper(counter))
    before = size(counter)
    answer = counter.post(f"/desk/{XIAOHE}/submit", data=voucher(csrf=csrf, **change))
    assert code in answer.text
    assert 'value="购买办公用纸"' in answer.text
    assert size(counter) == before


def test_a_draft_is_saved_opened_submitted_and_gone(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    half = {"csrf": csrf, "draft": ID, "version": "0", "summary": "半张凭证", "debit0": "１2"}
    saved = counter.post(SAVE, data={**half, "pin": PIN})
    assert "半张凭证" in saved.text
    assert 'class="good"' in saved.text
    late = counter.post(SAVE, data={**half, "summary": "另一张"}).text
    assert "两份都在" in late
    assert 'name="summary" required maxlength="120" value="另一张"' in late
    assert PIN not in saved.text
    page = counter.get(f"{ROOM}?draft={ID}").text
    assert 'name="version" value="1"' in page
    sent = voucher(csrf=csrf, draft=ID, version="1")
    counter.post(f"/desk/{XIAOHE}/submit", data=sent)
    assert counter.get(f"{ROOM}?draft={ID}").status_code == 404
    drafts_ = counter.get(ROOM).text
    assert "半张凭证" not in drafts_
    assert "另一张" in drafts_


def test_who_comes_later_is_told_and_both_are_kept(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    json = {"accept": "application/json"}
    form = {"csrf": csrf, "draft": ID, "version": "0", "summary": "甲"}
    assert counter.post(SAVE, data=form, headers=json).json()["version"] == 1
    other = enter(counter, "xiaohe-clerk")
    theirs = {"csrf": other, "draft": ID, "version": "1", "summary": "乙"}
    assert counter.post(SAVE, data=theirs, headers=json).json()["version"] == 2
    csrf = enter(counter, keeper(counter))
    late = {**form, "csrf": csrf, "version": "1", "summary": "甲改"}
    answer = counter.post(SAVE, data=late, headers=json).json()
    assert answer["draft"] != ID
    assert answer["other"]["by"]
    page = counter.get(ROOM).text
    assert "乙" in page
    assert "甲改" in page
    mine = {"csrf": csrf, "discard": ID}
    assert "W053" in counter.post(f"{SAVE}/discard", data=mine).text  # the clerk's by now
    assert counter.post(f"{SAVE}/discard", data={**mine, "discard": answer["draft"]}).url.path
    assert "甲改" not in counter.get(ROOM).text
    enter(counter, "xiaohe-sup1")
    assert counter.post(SAVE, data=form, headers=json).status_code == 403


def test_a_lost_answer_makes_no_second_draft(engine: Engine) -> None:
    with engine.begin() as conn:
        one = drafts.save(conn, "v", "a", Saved(ID, 0), {"summary": "甲"}, AT)
        assert drafts.save(conn, "v", "a", Saved(ID, 0), {"summary": "甲"}, AT) == one
        late = drafts.save(conn, "v", "b", Saved(ID, 0), {"summary": "乙"}, AT)
        again = drafts.save(conn, "v", "b", Saved(ID, 0), {"summary": "乙"}, AT)
        assert (late.id, late.version) == (again.id, again.version)
        assert late.other is not None
        assert len(drafts.all_of(conn, "v")) == 2
        drafts.done(conn, "v", ID, 7)
        assert drafts.get(conn, "v", ID) is not None
        assert drafts.get(conn, "other", ID) is None
        with pytest.raises(drafts.BadDraft):
            drafts.save(conn, "v", "a", Saved("../x", 0), {}, AT)


def test_a_village_has_only_so_many_drafts(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST", 1)
    with engine.begin() as conn:
        drafts.save(conn, "v", "a", Saved(ID, 0), {"summary": "甲"}, AT)
        with pytest.raises(drafts.TooMany):
            drafts.save(conn, "v", "a", Saved("f" * 16, 0), {"summary": "乙"}, AT)


def test_a_template_begins_a_new_voucher(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    sent = voucher(csrf=csrf, template_name="每月电费")
    assert "W052" in counter.post(f"{SAVE}/keep", data={**sent, "template_name": ""}).text
    page = counter.post(f"{SAVE}/keep", data=sent).text
    address = page[page.index(f"{ROOM}?template=") :].partition('"')[0]
    begun = fields(counter.get(address).text, f'action="/desk/{XIAOHE}/submit"')
    assert (begun["summary"], begun["version"]) == ("购买办公用纸", "0")
    assert begun["day"] == "2022-02-08"
    assert "没有草稿" in page


def test_a_posted_voucher_is_copied_but_for_day_papers_and_bank_line(counter: TestClient) -> None:
    enter(counter, keeper(counter))
    page = counter.get(ROOM).text
    number = page[page.index('<datalist id="past">') :].partition('<option value="')[2][:11]
    begun = fields(counter.get(f"{ROOM}?copy={number}").text, f'{XIAOHE}/submit"')
    assert begun["account0"]
    assert (begun["day"], begun["sheets"]) == ("2022-02-08", "0")
    assert "bank_line" not in begun
    assert draft.drafted(begun, None).legs
    for wrong in ("2021-付-9999", "电费"):
        assert counter.get(f"{ROOM}?copy={wrong}").status_code == 404

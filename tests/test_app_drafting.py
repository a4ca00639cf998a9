"""The maker's form: what came back is amended or withdrawn from the page."""

import io
import re
from datetime import date

import pytest
from bank_files import Move, balance, bring, statement
from fastapi.testclient import TestClient
from PIL import Image
from test_app_staff import PIN, XIAOHE, case, enter, keeper, size, voucher

from app.web import draft
from approvals.cases import open_cases, standing_of
from approvals.standing import Standing
from ledger.bank import store as bank_lines


def fields(page: str, start: str) -> dict[str, str]:
    """Return what a browser would send of the form that begins at `start`, untouched."""
    form = page[page.index(start) :]
    form = form[: form.index("</form>")]
    found = dict(re.findall(r'<input[^>]*? name="(\w+)"[^>]*? value="([^"]*)"', form))
    for name, inner in re.findall(
        r'<select[^>]*? name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        found[name] = re.findall(r'value="([^"]+)" selected', inner)[0]
    return found


def picture(colour: str) -> tuple[str, bytes, str]:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), colour).save(out, "PNG")
    return (f"{colour}.png", out.getvalue(), "image/png")


def now(counter: TestClient, name: str) -> Standing:
    with counter.app.state.room.engine.connect() as conn:  # type: ignore[attr-defined]
        return standing_of(conn, XIAOHE, name)


def submitted(counter: TestClient, csrf: str) -> Standing:
    """Submit a voucher with one paper and return its case."""
    files = {"papers": picture("red")}
    counter.post(f"/desk/{XIAOHE}/submit", data=voucher(csrf=csrf), files=files)
    with counter.app.state.room.engine.connect() as conn:  # type: ignore[attr-defined]
        found = open_cases(conn, XIAOHE)
    return next(one for one in found if one.voucher.summary == "购买办公用纸")


def test_what_came_back_is_amended_on_the_same_case(counter: TestClient) -> None:
    name = keeper(counter)
    one = submitted(counter, enter(counter, name))
    assert "修改或撤回" in counter.get(f"/desk/{XIAOHE}").text
    page = counter.get(f"/desk/{XIAOHE}/voucher?case={one.case}").text
    sent = fields(page, f'action="/desk/{XIAOHE}/submit"')
    assert sent["debit0"] == sent["credit1"] == "1200.50"
    assert sent["keep"] == one.voucher.papers[0].digest
    sent |= {"pin": PIN, "debit0": "1100.00", "credit1": "1100.00", "summary": "购买打印纸"}
    answer = counter.post(f"/desk/{XIAOHE}/submit", data=sent, files={"papers": picture("blue")})
    assert answer.status_code == 200, answer.text
    after = now(counter, one.case)
    assert (after.revision, after.state) == (2, "signing")
    assert (after.voucher.total, after.voucher.summary) == (1100_00, "购买打印纸")
    assert after.voucher.papers[0] == one.voucher.papers[0]
    assert after.voucher.papers[1].title == "blue.png"
    assert (after.voucher.payee, after.voucher.day) == (one.voucher.payee, one.voucher.day)
    again = fields(counter.get(f"/desk/{XIAOHE}/voucher?case={one.case}").text, f'{XIAOHE}/submit"')
    again.pop("keep")
    counter.post(f"/desk/{XIAOHE}/submit", data={**again, "pin": PIN})
    assert now(counter, one.case).voucher.papers == ()


def test_an_untouched_form_gives_the_same_voucher(counter: TestClient) -> None:
    enter(counter, keeper(counter))
    one = case(counter)
    page = counter.get(f"/desk/{XIAOHE}/voucher?case={one.case}").text
    sent = fields(page, f'action="/desk/{XIAOHE}/submit"')
    assert draft.drafted(sent, one.voucher) == one.voucher


def test_a_mistake_in_amending_keeps_the_case_and_what_was_typed(counter: TestClient) -> None:
    name = keeper(counter)
    one = submitted(counter, enter(counter, name))
    page = counter.get(f"/desk/{XIAOHE}/voucher?case={one.case}").text
    sent = {**fields(page, f'{XIAOHE}/submit"'), "pin": PIN, "debit0": "9"}
    before = size(counter)
    answer = counter.post(f"/desk/{XIAOHE}/submit", data=sent)
    assert "V004" in answer.text
    back = fields(answer.text, f'action="/desk/{XIAOHE}/submit"')
    assert (back["case"], back["debit0"]) == (one.case, "9")
    assert size(counter) == before


def test_only_the_maker_amends_or_withdraws(counter: TestClient) -> None:
    name = keeper(counter)
    one = submitted(counter, enter(counter, name))
    csrf = enter(counter, "xiaohe-clerk")
    page = counter.get(f"/desk/{XIAOHE}/voucher?case={one.case}").text
    assert "撤回这件事项" not in page
    assert "修改或撤回" not in page
    before = size(counter)
    form = {"csrf": csrf, "pin": PIN, "case": one.case, "reason": "重复"}
    assert "A038" in counter.post(f"/desk/{XIAOHE}/withdraw", data=form).text
    other = counter.post(f"/desk/{XIAOHE}/submit", data=voucher(csrf=csrf, case=one.case))
    assert "A038" in other.text
    assert counter.get(f"/desk/{XIAOHE}/voucher?case=nothing").status_code == 404
    assert size(counter) == before


def test_a_case_is_withdrawn_with_a_reason(counter: TestClient) -> None:
    name = keeper(counter)
    csrf = enter(counter, name)
    one = submitted(counter, csrf)
    form = {"csrf": csrf, "pin": PIN, "case": one.case}
    refused = counter.post(f"/desk/{XIAOHE}/withdraw", data=form)
    assert "W021" in refused.text
    assert "撤回这件事项" in refused.text
    done = counter.post(f"/desk/{XIAOHE}/withdraw", data={**form, "reason": "改由村委会支付"})
    assert done.status_code == 200
    assert now(counter, one.case).state == "withdrawn"
    again = counter.post(f"/desk/{XIAOHE}/withdraw", data={**form, "reason": "再撤"})
    assert "A010" in again.text
    free = counter.get(f"/desk/{XIAOHE}/voucher?case={one.case}").text
    assert "撤回这件事项" not in free


def test_a_withdrawn_receipt_frees_its_bank_line(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    move = Move(date(2022, 2, 8), 50_000, "样例租户", "62001", "2月鱼塘租金")
    page = bring(counter, csrf, statement(balance(counter), move)).text
    key = fields(page, f'action="/desk/{XIAOHE}/bank/look"')["pick"]
    engine = counter.app.state.room.engine  # type: ignore[attr-defined]
    sent = {"csrf": csrf, "pin": PIN, "pick": key, f"account-{key}": "501"}
    counter.post(f"/desk/{XIAOHE}/bank/confirm", data={**sent, f"item-{key}": "income.rent"})
    with engine.connect() as conn:
        name = bank_lines.case_of(conn, XIAOHE, key)
        assert bank_lines.unmatched(conn, XIAOHE) == []
    assert name is not None
    page = counter.get(f"/desk/{XIAOHE}/voucher?case={name}").text
    amended = {**fields(page, f'{XIAOHE}/submit"'), "pin": PIN, "summary": "二月租金"}
    counter.post(f"/desk/{XIAOHE}/submit", data=amended)
    assert now(counter, name).voucher.bank_line == key
    gone = {"csrf": csrf, "pin": PIN, "case": name, "reason": "科目选错"}
    counter.post(f"/desk/{XIAOHE}/withdraw", data=gone)
    with engine.connect() as conn:
        assert [line.key for line in bank_lines.unmatched(conn, XIAOHE)] == [key]


def test_a_voucher_of_many_rows_shows_them_all() -> None:
    few = {"account0": "102.01", "debit0": "1"}
    assert draft.rows(few) == draft.ROWS
    assert draft.rows({**few, "credit11": "1"}) == 12


@pytest.mark.parametrize("day", ["2022-02-30", "", "明天"])
def test_a_day_that_is_none(day: str) -> None:
    with pytest.raises(draft.BadForm):
        draft.drafted({"kind": "payment", "day": day}, None)

"""Payment files: made of what was signed, sent once, closed by the statement or sent back."""

import io

import pytest
from bank_files import balance, bring, statement
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook
from sqlalchemy.exc import IntegrityError
from test_app_bank import ROOM, lines, paid, room
from test_app_drafting import fields
from test_app_staff import PIN, XIAOHE, case, enter, keeper, signed_through

from approvals.cases import standing_of
from ledger.payments import store
from ledger.payments.store import File
from ledger.reads import store as reads

FILES = f"{ROOM}/payments"


def files(counter: TestClient) -> list[File]:
    with counter.app.state.room.engine.connect() as conn:  # type: ignore[attr-defined]
        return store.files(conn, XIAOHE)


def made(counter: TestClient) -> tuple[str, str, str]:
    """Have the open case signed and put into a file; return (case, csrf of the cashier, file)."""
    one = signed_through(counter)
    csrf = enter(counter, "cash1")
    counter.post(FILES, data={"csrf": csrf, "pick": one.case})
    (file,) = files(counter)
    return one.case, csrf, file.id


def test_a_file_is_made_of_the_signed_payee_and_stands_alone(counter: TestClient) -> None:
    assert 'name="pick"' not in counter.get(FILES).text  # nothing is signed through yet
    csrf = enter(counter, "cash1")
    assert "B025" in counter.post(FILES, data={"csrf": csrf}).text
    unsigned = {"csrf": csrf, "pick": case(counter).case}
    assert "B037" in counter.post(FILES, data=unsigned).text
    name, csrf, file = made(counter)
    page = counter.get(FILES).text
    assert "样例灯具店" in page
    assert "6200000000009001" not in page  # of the account the page shows its end
    again = counter.post(FILES, data={"csrf": csrf, "pick": name})
    assert "B032" in again.text
    csv = counter.get(f"{FILES}/{file}.csv").content
    text = csv.decode("gb18030").splitlines()
    assert text[1] == f"1,样例灯具店,6200000000009001,样例农商行,1240.00,村道路灯维修,{name}"
    assert text[2] == "合计,1笔,,,1240.00,,"
    assert csv == counter.get(f"{FILES}/{file}.csv").content
    book = CalamineWorkbook.from_filelike(io.BytesIO(counter.get(f"{FILES}/{file}.xlsx").content))
    row = book.get_sheet_by_index(0).to_python()[3]
    assert row[1:5] == ["样例灯具店", "6200000000009001", "样例农商行", 1240.0]
    with counter.app.state.room.engine.connect() as conn:  # type: ignore[attr-defined]
        every = reads.reads(conn, XIAOHE, 0, reads.last(conn, XIAOHE))
    noted = [one for one in every if one.what == "payments"]
    assert {one.person for one in noted} == {"cash1"}
    counter.post(f"{FILES}/{file}", data={"csrf": csrf, "do": f"out {name}"})
    assert files(counter) == []
    counter.post(FILES, data={"csrf": csrf, "pick": name})
    assert len(files(counter)) == 1
    enter(counter, keeper(counter))
    assert counter.get(FILES).status_code == 200
    assert counter.get(f"{FILES}/{file}.csv").status_code == 403


def test_a_payee_changed_after_signing_stops_the_file(counter: TestClient) -> None:
    name, _, file = made(counter)
    csrf = enter(counter, keeper(counter))
    page = counter.get(f"/desk/{XIAOHE}/voucher?case={name}").text
    assert "修改凭证" in page
    form = {**fields(page, f'{XIAOHE}/submit"'), "pin": PIN, "csrf": csrf}
    counter.post(f"/desk/{XIAOHE}/submit", data={**form, "payee_account": "6299999999999999"})
    with counter.app.state.room.engine.connect() as conn:  # type: ignore[attr-defined]
        assert standing_of(conn, XIAOHE, name).revision == 2
    csrf = enter(counter, "cash1")
    assert "有了变化" in counter.get(FILES).text
    assert "B039" in counter.get(f"{FILES}/{file}.csv").text
    assert "B039" in counter.post(f"{FILES}/{file}", data={"csrf": csrf, "do": "sent"}).text
    assert "B042" not in counter.post(FILES, data={"csrf": csrf, "pick": name}).text
    assert not files(counter)[0].sent


def test_the_returned_statement_closes_a_sent_file(counter: TestClient) -> None:
    name, csrf, file = made(counter)
    early = {"csrf": csrf, "do": f"failed {name}", f"why-{name}": "户名不符"}
    assert "B035" in counter.post(f"{FILES}/{file}", data=early).text
    counter.post(f"{FILES}/{file}", data={"csrf": csrf, "do": "sent"})
    (sent,) = files(counter)
    assert sent.sent_by == "cash1"
    assert len(sent.digest) == 64
    assert sent.digest in counter.get(FILES).text
    for do, code in (("sent", "B034"), (f"out {name}", "B034"), (f"failed {name}", "B036")):
        assert code in counter.post(f"{FILES}/{file}", data={"csrf": csrf, "do": do}).text
    clerk = enter(counter, keeper(counter))
    gone = {"csrf": clerk, "pin": PIN, "case": name, "reason": "不要了"}
    assert "B040" in counter.post(f"/desk/{XIAOHE}/withdraw", data=gone).text
    page = counter.get(f"/desk/{XIAOHE}/voucher?case={name}").text
    form = {**fields(page, f'{XIAOHE}/submit"'), "pin": PIN, "csrf": clerk}
    assert "B040" in counter.post(f"/desk/{XIAOHE}/submit", data=form).text
    csrf = enter(counter, keeper(counter))
    bring(counter, csrf, statement(balance(counter), paid(counter)))
    csrf = enter(counter, "cash1")
    (line,) = lines(counter)
    assert "都相符" in room(counter)
    counter.post(f"{ROOM}/pay", data={"csrf": csrf, "pin": PIN, "pick": f"{line.line.key} {name}"})
    (closed,) = files(counter)
    assert [item.state for item in closed.items] == ["paid"]
    assert sent.digest in counter.get(FILES).text
    assert "与交给银行的文件不同" not in counter.get(FILES).text


def test_what_the_bank_sent_back_may_go_again(counter: TestClient) -> None:
    name, csrf, file = made(counter)
    counter.post(f"{FILES}/{file}", data={"csrf": csrf, "do": "sent"})
    back = {"csrf": csrf, "do": f"failed {name}", f"why-{name}": "户名不符"}
    counter.post(f"{FILES}/{file}", data=back)
    assert "户名不符" in counter.get(FILES).text
    counter.post(FILES, data={"csrf": csrf, "pick": name})
    assert len(files(counter)) == 2
    assert counter.post(f"{FILES}/none", data={"csrf": csrf, "do": "sent"}).status_code == 410


def test_two_at_once_cannot_both_file_a_case(counter: TestClient) -> None:
    _, _, file = made(counter)
    engine = counter.app.state.room.engine  # type: ignore[attr-defined]
    (item,) = files(counter)[0].items
    at = counter.app.state.room.clock.now()  # type: ignore[attr-defined]
    with pytest.raises(store.OnItsWay), engine.begin() as conn:
        store.make(conn, XIAOHE, "b" * 12, "102.01", "cash1", at, [item])
    with pytest.raises(IntegrityError), engine.begin() as conn:
        row = "INSERT INTO payment_item SELECT village, 'x', \"case\", position, voucher, name, "
        row += "account, bank, fen, purpose, state, note, open_case FROM payment_item"
        conn.exec_driver_sql(row)
    assert file == files(counter)[0].id


def test_only_what_a_bank_can_pay_is_offered(counter: TestClient) -> None:
    csrf = enter(counter, "cash1")
    one = case(counter)
    assert f'value="{one.case}"' not in counter.get(FILES).text
    assert "B031" not in counter.post(FILES, data={"csrf": csrf}).text

"""A village comes over at the counter and in the terminal: all of it, once, or nothing."""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from coming_samples import ANSWERS, BALANCES, DAY, sheets, workbook
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook
from sample import VILLAGE, Village, hand
from sqlalchemy import func, select
from typer.testing import CliRunner

from app import arrival, cli, coming, logins
from app.settings import Settings
from app.tables import coming as kept
from app.web import create_app
from approvals import acts, gate, keys
from approvals.cases import standing_of
from approvals.verify import verify
from ledger.bank import workbook as reader
from ledger.book import files
from ledger.coming.forms import FORMS
from ledger.coming.sheet import Sheet
from ledger.legs import store as legs
from ledger.log import store as log
from ledger.refusal import Refusal
from ledger.registers import store as households
from ledger.registers.holdings import store as holdings

PIN, PASSWORD = "258036", "long-enough-2024"
ROOM = f"/desk/{VILLAGE}/coming"


@pytest.fixture
def counter(village: Village, tmp_path: Path) -> Iterator[TestClient]:
    """A browser of the bookkeeper of a village without vouchers, in January 2024."""
    village.on(date(2024, 1, 2))
    with village.engine.begin() as conn:
        public = keys.make(conn, "book1", PIN).public
        acts.enrol_key(conn, hand("registrar"), village.desk(), "book1", public)
        logins.add(conn, "book1", "book1", PASSWORD)
        logins.add(conn, "clerk1", "clerk1", PASSWORD)
    web = create_app(Settings(data=tmp_path, today=date(2024, 1, 3)))
    with TestClient(web, base_url="http://127.0.0.1:8321") as client:
        client.post("/login", data={"name": "book1", "password": PASSWORD})
        yield client
    web.state.room.engine.dispose()


def csrf(counter: TestClient) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', counter.get("/inbox").text)
    assert found
    return found[1]


def upload(counter: TestClient, data: bytes, name: str = "建账表.xlsx", **more: str) -> Any:
    form = {"csrf": csrf(counter), "day": DAY.isoformat(), "regime": "", **more}
    return counter.post(ROOM, data=form, files={"file": (name, data, "application/x")})


def file_of(answer: Any) -> str:
    return str(answer.url).partition("file=")[2].partition("#")[0]


def choose(counter: TestClient, file: str, answers: dict[str, str]) -> Any:
    form = {"csrf": csrf(counter), "file": file}
    for at, (key, value) in enumerate(answers.items()):
        form |= {f"q{at}": key, f"a{at}": value}
    return counter.post(f"{ROOM}/choose", data=form)


def commit(counter: TestClient, file: str, pin: str = PIN) -> Any:
    return counter.post(f"{ROOM}/commit", data={"csrf": csrf(counter), "file": file, "pin": pin})


def brought(counter: TestClient, found: Sequence[Sheet] | None = None) -> str:
    """Bring a workbook in and return the case of its opening voucher."""
    answer = upload(counter, workbook(sheets() if found is None else found))
    choose(counter, file_of(answer), ANSWERS)
    done = commit(counter, file_of(answer))
    assert done.status_code == 200, done.text
    with counter.app.state.room.engine.connect() as conn:  # type: ignore[attr-defined]
        return coming.cases_of(conn, VILLAGE)[-1]


def size(village: Village) -> tuple[int, int]:
    """Return how many events and workbooks there are."""
    with village.engine.connect() as conn:
        count = conn.execute(select(func.count()).select_from(kept)).scalar() or 0
        return log.size(conn, VILLAGE), count


def test_a_village_comes_over_by_the_counter(counter: TestClient, village: Village) -> None:
    assert "下载建账表" in counter.get(ROOM).text
    answer = upload(counter, workbook(sheets()))
    assert answer.status_code == 200
    assert "还有科目要由您选定" in answer.text
    assert "签名提交" not in answer.text.partition("report")[2].partition("</section>")[0]
    file = file_of(answer)
    assert "J013" in commit(counter, file).text
    ready = choose(counter, file, ANSWERS)
    assert "借贷相平，没有错误" in ready.text
    remembered = upload(counter, workbook(sheets(contracts=[])))
    assert "借贷相平，没有错误" in remembered.text
    before = size(village)
    assert "F0" in commit(counter, file, "000000").text or "PIN" in commit(counter, file, "1").text
    assert size(village) == before
    commit(counter, file)
    with village.engine.connect() as conn:
        [case] = coming.cases_of(conn, VILLAGE)
        standing = standing_of(conn, VILLAGE, case)
        assert standing.chain["id"] == "opening"
        assert standing.state == "signing"
        assert [one.household for one in households.holdings(conn, VILLAGE)] == [
            "1-001", "1-002", "2-001",
        ]  # fmt: skip
        assert [one.name for one in holdings.members(conn, VILLAGE)][:2] == ["张小样", "王小样"]
        assert holdings.resources(conn, VILLAGE)[0].quantity == "12.5"
        assert holdings.contracts(conn, VILLAGE)[0].rent == 6000_00
        assert holdings.debts(conn, VILLAGE)[0].account == "112.01"
        assert [card.number for card in households.assets(conn, VILLAGE)] == ["GD-001"]
        assert legs.balances(conn, VILLAGE, "2024-01") == {}  # nothing is in the books yet
    assert case in counter.get(ROOM).text
    village.on(date(2024, 1, 4))
    cleared = village.clear(standing)
    with village.engine.begin() as conn:
        gate.post(conn, hand("book1"), village.desk(), cleared.case)
        files.project(conn, VILLAGE, village.root)
        balances = legs.balances(conn, VILLAGE, "2024-01")
    assert balances["102.01"] == 100_000_00
    assert balances["153.01"] == 36_000_00
    verdict = verify(village.root / VILLAGE)
    assert verdict.good, verdict
    log_text = "".join(one.read_text("utf-8") for one in village.root.rglob("*.jsonl"))
    assert not any(name in log_text for name in ("张小样", "赵小样", "李小样"))
    late = upload(counter, workbook(sheets()))
    assert "J010" in late.text
    assert "上传试算" not in counter.get(ROOM).text


def test_the_same_file_twice_does_nothing_twice(counter: TestClient, village: Village) -> None:
    case = brought(counter)
    before = size(village)
    assert brought(counter) == case
    again = [*sheets(), Sheet("我的草稿", [["随便"]])]  # saved anew, the same content that counts
    with village.engine.connect() as conn:
        revision = standing_of(conn, VILLAGE, case).revision
    assert size(village) == before
    assert revision == 1
    assert brought(counter, again) == case
    rows = [list(row) for row in BALANCES]
    rows[2][2], rows[1][2] = "99000", "124000"
    rows[-1][3] = rows[-2][3] = "66600"
    assert brought(counter, sheets(balances=rows)) == case
    with village.engine.connect() as conn:
        standing = standing_of(conn, VILLAGE, case)
        assert coming.cases_of(conn, VILLAGE) == [case]
    assert standing.voucher.total < 661_300_00


def test_faults_are_shown_and_nothing_is_kept(counter: TestClient, village: Village) -> None:
    rows = [*BALANCES, ("777", "集体小金库", "约五万", "")]
    before = size(village)
    answer = upload(counter, workbook(sheets(balances=rows)))
    assert "处错误，什么都没有写入" in answer.text
    assert "“约五万”不是金额" in answer.text
    assert "C23" in answer.text
    assert size(village) == before
    assert "J011" in commit(counter, "0" * 64).text
    assert "J005" in upload(counter, workbook(sheets()), day="不知道").text


def test_all_or_nothing(
    counter: TestClient, village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = file_of(upload(counter, workbook(sheets())))
    choose(counter, file, ANSWERS)
    before = size(village)

    def broken(*_: object) -> None:
        raise coming.NotKept

    monkeypatch.setattr(holdings, "write_debts", broken)  # the last register to be filled
    assert "J011" in commit(counter, file).text
    assert size(village) == before
    with village.engine.connect() as conn:
        assert households.holdings(conn, VILLAGE) == []
        assert coming.cases_of(conn, VILLAGE) == []


def test_the_clerk_tries_and_the_bookkeeper_commits(counter: TestClient) -> None:
    counter.cookies.clear()
    counter.post("/login", data={"name": "clerk1", "password": PASSWORD})
    file = file_of(upload(counter, workbook(sheets())))
    ready = choose(counter, file, ANSWERS).text
    assert "借贷相平" in ready
    assert 'name="pin"' not in ready
    assert commit(counter, file).status_code == 403


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()


def bomb() -> bytes:
    """Return a workbook whose one sheet says to be small and unpacks to a gigabyte of rows."""
    whole = io.BytesIO(workbook(sheets()))
    out = io.BytesIO()
    with zipfile.ZipFile(whole) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in packed.infolist():
            data = packed.read(one)
            if one.filename.endswith("sheet1.xml"):
                data = data.replace(b"</sheetData>", b" " * (220 * 2**20) + b"</sheetData>")
            new.writestr(one.filename, data)
    return out.getvalue()


GOOD = workbook(sheets())
HOSTILE = [
    ("空.xlsx", b"", "J001"),
    ("半截.xlsx", GOOD[: len(GOOD) // 2], "J004"),
    ("宏.xlsm", zipped(xl__vbaProject_dot_bin=b"x"), "J003"),
    ("宏.xls", b"\xd0\xcf\x11\xe0" + "_VBA_PROJECT".encode("utf-16le"), "J003"),
    ("压缩.xlsx", bomb(), "J004"),
    ("大.xlsx", b"PK\x03\x04" + b"x" * (10 * 2**20), "J002"),
    ("网页.xls", b"<html><table></table></html>", "B001"),
    ("乱码.csv", b"\xff\xff\x00\x81", "B0"),
    ("空表.xlsx", workbook([Sheet("表", [[""]])]), "J001"),
    ("不是.xlsx", zipped(hello_dot_txt=b"hello"), "J004"),
]


def test_a_hostile_file_is_one_sentence(counter: TestClient, village: Village) -> None:
    before = size(village)
    for name, data, code in HOSTILE:
        answer = upload(counter, data, name)
        assert 400 <= answer.status_code < 500, name
        assert code in answer.text, name
    assert size(village) == before


def test_a_csv_of_balances_alone_comes_over_too() -> None:
    text = "科目编码,科目名称,期初借方,期初贷方\n101,库存现金,5.00,\n301,资本,,5.00\n"
    [one] = arrival.sheets(text.encode("gb18030"), "余额.csv")
    assert one.name == "余额"
    assert len(one.rows) == 3


def test_the_reader_knows_merged_cells_and_many_sheets() -> None:
    whole = [*sheets(), Sheet("合并", [["甲", "乙"], ["", "丙"]], [(0, 0, 1, 0)])]
    found = json.loads(reader.answer(workbook(whole)))
    assert [name for name, _, _ in found] == [one.name for one in whole]
    assert found[-1][2] == [[0, 0, 1, 0]]


def test_the_template_reads_back_as_empty(counter: TestClient) -> None:
    answer = counter.get(f"{ROOM}/template.xlsx")
    assert counter.get(f"{ROOM}/template.xlsx").content == answer.content
    found = arrival.sheets(answer.content, "模板.xlsx")
    assert [one.name for one in found] == ["说明", *(form.name for form in FORMS)]
    heads = [cell.rstrip("*") for cell in found[1].rows[2]]
    assert heads == [column.title for column in FORMS[0].columns]
    text = upload(counter, answer.content).text
    assert "一个科目也没有" in text
    assert "有 1 处错误" in re.sub(r"\s+", " ", text)
    page = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_name("合同")
    assert page.to_python()[3][-1] == "示例"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        xml = packed.read("xl/worksheets/sheet4.xml").decode()
    assert "<sheetProtection" in xml
    assert xml.count("<dataValidation ") == 8


def run(*args: object, say: str = "") -> Any:
    return CliRunner().invoke(cli.app, [str(one) for one in args], input=say)


def test_the_terminal_does_the_same(counter: TestClient, village: Village, tmp_path: Path) -> None:
    del counter  # it has set up the bookkeeper
    path = tmp_path / "建账表.xlsx"
    path.write_bytes(workbook(sheets()))
    args = ["import-opening", VILLAGE, path, "--day", "2024-01-01", "--data", tmp_path]
    first = run(*args)
    assert first.exit_code == 0, first.output
    assert "--choose '202 应付款=…'" in first.output
    assert "还不能提交" in first.output
    for key, value in ANSWERS.items():
        args += ["--choose", f"{key}={value}"]
    found = json.loads(run(*args, "--json").output)
    assert found["ready"]
    assert found["debit_fen"] == found["credit_fen"] == 661_300_00
    (tmp_path / "mingbai.toml").write_text('today = "2024-01-03"\n', "utf-8")
    before = size(village)[0]
    done = run(*args, "--commit", "book1", say=f"{PIN}\n")
    assert "已提交，期初凭证是事项" in done.output, done.output
    assert size(village)[0] > before
    again = run(*args, "--commit", "book1", say=f"{PIN}\n")
    assert "已经提交过" in again.output
    path.write_bytes(workbook(sheets(balances=BALANCES[:-2])))
    bad = run(*args)
    assert bad.exit_code == 1
    assert "错误" in bad.output
    for wrong in (["--day", "昨天"], ["--regime", "1999"], ["--choose", "没有等号"]):
        answer = run(*args, *wrong)
        assert isinstance(answer.exception, Refusal)
        assert answer.exception.code == "J006"
    blank = tmp_path / "空白.xlsx"
    assert run("opening-template", VILLAGE, "--data", tmp_path, "--out", blank).exit_code == 0
    assert blank.read_bytes().startswith(b"PK")

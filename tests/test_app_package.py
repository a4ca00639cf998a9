"""The package of a village: whole, verifiable, the same every time, and nobody else's."""

import csv
import hashlib
import io
import json
import zipfile
from collections import defaultdict
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient
from sample import Village, found, opening, payment
from test_app_staff import XIAOHE, enter, keeper

from app import database, package
from approvals.verify import verify
from ledger import papers
from ledger.legs import store as legs
from ledger.money import parse_yuan
from ledger.posted import store as posted
from ledger.voucher import Paper

ADDRESS = f"/desk/{XIAOHE}/package.zip"
YEAR = ("2021-01", "2021-12")
ASK = f"{ADDRESS}?first={YEAR[0]}&last={YEAR[1]}"


@pytest.fixture
def taken(counter: TestClient) -> zipfile.ZipFile:
    keeper(counter)
    answer = counter.get(ASK)
    assert answer.status_code == 200
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_the_manifest_names_every_file_by_its_digest(taken: zipfile.ZipFile) -> None:
    files = json.loads(taken.read("manifest.json"))["files"]
    assert {*files, "manifest.json"} == set(taken.namelist())
    for name, told in files.items():
        data = taken.read(name)
        assert told == {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    for folder in ("books/", "ledgers/", "statements/", "interface/"):
        assert any(name.startswith(folder) for name in files), folder


def test_the_books_in_it_are_good_and_a_changed_one_is_not(
    taken: zipfile.ZipFile, tmp_path: Path
) -> None:
    taken.extractall(tmp_path)
    folder = tmp_path / "books" / XIAOHE
    assert verify(folder).good
    month = next(folder.rglob("2021-05.beancount"))
    month.write_text(month.read_text("utf-8").replace("0.00 CNY", "1.00 CNY", 1), "utf-8")
    assert not verify(folder).good


def test_the_same_books_give_the_same_bytes(counter: TestClient) -> None:
    keeper(counter)
    assert counter.get(ASK).content == counter.get(ASK).content


def test_the_interface_tables_sum_up_to_the_books(
    counter: TestClient, taken: zipfile.ZipFile
) -> None:
    root = ET.fromstring(taken.read("interface/总账.xml"))  # noqa: S314 - our own file
    vouchers = [{cell.tag: cell.text or "" for cell in row} for row in root.iter("记账凭证")]
    balances = [
        {cell.tag: cell.text or "" for cell in row} for row in root.iter("科目余额及发生额")
    ]
    with counter.app.state.room.engine.connect() as conn:  # type: ignore[attr-defined]
        items = posted.vouchers(conn, XIAOHE, *YEAR)
        moved = legs.monthly(conn, XIAOHE, *YEAR)
        closing = legs.balances(conn, XIAOHE, YEAR[1])
    entered = [item for item in items if item.voucher.kind != "opening"]
    assert len(vouchers) == sum(len(item.voucher.legs) for item in entered) > 0
    assert {row["记账凭证编号"] for row in vouchers} == {str(item.number) for item in entered}
    assert all(row["制单人"] and row["审核人"] and row["记账人"] for row in vouchers)
    for rows in (vouchers, balances):
        sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        for row in rows:
            key = f"{row['会计年度']}-{row['会计期间号']}", row["科目编号"]
            sums[key][0] += parse_yuan(row["借方本币金额"])
            sums[key][1] += parse_yuan(row["贷方本币金额"])
        summed = {key: tuple(both) for key, both in sums.items() if both != [0, 0]}
        told = {
            (period, code): tuple(change)
            for period, month in moved.items()
            for code, change in month.items()
            if tuple(change) != (0, 0)
        }
        assert summed == told
    ends = {
        row["科目编号"]: (1 if row["期末余额方向"] == "借" else -1)
        * parse_yuan(row["期末本币余额"])
        for row in balances
        if row["会计期间号"] == "12"
    }
    assert {code: fen for code, fen in ends.items() if fen} == closing


def test_papers_are_of_this_village_and_these_months(village: Village, tmp_path: Path) -> None:
    other = Village(village.engine, village.root, "510802-sandui-linxi")
    with village.engine.begin() as conn:
        found(conn, other, "邻溪村")
    brought = {}
    for place, month, data in ((village, 1, b"one"), (village, 2, b"two"), (other, 1, b"three")):
        place.post(opening(place.code)) if month == 1 else None
        digest = papers.save(tmp_path / "kept", data)
        brought[data] = digest
        day = date(2021, month, 12)
        place.on(day)
        proof = (Paper(digest, "发票", ""),)
        place.post(payment(day, 500 + month, place.code, papers=proof))
    target = tmp_path / "one.zip"
    folders = (village.root, tmp_path / "kept")
    with database.read(village.engine) as conn:
        package.write(conn, village.code, ("2021-01", "2021-01"), folders, target)
    with zipfile.ZipFile(target) as archive:
        names = [name for name in archive.namelist() if name.startswith("papers/")]
        assert names == [f"papers/{brought[b'one']}.bin"]
        assert archive.read(names[0]) == b"one"
        assert other.code not in "".join(archive.namelist())
    damaged = next((tmp_path / "kept").rglob(brought[b"one"]))
    damaged.write_bytes(b"other")
    with database.read(village.engine) as conn, pytest.raises(papers.DamagedPaper):
        package.write(conn, village.code, ("2021-01", "2021-01"), folders, target)


def test_each_invoice_says_how_it_was_booked(village: Village, tmp_path: Path) -> None:
    village.post(opening())
    digest = papers.save(tmp_path / "kept", b"an invoice")
    village.on(date(2021, 1, 12))
    proof = (Paper(digest, "发票.xml", "26512000000000123456", "invoice"),)
    village.post(payment(date(2021, 1, 12), 50_000, papers=proof))
    target = tmp_path / "one.zip"
    with database.read(village.engine) as conn:
        folders = (village.root, tmp_path / "kept")
        package.write(conn, village.code, ("2021-01", "2021-12"), folders, target)
    with zipfile.ZipFile(target) as archive:
        root = ET.fromstring(archive.read(f"booked/2021-付-0001-{digest[:16]}.xml"))  # noqa: S314
        listed = list(csv.DictReader(io.StringIO(archive.read("archive.csv").decode("utf-8-sig"))))
        names = set(archive.namelist())
    assert root.findtext("电子凭证号码") == "26512000000000123456"
    assert root.findtext("电子凭证摘要值") == digest
    assert root.findtext("记账人") == "账小田"
    told = [(leg.findtext("科目编号"), leg.findtext("借方金额")) for leg in root.iter("分录")]
    assert told == [("514", "500.00"), ("102.01", "0.00")]
    assert {row["文件"] for row in listed} == names - {"manifest.json", "archive.csv"}
    terms = {row["文件"].partition("/")[0]: (row["门类"], row["保管期限"]) for row in listed}
    assert terms["statements"] == ("财务会计报告", "永久")
    assert terms["papers"] == ("会计凭证", "30年")


def test_bookkeeper_and_auditor_take_it_and_nobody_else(counter: TestClient) -> None:
    enter(counter, "audit1")
    assert counter.get(ASK).status_code == 200
    empty = counter.get(f"{ADDRESS}?first=1999-01&last=1999-02")
    assert (empty.status_code, "W313" in empty.text) == (404, True)
    for name in ("cash1", "xiaohe-sup1"):
        enter(counter, name)
        assert counter.get(ASK).status_code == 403, name
    counter.cookies.clear()
    assert counter.get(ASK).status_code == 401

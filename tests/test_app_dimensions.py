"""Dimensions that a village defines: chosen in the voucher, signed, shown, exported."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sample import VILLAGE, Village, opening, payment
from test_app_drafting import fields
from test_app_staff import XIAOHE, enter, keeper, voucher

from app import database, drafts, ledgers, package
from app.ledgers import Asked
from app.web import draft
from approvals.cases import open_cases
from approvals.submission import BadReversal
from approvals.verify import verify
from ledger import closing
from ledger.book import files
from ledger.chart import standard
from ledger.posted import store as posted
from ledger.registers.dimensions import BadDimension, Dimension, NoValue, Value, chosen, search
from ledger.registers.dimensions import store as dimensions
from ledger.voucher import BadVoucher, Dim, Voucher, check, from_body

GROUP = Dimension("group", "村民小组", "Group", accounts=("513", "514"))
GROUPS = [Value("01", "一组"), Value("02", "重楼组"), Value("03", "三组", None, date(2021, 6, 30))]
DAY = date(2021, 5, 12)
PAGE = f"/desk/{XIAOHE}/dimensions"


def test_a_value_is_found_by_code_name_and_every_reading() -> None:
    assert (
        search(GROUPS, "02") == search(GROUPS, "02 旧名") == search(GROUPS, "重楼") == [GROUPS[1]]
    )
    assert search(GROUPS, "clz") == search(GROUPS, "ZLZ") == [GROUPS[1]]
    known = {GROUP: GROUPS}
    assert chosen(known, {"group": "sz"}, DAY, 1) == (Dim("group", "村民小组", "03", "三组"),)
    for text, day, why in (
        ("组", DAY, "可能是01 一组、02 重楼组、03 三组"),
        ("03", date(2021, 7, 1), "没有启用或已停用"),
        ("九组", DAY, "没有“九组”"),
    ):
        with pytest.raises(NoValue, match=why):
            chosen(known, {"group": text}, day, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        GROUP._replace(code="Group"),
        GROUP._replace(code="a" * 17),
        GROUP._replace(zh=""),
        GROUP._replace(source="nothing"),
        GROUP._replace(accounts=("999",)),
        GROUP._replace(first=DAY, last=date(2021, 1, 1)),
    ],
)
def test_a_dimension_that_cannot_be_is_refused(village: Village, wrong: Dimension) -> None:
    with village.engine.begin() as conn, pytest.raises(BadDimension):
        dimensions.keep(conn, VILLAGE, wrong)


def test_a_leg_of_no_dimension_has_the_bytes_it_always_had() -> None:
    plain = payment(DAY, 30_000)
    assert plain.body()["legs"][0].keys() == {"account", "fen", "summary"}
    dim = Dim("group", "村民小组", "01", "一组")
    legs = (plain.legs[0]._replace(dims=(dim,)), *plain.legs[1:])
    body = {**plain.body(), "legs": [leg.body() for leg in legs]}
    assert from_body(body).legs == legs
    assert from_body(body).digest() != plain.digest()
    empty = {**body, "legs": [{**leg.body(), "dims": []} for leg in plain.legs]}
    with pytest.raises(BadVoucher):
        from_body(empty)


@pytest.fixture
def marked(village: Village) -> Village:
    """A village with a payment of the second group in its books."""
    with village.engine.begin() as conn:
        dimensions.keep(conn, VILLAGE, GROUP)
        dimensions.keep_values(conn, VILLAGE, "group", GROUPS)
    village.post(opening())
    village.on(DAY)
    village.post(_typed(village, {"dim_group_0": "clz"}))
    return village


def _typed(village: Village, more: dict[str, str]) -> Voucher:
    with village.engine.connect() as conn:
        known = dimensions.known(conn, VILLAGE)
    plain = payment(DAY, 30_000)
    return draft.drafted({**drafts.typed(plain), "village": VILLAGE, **more}, plain, known)


def test_it_is_signed_shown_in_books_ledgers_and_export(marked: Village, tmp_path: Path) -> None:
    with marked.engine.connect() as conn:
        files.project(conn, VILLAGE, marked.root, ("2021-05",))
    text = (marked.root / VILLAGE / "2021/2021-05.beancount").read_text("utf-8")
    assert '\n    dim-group: "02 重楼组"\n' in text
    verdict = verify(marked.root / VILLAGE)
    assert verdict.good, verdict
    with marked.engine.begin() as conn:
        want = Asked("auxiliary", "2021-01", "2021-12", by="dim-group")
        found = ledgers.ledger(conn, VILLAGE, want).ledger
        rows = [line.cells for line in found.lines]
        assert rows[0][0] == "02 重楼组"
        assert rows[-1] == ("合计", "", 1, 30_000, 0)
        one = ledgers.ledger(conn, VILLAGE, want._replace(value="02 重楼组")).ledger
        assert [line.cells[4] for line in one.lines] == [30_000]
        # A list may say another name later: the ledger shows it, what was signed stays.
        dimensions.keep_values(conn, VILLAGE, "group", [Value("02", "重楼村民小组")])
        again = ledgers.ledger(conn, VILLAGE, want).ledger
        assert next(iter(again.lines)).value == "02 重楼村民小组"
    target = tmp_path / "one.zip"
    with database.read(marked.engine) as conn:
        package.write(conn, VILLAGE, ("2021-05", "2021-05"), (marked.root, tmp_path), target)
    with zipfile.ZipFile(target) as archive:
        table = archive.read("interface/记账凭证辅助核算.csv").decode("utf-8-sig")
        assert "ledgers/辅助核算-group.xlsx" in archive.namelist()
    (row,) = list(csv.DictReader(io.StringIO(table)))
    assert (row["档案值编码"], row["档案值名称"], row["记账凭证行号"]) == ("02", "重楼组", "1")


def test_a_red_letter_bears_what_its_original_did(marked: Village) -> None:
    with marked.engine.connect() as conn:
        item = posted.vouchers(conn, VILLAGE, "2021-05", "2021-05")[-1]
    red = closing.red(item.voucher, item.number, DAY)
    assert red.legs[0].dims == item.voucher.legs[0].dims != ()
    bare = replace(red, legs=tuple(leg._replace(dims=()) for leg in red.legs))
    with pytest.raises(BadReversal):
        marked.submit(bare)
    assert draft.mirrored(bare, item.voucher) == red
    marked.post(red)


def test_from_the_page_to_the_case_without_script(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    form = {"csrf": csrf, "code": "group", "zh": "村民小组", "en": "Group", "source": "list"}
    assert "W660" in counter.post(PAGE, data={**form, "code": "小组"}).text
    assert counter.post(PAGE, data={**form, "everywhere": "yes"}).status_code == 200
    lines = {"csrf": csrf, "code": "group", "lines": "01 一组\n02 重楼组\n"}
    assert "重楼组" in counter.post(f"{PAGE}/values", data=lines).text
    assert "W660" in counter.post(f"{PAGE}/values", data={**lines, "code": "none"}).text
    assert counter.get(f"{PAGE}.json").json()[0]["values"][1]["letters"][0] == "ctz"
    sent = voucher(csrf=csrf, dim_group_0="zlz")
    wrong = counter.post(f"/desk/{XIAOHE}/submit", data={**sent, "dim_group_1": "九组"})
    assert "W661" in wrong.text
    assert fields(wrong.text, f'{XIAOHE}/submit"')["dim_group_1"] == "九组"
    counter.post(f"/desk/{XIAOHE}/submit", data=sent)
    place = counter.app.state.room  # type: ignore[attr-defined]
    with place.engine.connect() as conn:
        one = next(c for c in open_cases(conn, XIAOHE) if c.voucher.summary == "购买办公用纸")
    assert [str(dim) for dim in one.voucher.legs[0].dims] == ["02 重楼组"]
    assert "村民小组：02 重楼组" in counter.get(f"/case/{XIAOHE}/{one.case}").text
    amended = counter.get(f"/desk/{XIAOHE}/voucher?case={one.case}").text
    assert fields(amended, f'{XIAOHE}/submit"')["dim_group_0"] == "02 重楼组"
    enter(counter, "xiaohe-sup1")
    assert counter.get(PAGE).status_code == 200
    assert counter.post(PAGE, data=form).status_code == 403


def test_a_voucher_whose_dimensions_are_in_disorder_is_refused() -> None:
    plain = payment(DAY, 30_000)
    chart = standard().with_details([("102.01", "基本户")])
    dim = Dim("group", "村民小组", "01", "一组")
    for dims in ((dim, dim), (dim, dim._replace(code="a")), (dim._replace(value=""),)):
        legs = (plain.legs[0]._replace(dims=dims), *plain.legs[1:])
        with pytest.raises(BadVoucher):
            check(from_body({**plain.body(), "legs": [leg.body() for leg in legs]}), chart)

"""Vouchers, approval forms, statements, rolls and slips: each figure on paper, same bytes twice."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from python_calamine import CalamineWorkbook
from test_reports_paper import sound
from test_reports_sheet import text_of

from approvals.cases import Mark
from ledger.chart import standard
from ledger.distribution import Holding, allot
from ledger.money import capital, yuan
from ledger.statements import Row as Line
from ledger.statements import Statement as Form
from ledger.voucher import Leg, Number, Paper, Party, Voucher
from reports import paper as papers
from reports import roll_pdf, slips_pdf, statement_pdf, voucher_pdf
from reports.roll import Extra, a_share
from reports.roll_xlsx import roll_xlsx
from reports.statement_xlsx import statement_xlsx
from reports.voucher_month import Bound, month_print

UNIT = "井田村股份经济合作社"
CHART = standard().with_details([("102.01", "三堆信用社基本户")])
NUMBER = Number(2021, "payment", 12)
VOUCHER = Voucher(
    "v", "payment", date(2021, 5, 3), "支付道路路面修补水泥、河沙款", "road",
    (Leg("513", 12_345_650, "修补水泥款"), Leg("102.01", -12_345_650, "修补水泥款")),
    "钱二木", Party("山水建材经营部", "6214000000001234567", "三堆信用社"),
    (Paper("ab" * 32, "增值税发票", "04412345"),), 2, resolution="第3次村民代表会议决议",
)  # fmt: skip
AT = "2021-05-04T10:20:00+08:00"
MARKS = (
    Mark(1, "制单", "p1", "账小田", "代理会计", AT, "pin", "approve", "", 1),
    Mark(1, "村两委商议", "p2", "书小记", "", AT, "paper", "approve", "赞成 7 票", 2),
    Mark(1, "第一书记审签", "p3", "驻小村", "第一书记", AT, "passkey", "return", "补照片", 3),
    Mark(1, "记账", "p1", "账小田", "代理会计", AT, "pin", "approve", "", 4),
)


@pytest.fixture(autouse=True)
def nothing_overlaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold every paper of this module against overlaps before it is drawn."""
    drawn = papers.Paper.drawn

    def checked(self: papers.Paper, *given: Any) -> papers.Print:
        done = drawn(self, *given)
        sound(self)
        return done

    monkeypatch.setattr(papers.Paper, "drawn", checked)


def test_a_voucher_names_who_signed() -> None:
    pdf = voucher_pdf.voucher_pdf(UNIT, NUMBER, VOUCHER, CHART, MARKS)
    text = text_of(pdf)
    assert pdf == voucher_pdf.voucher_pdf(UNIT, NUMBER, VOUCHER, CHART, MARKS)
    for part in (
        UNIT, "2021年5月3日", "2021-付-0012", "附单据2张", "513管理费用", "102银行存款",
        "三堆信用社基本户", capital(12_345_650), "制单：账小田", "记账：账小田", "出纳：",
    ):  # fmt: skip
        assert part in text
    assert text.count("123,456.50") == 4
    assert text.count("√") == 2


def test_a_red_letter_voucher_is_negative_on_its_own_side() -> None:
    legs = tuple(leg._replace(fen=-leg.fen) for leg in VOUCHER.legs)
    red = replace(VOUCHER, legs=legs, reverses="2021-付-0012")
    text = text_of(voucher_pdf.voucher_pdf(UNIT, NUMBER, red, CHART))
    assert text.count("-123,456.50") == 4
    assert "冲销2021-付-0012" in text
    assert "√" not in text
    row = voucher_pdf._leg(red.legs[0], CHART, posted=False, red=True)
    assert row.cells[3:5] == ("-123,456.50", "")
    blue = replace(VOUCHER, corrects="2021-付-0011")
    assert "更正2021-付-0011" in text_of(voucher_pdf.voucher_pdf(UNIT, NUMBER, blue, CHART))


def test_a_voucher_of_many_legs_and_a_long_unit_turns_pages() -> None:
    legs = tuple(Leg("102.01", fen, "期初余额" * 6) for fen in (10**13, -(10**13))) * 15
    many = replace(VOUCHER, legs=legs)
    done = voucher_pdf.voucher_print(UNIT * 3, NUMBER, many, CHART, MARKS)
    assert done.pages > 2
    text = text_of(done.pdf)
    # No page without entries, the signers under each, and each sheet numbered in fractions.
    assert text.count("摘要总账科目") == text.count("制单：账小田") == done.pages
    assert [f"第{at}/{done.pages}张" in text for at in range(1, done.pages + 1)] == [
        True
    ] * done.pages
    assert "第1/1张" not in text_of(voucher_pdf.voucher_pdf(UNIT, NUMBER, VOUCHER, CHART))


@pytest.mark.parametrize("count", range(2, 46))
def test_no_sheet_of_a_voucher_is_without_entries(count: int) -> None:
    legs = (*(Leg("513", 100, "误工补助" * 15) for _ in range(count - 1)),)
    whole = replace(VOUCHER, legs=(*legs, Leg("102.01", -100 * len(legs), "")))
    made = voucher_pdf.voucher_pages(UNIT, NUMBER, whole, CHART, MARKS)
    for page in made.pages:
        said = [mark.text for mark in page if isinstance(mark, papers.Word)]
        assert any(one in {"513 管理费用", "102 银行存款"} for one in said)
        assert sum(one.startswith("制单") for one in said) == 1


def test_who_checked_a_payment_stands_in_its_place() -> None:
    mark = Mark(1, "镇农业服务中心审核", "p4", "农小服", "", AT, "pin", "approve", "", 5)
    text = text_of(voucher_pdf.voucher_pdf(UNIT, NUMBER, VOUCHER, CHART, (*MARKS, mark)))
    assert "会计主管：农小服" in text
    assert "复核：农小服" in text
    reviewer = mark._replace(title="代理复核", name="复小核")
    text = text_of(voucher_pdf.voucher_pdf(UNIT, NUMBER, VOUCHER, CHART, (mark, reviewer)))
    assert "复核：复小核" in text


def test_a_month_is_bound_two_to_a_page_behind_its_cover() -> None:
    rare = replace(VOUCHER, legs=(Leg("513", 5, "付䶮工资"), Leg("102.01", -5, "")))
    bound = [
        Bound(NUMBER, VOUCHER, MARKS),
        Bound(Number(2021, "payment", 2), rare, ()),
        Bound(Number(2021, "receipt", 1), VOUCHER, ()),
    ]
    done = month_print(UNIT, "2021-05", CHART, bound)
    assert done.pages == 2
    assert done.missing == ("䶮",)
    assert month_print(UNIT, "2021-05", CHART, bound) == done
    pdf = pypdfium2.PdfDocument(done.pdf)
    assert [round(side) for side in pdf[0].get_size()] == [595, 842]
    text = text_of(done.pdf)
    for part in (
        "会计凭证封面", "2021年5月", "付字第0002号至第0012号共2张", "收字第0001号至第0001号",
        "记账凭证共3张附单据共6张", "装订人：",
    ):  # fmt: skip
        assert part in text
    order = [text.index(f"{number}附单据") for number in ("收-0001", "付-0002", "付-0012")]
    assert order == sorted(order)


def test_an_approval_form_says_what_was_signed() -> None:
    pdf = voucher_pdf.approval_pdf(UNIT, "c-1", VOUCHER, MARKS, "https://example.org/c", "剩2万")
    text = text_of(pdf)
    digest = VOUCHER.digest()
    for part in (
        "￥123,456.50", f"人民币{capital(12_345_650)}", "山水建材经营部", "6214000000001234567",
        "三堆信用社", "增值税发票", "04412345", "退回：补照片", "同意：赞成7票", "已办",
        "密钥签字", "纸质签字", "2021-05-0410:20", "第3次村民代表会议决议", "剩2万",
        digest[:32], digest[32:],
    ):  # fmt: skip
        assert part in text
    bare = replace(VOUCHER, payee=None, papers=())
    assert "没有。" in text_of(voucher_pdf.approval_pdf(UNIT, "c-1", bare, ()))


HOLDINGS = tuple(
    Holding(
        f"h{no:03d}", f"{no % 12 + 1}组", f"户{'一二三四五六七'[no % 7]}山",
        no % 6 + 1, no % 5 + 1, "4321",
    )
    for no in range(100)
)  # fmt: skip
ROLL = allot(2021, 10_000_001, HOLDINGS)
EXTRAS = {"h003": Extra(500, "水费"), "h004": Extra(10**12, "代扣合作医疗保险费" * 12)}


def test_a_roll_holds_every_household_and_its_sums() -> None:
    pdf = roll_pdf.roll_pdf(UNIT, ROLL, EXTRAS)
    text = text_of(pdf)
    assert pdf == roll_pdf.roll_pdf(UNIT, ROLL, EXTRAS)
    assert all(yuan(row.fen) in text for row in ROLL.rows)
    assert "100,000.01" in text
    assert "合计100户" in text
    assert text.count("小计") == 12
    assert text.index("2组") < text.index("10组")
    assert "4321" not in text
    staff = text_of(roll_pdf.roll_pdf(UNIT, ROLL, EXTRAS, staff=True))
    assert staff.count("4321") == 100


def test_slips_tell_each_household_how_it_was_counted() -> None:
    done = slips_pdf.slips_print(UNIT, ROLL, EXTRAS, "0839-0000000")
    text = text_of(done.pdf)
    assert done.pages == 13
    assert text.count("分红通知单") >= 100
    assert all(f"应分{yuan(row.fen)}元" in text for row in ROLL.rows)
    assert "扣减5.00元（水费）" in text
    assert done.pdf == slips_pdf.slips_pdf(UNIT, ROLL, EXTRAS, "0839-0000000")


def test_a_slip_with_an_endless_name_ends_in_an_ellipsis() -> None:
    long = allot(2021, 100, [Holding("h", "1组", "买买提·" * 80, 1, 1, "")])
    assert "…" in text_of(slips_pdf.slips_pdf(UNIT, long))


def test_shares_in_words() -> None:
    assert a_share(Fraction(1234)) == "12.34"
    assert a_share(Fraction(12345, 7)) == "约 17.6357"


def test_a_roll_in_a_spreadsheet_has_numbers() -> None:
    data = roll_xlsx(UNIT, ROLL, EXTRAS, staff=True)
    assert data == roll_xlsx(UNIT, ROLL, EXTRAS, staff=True)
    rows = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows[2][-1] == "账户后四位"
    assert rows[-1][5] == 100_000.01
    assert len(rows) == 104
    public = CalamineWorkbook.from_filelike(BytesIO(roll_xlsx(UNIT, ROLL)))
    assert "4321" not in str(public.get_sheet_by_index(0).to_python())


LEFT = tuple(Line(n, f"资产第{n}行", n % 3, (n * 12345, -n)) for n in range(1, 25))
RIGHT = tuple(Line(n, f"负债第{n}行", 1, (n * 54321, None)) for n in range(25, 40))
BALANCE = Form(
    "会村01表", "资产负债表", ("期末余额", "年初余额"),
    (Line(None, "流动资产：", 0, (None, None)), *LEFT, Line(None, "流动负债：", 0, (None, None)),
     *RIGHT, Line(40, "负债和所有者权益总计", 0, (99_999_999_999, 1))),
)  # fmt: skip
INCOME = Form("会村02表", "收益及收益分配表", ("本年金额", "上年金额"), LEFT)
TRIAL = Form(
    "", "科目余额表", ("期初借方", "期初贷方", "本期借方", "本期贷方", "期末借方", "期末贷方"),
    tuple(Line(None, f"102.{n:02d} 银行存款", 1, (99_999_999_999,) * 6) for n in range(90)),
)  # fmt: skip


@pytest.mark.parametrize("form", [BALANCE, INCOME, TRIAL, BALANCE._replace(rows=LEFT)])
def test_statements_on_paper_and_in_cells(form: Form) -> None:
    pdf = statement_pdf.statement_pdf(UNIT, "2021年12月31日", form)
    text = text_of(pdf)
    assert pdf == statement_pdf.statement_pdf(UNIT, "2021年12月31日", form)
    assert form.form in text
    assert len(pypdfium2.PdfDocument(pdf)) == (1 if len(form.rows) < 50 else 4)
    data = statement_xlsx(UNIT, "2021年12月31日", form)
    assert data == statement_xlsx(UNIT, "2021年12月31日", form)
    cells = [
        cell
        for row in CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
        for cell in row
    ]
    for line in form.rows:
        assert line.label.replace(" ", "") in text
        for fen in line.values:
            if fen is not None:
                assert yuan(fen) in text
                assert fen / 100 in cells


def test_text_in_a_cell_is_never_a_formula() -> None:
    trap = Form("会村02表", "表", ("本年金额", "上年金额"), (Line(1, "=1+1", 0, (1, 2)),))
    rows = CalamineWorkbook.from_filelike(BytesIO(statement_xlsx(UNIT, "", trap)))
    assert rows.get_sheet_by_index(0).to_python()[3][0] == "=1+1"

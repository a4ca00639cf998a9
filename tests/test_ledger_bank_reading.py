"""Statements of rural banks: every layout read, every fault refused with its row."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.bank import Profile, read
from ledger.bank.cells import EmptyStatement, NotSpreadsheet, WrongEncoding, clean
from ledger.bank.fields import amount, clock, moment, name
from ledger.bank.layout import SameColumn, UnknownLayout, fingerprint, guess, letter
from ledger.bank.line import Line, keyed
from ledger.bank.reading import (
    BadAmount,
    BadDay,
    BrokenBalance,
    Exchanged,
    MixedAccounts,
    NoAccount,
    NotOneSide,
    WrongSum,
)
from ledger.bank.workbook import rows as workbook_rows
from ledger.refusal import Refusal

RURAL = """样例农村商业银行股份有限公司账户交易明细
账号：6210 9876 5432 1098,,户名：井田村股份经济合作联合社
币种：人民币,,开户行：样例农商行三堆支行
查询日期：2021-05-01 至 2021-05-31
交易日期,交易时间,流水号,摘要,借方发生额(元),贷方发生额(元),账户余额,对方户名,对方账号,对方行名,附言
2021-05-03,10:22:31,000123,转账,"1,200.00",,"98,800.00",甲,6217,农行,电费
2021-05-04,,000124,转账,,"５００.00","99,300.00",乙,6218,邮储,租金
合计,,,,"1,200.00",500.00,,,,
打印时间：2021-06-01 09:00:00
"""
GOOD = ["2021-05-03", "1", "", "3", "", "7", ""]
HEAD = ["交易日期", "流水号", "摘要", "借方", "贷方", "余额", "对方户名"]


def table(*rows: Sequence[str], head: Sequence[str] | None = ("账号", "6210001")) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([head, *rows] if head else rows)
    return buffer.getvalue().encode("gb18030")


def test_rural_layout_reads_whole() -> None:
    statement = read(RURAL.encode("gb18030"), "五月.csv")
    assert statement.account == "6210987654321098"
    assert statement.holder == "井田村股份经济合作联合社"
    assert statement.bank == "样例农商行三堆支行"
    assert (statement.opening_fen, statement.closing_fen) == (100_000_00, 99_300_00)
    first, second = statement.lines
    assert first[:11] == (
        date(2021, 5, 3), "10:22:31", "000123", "转账", 120000, 0, 9880000,
        "甲", "6217", "农行", "电费",
    )  # fmt: skip
    assert (second.in_fen, second.time, second.side, second.fen) == (50000, "", "in", 50000)
    assert first.side == "out"
    assert len({line.key for line in statement.lines}) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_give_the_same_lines(encoding: str) -> None:
    assert read(RURAL.encode(encoding), "a.csv") == read(RURAL.encode("gb18030"), "b.csv")


def test_short_gbk_file_is_not_guessed_wrong() -> None:
    data = table(["日期", "借方", "贷方", "余额", "对方户名"], ["2021-5-3", "", "1", "1", "田一禾"])
    assert read(data, "短.csv").lines[0].party == "田一禾"


def test_newest_first_comes_back_oldest_first() -> None:
    rows = [
        ["2021/5/4", "2", "", "0", "5.00", "13.00", ""],
        ["2021/5/3", "1", "", "2.00", "", "8.00", ""],
    ]
    statement = read(table(HEAD, *rows), "a.csv")
    assert [line.serial for line in statement.lines] == ["1", "2"]
    assert (statement.opening_fen, statement.closing_fen) == (1000, 1300)


def test_newest_first_within_one_day_is_told_by_the_balance() -> None:
    rows = [
        ["20210503", "2", "", "", "5.00", "13.00", ""],
        ["20210503", "1", "", "2.00", "", "8.00", ""],
    ]
    assert [line.serial for line in read(table(HEAD, *rows), "a.csv").lines] == ["1", "2"]


def test_one_signed_column() -> None:
    head = ["记账日期", "交易金额", "余额", "附言"]
    data = table(head, ["2021.05.03", "-30.5", "69.5", "电费"], ["2021.05.04", "+10", "79.5", ""])
    assert [(line.out_fen, line.in_fen) for line in read(data, "a.csv").lines] == [
        (3050, 0),
        (0, 1000),
    ]


@pytest.mark.parametrize(
    ("out", "into"), [("支", "收"), ("借", "贷"), ("D", "C"), ("支出", "收入")]
)
def test_one_column_with_a_mark(out: str, into: str) -> None:
    head = ["日期", "收/支", "金额", "余额"]
    data = table(
        head, ["2021年5月3日", out, "30.50", "69.50"], ["2021年5月4日", into, "10", "79.5"]
    )
    assert [(line.out_fen, line.in_fen) for line in read(data, "a.csv").lines] == [
        (3050, 0),
        (0, 1000),
    ]


def test_mark_and_minus_say_it_twice() -> None:
    data = table(["日期", "收支", "金额", "余额"], ["2021-05-03", "支", "-30.50", "69.50"])
    assert read(data, "a.csv").lines[0].out_fen == 3050


def test_unknown_mark_is_refused_with_its_row() -> None:
    data = table(["日期", "收支", "金额", "余额"], ["2021-05-03", "冲", "30.50", "69.50"])
    with pytest.raises(NotOneSide, match="第 3 行"):
        read(data, "a.csv")


def test_red_entry_of_the_bank_moves_the_other_way() -> None:
    data = table(
        HEAD,
        ["2021-05-03", "1", "", "30", "", "70", ""],
        ["2021-05-03", "2", "冲正", "-30", "", "100", ""],
    )
    assert [line.side for line in read(data, "a.csv").lines] == ["out", "in"]


def test_header_of_two_rows_with_merged_cells() -> None:
    data = table(
        ["交易日期", "摘要", "交易金额", "", "余额", "对方信息", ""],
        ["", "", "借方", "贷方", "", "户名", "账号"],
        ["2021-05-03", "转账", "3.00", "", "7.00", "甲", "0621"],
    )
    line = read(data, "a.csv").lines[0]
    assert (line.out_fen, line.party, line.party_account, line.balance_fen) == (
        300,
        "甲",
        "0621",
        700,
    )


def test_english_second_header_row_is_passed_over() -> None:
    data = table(
        ["交易日期", "借方", "贷方", "余额"],
        ["Date", "Debit", "Credit", "Balance"],
        ["2021-05-03", "3.00", "", "7.00"],
    )
    assert read(data, "a.csv").lines[0].out_fen == 300


def test_date_and_time_columns_side_by_side() -> None:
    data = table(
        ["交易日期", "交易时间", "借方", "贷方", "余额"],
        ["20210503", "2021-05-03 08:01:02", "3.00", "", "7.00"],
        ["20210503", "93015", "3.00", "", "4.00"],
    )
    assert [line.time for line in read(data, "a.csv").lines] == ["08:01:02", "09:30:15"]


def test_profile_overrides_names_account_and_view() -> None:
    profile = Profile(
        "合作社存折",
        columns={"day": "起息日", "out": "减少", "in": "增加"},
        account="777",
        holder="小河村",
        bank="样例信用社",
    )
    data = table(["起息日", "减少", "增加", "余额"], ["2021-05-03", "3", "", "7"], head=("样例",))
    statement = read(data, "a.csv", profile)
    assert (statement.account, statement.holder, statement.bank) == ("777", "小河村", "样例信用社")
    assert statement.lines[0].out_fen == 300
    data = table(HEAD, GOOD, ["合计", "", "", "3"])
    own = read(data, "a.csv", Profile("本方记账", own_view=True))
    assert own.lines[0].in_fen == 300


def test_own_view_with_a_mark() -> None:
    data = table(["日期", "借贷标志", "金额", "余额"], ["2021-05-03", "借", "3", "7"])
    assert read(data, "a.csv", Profile("本方记账", own_view=True)).lines[0].in_fen == 300


def workbook(kind: str) -> bytes:
    rows = [
        ["账号", "", "户名", ""],
        ["6210001", "", "井田村", ""],
        ["打印时间", time(9, 30)],
        ["交易日期", "借方", "贷方", "余额", "附言"],
        [
            datetime(2021, 5, 3, 9, 30),  # noqa: DTZ001 - a spreadsheet knows no zone
            1200.1,
            "",
            98799.9,
            "电费",
        ],
        [date(2021, 5, 4), "", 0.1 + 0.2, 98800.2, "租金"],
    ]
    buffer = io.BytesIO()
    if kind == "xls":
        book, style = xlwt.Workbook(encoding="utf-8"), xlwt.XFStyle()
        style.num_format_str = "yyyy-mm-dd hh:mm:ss"
        book.add_sheet("空")
        sheet = book.add_sheet("明细")
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                sheet.write(r, c, value, style) if isinstance(value, date | time) else sheet.write(
                    r, c, value
                )
        book.save(buffer)
    else:
        book = xlsxwriter.Workbook(buffer, {"in_memory": True})
        style = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        book.add_worksheet("空")
        sheet = book.add_worksheet("明细")
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, date | time):
                    sheet.write_datetime(r, c, value, style)
                else:
                    sheet.write(r, c, value)
        book.close()
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["xls", "xlsx"])
def test_workbooks(kind: str) -> None:
    statement = read(workbook(kind), "随便什么名字.csv")
    assert (statement.account, statement.holder) == ("6210001", "井田村")
    first, second = statement.lines
    assert (first.day, first.time, first.out_fen) == (date(2021, 5, 3), "09:30:00", 120010)
    assert (second.in_fen, second.purpose) == (30, "租金")


def empty_workbook() -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    book.add_sheet("空")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_empty_workbook_is_refused() -> None:
    with pytest.raises(EmptyStatement):
        read(empty_workbook(), "空.xls")


def test_tab_separated_text_named_xls() -> None:
    data = "账号\t6210001\n日期\t借方\t贷方\t余额\n2021-05-03\t3,000.00\t\t7.00\n".encode("gb18030")
    assert read(data, "明细.xls").lines[0].out_fen == 300000


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"%PDF-1.4 not a table", "网页"),
        (b"<html><table></table></html>", "网页"),
        (b"PK\x03\x04 broken", "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "损坏"),
        (b"day,\0,x", "网页"),
    ],
)
def test_not_a_spreadsheet(data: bytes, why: str) -> None:
    with pytest.raises(NotSpreadsheet, match=why):
        read(data, "明细.xls")


def far_corner(row: int, column: str) -> bytes:
    """Return a workbook of two cells, one far away: few bytes that ask for much memory."""
    plain, bomb = io.BytesIO(), io.BytesIO()
    book = xlsxwriter.Workbook(plain, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write(0, 0, "账号")
    sheet.write(1, 0, "6210001")
    book.close()
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(bomb, "w") as target:
        for part in source.infolist():
            text = source.read(part)
            text = text.replace(b'<row r="2"', f'<row r="{row}"'.encode())
            target.writestr(part.filename, text.replace(b'r="A2"', f'r="{column}{row}"'.encode()))
    return bomb.getvalue()


def test_a_workbook_that_ends_its_reader_ends_in_a_sentence() -> None:
    with pytest.raises(NotSpreadsheet, match="B001"):
        read(far_corner(1048576, "XFD"), "明细.xlsx")


def test_a_sheet_beyond_bounds_is_not_taken() -> None:
    with pytest.raises(ValueError, match="Sheet1"):
        workbook_rows(far_corner(3000, "ABC"))


def test_the_reader_shows_cells_as_the_bank_wrote_them() -> None:
    for kind in ("xls", "xlsx"):
        table = workbook_rows(workbook(kind))
        assert table[2][:2] == ["打印时间", "09:30:00"]
        assert table[4][:2] == ["2021-05-03 09:30:00", "1200.1"]
        assert table[5][2] == "0.3"
    assert workbook_rows(empty_workbook()) == []


def test_an_unclosed_quotation_mark_is_refused() -> None:
    data = table(HEAD, GOOD) + '2021-05-04,2,"转,3,,4,\n2021-05-05,3,,1,,3,\n'.encode("gb18030")
    with pytest.raises(NotSpreadsheet, match="引号"):
        read(data, "a.csv")


def test_a_remark_of_two_lines_stays_in_its_cell() -> None:
    row = ["2021-05-04", "2", "转账\n第二行", "3", "", "4", ""]
    assert read(table(HEAD, GOOD, row), "a.csv").lines[1].summary == "转账 第二行"


def test_too_large_is_refused() -> None:
    with pytest.raises(NotSpreadsheet, match="20 MB"):
        read(b"a," * (11 * 2**20), "a.csv")


def test_wrong_encoding_is_refused() -> None:
    with pytest.raises(WrongEncoding, match="B002"):
        read(b"\xff\x80,\x81\x20\xff", "a.csv")
    with pytest.raises(WrongEncoding):
        read(b"\xef\xbb\xbf\xff\xff", "a.csv")


@pytest.mark.parametrize("data", [b"", b" \r\n ", table(HEAD), table(HEAD, ["合计", "", "", "0"])])
def test_nothing_in_it_is_refused(data: bytes) -> None:
    with pytest.raises(EmptyStatement, match="没有一笔"):
        read(data, "a.csv")


def test_unknown_layout_says_what_it_found_and_missed() -> None:
    with pytest.raises(UnknownLayout) as caught:
        read(table(["日期", "摘要", "数目"], ["2021-05-03", "", "3"]), "a.csv")
    assert "日期、摘要" in str(caught.value)
    assert "余额" in str(caught.value).partition("还缺")[2]
    assert "发生额" in str(caught.value)
    with pytest.raises(UnknownLayout, match="（无）"):
        read("一,二\n三,四\n".encode(), "a.csv")


@pytest.mark.parametrize(
    ("row", "kind", "words"),
    [
        (["2021-13-03", "2", "", "3", "", "4", ""], BadDay, "第 4 行的日期“2021-13-03”"),
        (["五月三日", "2", "", "3", "", "4", ""], BadDay, "五月三日"),
        (["2021-05-03x", "2", "", "3", "", "4", ""], BadDay, "x"),
        (["2021-05-03", "2", "", "三元", "", "4", ""], BadAmount, "第 4 行“借方”一列的“三元”"),
        (["2021-05-03", "2", "", "3", "", "", ""], BadAmount, "余额"),
        (["2021-05-03", "2", "", "0.001", "", "4", ""], BadAmount, "0.001"),
        (["2021-05-03", "2", "", "3", "3", "7", ""], NotOneSide, "两方都有金额"),
        (["2021-05-03", "2", "", "0.00", "-", "7", ""], NotOneSide, "没有发生额"),
        (["2021-05-03", "2", "", "3", "", "5", ""], BrokenBalance, "应为 4.00 元，表中为 5.00"),
    ],
)
def test_a_wrong_row_is_named(row: list[str], kind: type[Refusal], words: str) -> None:
    with pytest.raises(kind) as caught:
        read(table(HEAD, GOOD, row), "a.csv")
    assert "第 4 行" in str(caught.value)
    assert words in str(caught.value)


def test_a_dropped_row_breaks_the_balance() -> None:
    rows = [
        GOOD,
        ["2021-05-04", "2", "", "", "1", "8", ""],
        ["2021-05-05", "3", "", "2", "", "6", ""],
    ]
    assert len(read(table(HEAD, *rows), "a.csv").lines) == 3
    with pytest.raises(BrokenBalance):
        read(table(HEAD, rows[0], rows[2]), "a.csv")


def test_stated_opening_balance_is_held_against_the_first_line() -> None:
    good = table(["期初余额", "10.00"], HEAD, GOOD)
    assert read(good, "a.csv").opening_fen == 1000
    with pytest.raises(BrokenBalance, match="第 4 行"):
        read(table(["期初余额", "11.00"], HEAD, GOOD), "a.csv")


def test_total_row_is_held_against_the_lines() -> None:
    with pytest.raises(WrongSum, match="借方"):
        read(table(HEAD, GOOD, ["合计", "", "", "4.00", "", "", ""]), "a.csv")


def test_page_totals_and_remarks_are_no_lines() -> None:
    data = table(
        ["备注：样例"],
        HEAD,
        GOOD,
        ["本页小计", "", "", "3", "", "7"],
        [],
        ["过次页", "", "", "", "", "7"],
        ["温馨提示：以网点为准"],
    )
    assert len(read(data, "a.csv").lines) == 1


def test_mixed_accounts_are_refused() -> None:
    second = ["账号", "6210002"]
    with pytest.raises(MixedAccounts, match="第 4 行的账号 6210002"):
        read(table(HEAD, GOOD, second), "a.csv")
    head = ["账号", "日期", "借方", "贷方", "余额"]
    rows = [["6210001", "2021-05-03", "3", "", "7"], ["6210009", "2021-05-03", "3", "", "4"]]
    with pytest.raises(MixedAccounts, match="6210009"):
        read(table(head, *rows, head=None), "a.csv")
    assert read(table(head, rows[0], head=None), "a.csv").account == "6210001"


def test_account_must_be_known() -> None:
    with pytest.raises(NoAccount, match="账号"):
        read(table(HEAD, GOOD, head=("账号：无", "")), "a.csv")


def test_bank_is_told_by_its_title_when_no_label_says_it() -> None:
    assert read(table(["样例农商银行对账单"], HEAD, GOOD), "a.csv").bank == "样例农商银行对账单"
    assert read(table(HEAD, GOOD), "a.csv").bank == ""


def test_excel_guards_fall_off_long_numbers() -> None:
    assert clean('="0062170001"') == "0062170001"
    assert clean("\t'0062170001 ") == "0062170001"
    assert clean("甲\u200b乙\u202e") == "甲乙"


def test_lines_alike_in_everything_get_keys_of_their_own() -> None:
    line = Line(date(2021, 5, 3), "", "", "", 0, 5, 5, "", "", "", "", "")
    back = line._replace(in_fen=0, out_fen=5, balance_fen=0)
    keys = [one.key for one in keyed("1", (line, back, line))]
    assert len(set(keys)) == 3
    assert [one.key for one in keyed("1", (line, back, line))] == keys
    assert keyed("2", (line,))[0].key != keys[0]


@pytest.mark.parametrize(
    ("text", "fen"),
    [("1,234.50", 123450), ("１２３.4", 12340), ("", 0), ("--", 0), ("￥5", 500), ("12.5000", 1250),
     ("-3", -300), ("三", None), ("1.005", None), ("1,2,3", None)],
)  # fmt: skip
def test_amounts(text: str, fen: int | None) -> None:
    assert amount(text) == fen


@pytest.mark.parametrize(
    ("text", "value"),
    [("2021-05-03 10:22:31", (date(2021, 5, 3), "10:22:31")), ("20210503", (date(2021, 5, 3), "")),
     ("20210503102231", (date(2021, 5, 3), "10:22:31")),
     ("２０２１年５月３日", (date(2021, 5, 3), "")),
     ("2021-02-30", None), ("2021-05-03T10:22:31.120", (date(2021, 5, 3), "10:22:31")),
     ("2021-05-03 25:00:00", None), ("", None), ("44319", None)],
)  # fmt: skip
def test_moments(text: str, value: tuple[date, str] | None) -> None:
    assert moment(text) == value


def test_clock_and_names() -> None:
    assert clock("9:05") == "09:05:00"
    assert clock("abc") is None
    assert clock("") == ""
    assert name(" 借方 发生额（元）：") == "借方发生额"


moves = st.lists(
    st.tuples(st.integers(-(10**9), 10**9).filter(bool), st.integers(0, 3)), min_size=1, max_size=12
)


@settings(max_examples=60, deadline=None)
@given(moves, st.integers(0, 10**10), st.booleans(), st.sampled_from(["two", "signed", "mark"]))
def test_any_statement_reads_back(
    moved: list[tuple[int, int]], opening: int, newest_first: bool, shape: str
) -> None:
    day, balance, expected, rows = date(2021, 1, 1), opening, [], []
    for at, (fen, days) in enumerate(moved):
        day += timedelta(days=days)
        balance += fen
        expected.append((day, str(at), max(-fen, 0), max(fen, 0), balance))
        yuan, size = f"{fen / 100:,.2f}", f"{abs(fen) / 100:,.2f}"
        cells = {
            "two": [size if fen < 0 else "", size if fen > 0 else ""],
            "signed": [yuan],
            "mark": [size, "支" if fen < 0 else "收"],
        }[shape]
        rows.append([f"{day:%Y%m%d}", str(at), *cells, f"{balance / 100:,.2f}"])
    middle = {"two": ["借方", "贷方"], "signed": ["发生额"], "mark": ["金额", "收支"]}[shape]
    data = table(["日期", "流水号", *middle, "余额"], *(rows[::-1] if newest_first else rows))
    statement = read(data, "a.csv")
    found = [(x.day, x.serial, x.out_fen, x.in_fen, x.balance_fen) for x in statement.lines]
    assert found == expected
    assert (statement.opening_fen, statement.closing_fen) == (opening, balance)


STRANGE = (
    ("对账单", "样例银行", "", "", "", ""),
    ("哪天", "钱", "往来", "剩", "谁", "为什么"),
    ("20210503", "１，２00.00", "来", "1200", "甲社", "租金"),
    ("20210504", "200", "往", "1000", "乙店", "电费"),
)
POINTED = {"day": 0, "amount": 1, "mark": 2, "balance": 3, "party": 4, "purpose": 5}


def test_a_strange_layout_is_read_when_its_columns_are_told() -> None:
    data = table(*STRANGE, head=None)
    with pytest.raises(UnknownLayout, match="交易日期"):
        read(data, "a.csv")
    told = Profile("", account="6210001", at=POINTED, top=1, out_mark="往")
    first, second = read(data, "a.csv", told).lines
    assert (first.day, first.in_fen, first.party) == (date(2021, 5, 3), 120_000, "甲社")
    assert (second.out_fen, second.balance_fen, second.purpose) == (20_000, 100_000, "电费")
    with pytest.raises(Exchanged):
        read(data, "a.csv", told._replace(out_mark="来"))
    with pytest.raises(SameColumn, match="D 列"):
        read(data, "a.csv", told._replace(at={**POINTED, "party": 3}))
    with pytest.raises(UnknownLayout, match="余额"):
        read(data, "a.csv", told._replace(at={"day": 0, "amount": 1}))
    with pytest.raises(UnknownLayout, match="B、C"):
        read(data, "a.csv", told._replace(at={"amount": 1, "mark": 2}, top=50))


def test_sides_exchanged_are_told() -> None:
    head = ["日期", "收入", "支出", "余额"]
    rows = [["2021-05-03", "", "5", "95"], ["2021-05-04", "7", "", "102"]]
    assert read(table(head, *rows), "a.csv").closing_fen == 10200
    with pytest.raises(Exchanged, match="对换"):
        read(table(["日期", "支出", "收入", "余额"], *rows), "a.csv")


def test_a_layout_has_a_fingerprint_that_its_lines_do_not_change() -> None:
    assert fingerprint(["日期 ", "余额（元）", "借方"]) == fingerprint(["日期", "余额", "借方", ""])
    assert fingerprint(["日期", "余额", "借方"]) != fingerprint(["日期", "借方", "余额"])
    assert fingerprint(["日期", "余额"]) == ""
    assert [letter(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert guess([["x"], ["日期", "余额", "对方户名"]]).columns == {
        "day": 0,
        "balance": 1,
        "party": 2,
    }
    assert guess([]).columns == {}

"""The template for coming over: a workbook that explains itself and refuses what it can."""

from io import BytesIO
from typing import Any

import xlsxwriter

from ledger.coming.forms import FORMS, Column, Form
from ledger.coming.old_chart import REGIMES
from ledger.coming.taking import MOST
from ledger.coming.trial import GUIDE, STATED
from reports.workbook import CREATED

WIDTHS = {"text": 20.0, "amount": 16.0, "count": 10.0, "quantity": 10.0, "day": 14.0, "yes": 10.0}
HEADS, FIRST = 2, 3  # rows from 0: what a sheet is for, what goes where, the headings, then data
STEPS = (
    "一、原账先结清：收支结转到本年收益，本年收益结转到收益分配，打印科目余额表备查。",
    "二、在下面选好“原账执行的制度”：编码相同的科目，两年的制度里含义不同，程序按制度、编码、名称三样一起认。",
    "三、填“科目余额”。也可以不填这张，直接上传原软件导出的科目余额表（有科目编码、科目名称、借方、贷方即可）。",
    "四、填其余各表。没有的可以空着，以后再补；填了就要和科目余额对得上。",
    "五、表头已锁定，不要改。带“*”的栏必填。灰色斜体是示例行，备注写着“示例”的行不导入。",
    "六、日期写 2018-03-05；金额以元为单位，到分为止；不写身份证号，银行账号只写后四位。",
    "七、上传后先试算：逐格说明错在哪里、怎么改；借贷不平、合计对不上的一律不收。全部通过、签名提交后才写入，要么全部写入，要么一笔不写。",
    "八、提交的期初余额是一张“初”字凭证，照样要由代理复核、村务监督委员会、镇农业服务中心审签后才入账。",
)


def coming_xlsx(unit: str) -> bytes:
    """Return the template for a unit: instructions, and a sheet for each register.

    Headings are locked; a list, date or number is checked as it is typed; one row is an example.
    """
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": CREATED, "title": f"{unit}建账表"})
    formats = _formats(book)
    _guide(book, unit, formats)
    for form in FORMS:
        _sheet(book, form, formats)
    book.close()
    return out.getvalue()


def _formats(book: Any) -> dict[str, Any]:  # noqa: ANN401 - xlsxwriter has no types
    free = {"locked": False, "font_size": 11, "valign": "vcenter"}
    kinds = {
        "text": {"num_format": "@"},
        "amount": {"num_format": "#,##0.00"},
        "count": {"num_format": "0"},
        "quantity": {"num_format": "0.####"},
        "day": {"num_format": "yyyy-mm-dd"},
        "yes": {"num_format": "@"},
    }
    grey = {"italic": True, "font_color": "#777777"}
    made = {kind: book.add_format({**free, **one}) for kind, one in kinds.items()}
    made |= {
        f"{kind}-example": book.add_format({**free, **grey, **one}) for kind, one in kinds.items()
    }
    made["title"] = book.add_format({"bold": True, "font_size": 16})
    made["words"] = book.add_format({"font_size": 11, "text_wrap": True, "valign": "top"})
    made["about"] = book.add_format({"font_size": 11, "bold": True, "font_color": "#8a1f11"})
    made["note"] = book.add_format(
        {"font_size": 9, "text_wrap": True, "valign": "top", "font_color": "#5a5248"}
    )
    head = {"bold": True, "font_size": 11, "border": 1, "align": "center", "bg_color": "#efe9dc"}
    made["head"] = book.add_format(head)
    made["must"] = book.add_format({**head, "font_color": "#8a1f11"})
    made["answer"] = book.add_format({**free, "border": 1, "bg_color": "#fffbe6"})
    return made


def _guide(book: Any, unit: str, formats: dict[str, Any]) -> None:  # noqa: ANN401
    page = book.add_worksheet(GUIDE)
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 70)
    page.write_string(0, 0, f"{unit}　建账表", formats["title"])
    page.write_string(2, 0, STATED, formats["about"])
    page.write_string(2, 1, "", formats["answer"])
    page.data_validation(2, 1, 2, 1, {"validate": "list", "source": list(REGIMES.values())})
    for at, step in enumerate(STEPS):
        page.merge_range(4 + at, 0, 4 + at, 1, "", formats["words"])
        page.write_string(4 + at, 0, step, formats["words"])
        page.set_row(4 + at, 34)
    row = 5 + len(STEPS)
    for at, form in enumerate(FORMS):
        page.write_url(row + at, 0, f"internal:'{form.name}'!A1", string=form.name)
        page.write_string(row + at, 1, form.about, formats["words"])
        page.set_row(row + at, 34)
    page.protect(options={"format_columns": True, "format_rows": True})
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _sheet(book: Any, form: Form, formats: dict[str, Any]) -> None:  # noqa: ANN401
    page = book.add_worksheet(form.name)
    page.write_string(0, 0, f"{form.name}：{form.about}", formats["about"])
    for at, column in enumerate(form.columns):
        kind = "yes" if column.choices else column.kind
        page.set_column(at, at, WIDTHS[column.kind], formats[kind])
        page.write_string(1, at, column.note, formats["note"])
        star = "*" if column.must else ""
        page.write_string(HEADS, at, f"{column.title}{star}", formats["must" if star else "head"])
        _validate(page, at, column)
    _example(page, form, formats)
    page.set_row(1, 48)
    page.freeze_panes(FIRST, 2)
    page.repeat_rows(HEADS)
    allowed = ("insert_rows", "delete_rows", "sort", "autofilter", "format_columns", "format_rows")
    page.protect(options=dict.fromkeys(allowed, True))
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _validate(page: Any, at: int, column: Column) -> None:  # noqa: ANN401
    rules: dict[str, dict[str, Any]] = {
        "amount": {"validate": "decimal", "criteria": "between", "minimum": -1e12, "maximum": 1e12},
        "quantity": {"validate": "decimal", "criteria": ">=", "value": 0},
        "count": {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 10**7},
        "day": {
            "validate": "date",
            "criteria": "between",
            "minimum": CREATED.replace(year=1950, tzinfo=None),
            "maximum": CREATED.replace(year=2099, tzinfo=None),
        },
    }
    rule = {"validate": "list", "source": list(column.choices)} if column.choices else None
    rule = rule or rules.get(column.kind)
    if rule:
        says = _wrong(column)
        told = {"error_title": column.title, "error_message": says, "error_type": "stop"}
        page.data_validation(FIRST, at, FIRST + MOST, at, {**rule, **told})


def _wrong(column: Column) -> str:
    if column.choices:
        return f"从这些里选：{'、'.join(column.choices)}"
    return {
        "amount": "只填数字，以元为单位，例如 1234.50",
        "quantity": "只填数字，单位写在旁边一栏",
        "count": "只填整数",
        "day": "按 2018-03-05 的样子填写年月日",
    }[column.kind]


def _example(page: Any, form: Form, formats: dict[str, Any]) -> None:  # noqa: ANN401
    for at, (column, said) in enumerate(zip(form.columns, form.example, strict=True)):
        look = formats[f"{'yes' if column.choices else column.kind}-example"]
        if not said:
            page.write_blank(FIRST, at, None, look)
        elif column.kind in {"amount", "count", "quantity"}:
            page.write_number(FIRST, at, float(said), look)
        elif column.kind == "day":
            page.write_datetime(FIRST, at, CREATED.fromisoformat(said), look)
        else:
            page.write_string(FIRST, at, said, look)

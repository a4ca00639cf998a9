"""The sheet in large type: A4 upright, one column, nothing that is to be read under 18 points."""

from collections.abc import Sequence

from disclosure.oddly import KINDS
from disclosure.render import five, said
from disclosure.sheet import Aside, Claim, Fund, Group, Line, Sheet
from ledger import money
from reports import seal, table, words
from reports.faces import Faces
from reports.paper import A4, Ink, Paper, Print
from reports.table import Column, Row, Slot

SCALE = 1.75  # of the paper's own points, in which a body text has 10.5
MARGIN = 17.0
ENTRIES = (Column("日期"), Column("事由", "left", 1), Column("金额（元）", "right"))
FIGURES = (Column("项目", "left", 1), Column("金额（元）", "right"))
TEXTS = (Column("日期"), Column("内容", "left", 1))
Part = tuple[str, tuple[Column, ...], list[Row]]


def large_print(sheet: Sheet, url: str = "", faces: Faces | None = None) -> Print:
    """Return the sheet in large type with the count of its pages."""
    return large_paper(sheet, url, faces).drawn(_name(sheet), SCALE)


def large_paper(sheet: Sheet, url: str = "", faces: Faces | None = None) -> Paper:
    """Return the pages in points of their own, to be enlarged by `SCALE`."""
    paper = Paper((A4[0] / SCALE, A4[1] / SCALE), MARGIN, faces)
    paper.running = lambda on: _running(on, sheet)
    paper.paragraph(MARGIN, f"{sheet.name}财务公开表", Ink(16, heavy=True), paper.room, "middle")
    when = f"{words.month(sheet.period)}{'' if sheet.sealed else '　草稿，未封账'}"
    paper.paragraph(MARGIN, when, Ink(13, heavy=True), paper.room, "middle")
    paper.y += 4
    for title, columns, rows in _parts(sheet):
        lane = table.lane(paper, title, columns, rows, paper.room)
        table.flow(paper, (lane,), (Slot(MARGIN, paper.room),))
    _proof(paper, sheet, url)
    paper.close(_name(sheet))
    return paper


def _name(sheet: Sheet) -> str:
    return f"{sheet.name}财务公开表（{words.month(sheet.period)}，大字版）"


def _running(paper: Paper, sheet: Sheet) -> None:
    text = f"{words.month(sheet.period)}财务公开表（续）"
    paper.put((MARGIN, paper.y + 11), text, Ink(11), paper.room, "middle")
    paper.y += 18


def _parts(sheet: Sheet) -> list[Part]:
    found: list[Part] = [
        ("钱还有多少", FIGURES, [_figure(title, fen) for title, fen in five(sheet)]),
        ("本月收入", ENTRIES, _entries(sheet.income, sheet.income_fen, "付款人")),
        ("本月支出", ENTRIES, _entries(sheet.spending, sheet.spending_fen, "收款人")),
    ]
    others: list[Part] = [
        ("现金和银行（钱在哪里）", FIGURES, _funds(sheet.banks)),
        ("专项资金", FIGURES, _funds(sheet.funds)),
        ("别人欠集体的", FIGURES, _claims(sheet.receivables)),
        ("集体欠别人的", FIGURES, _claims(sheet.payables)),
        ("资产变动", FIGURES, _funds(sheet.assets)),
        ("资源变动", FIGURES, _funds(sheet.resources)),
        ("收益分配", FIGURES, _claims(sheet.distribution)),
        *((title, FIGURES, _asides(rows)) for title, rows in sheet.beside().items()),
        ("更正", FIGURES, _errata(sheet)),
        ("不动钱的账", ENTRIES, [_entry(line, "对方") for line in sheet.transfers]),
        ("村民问，集体答", TEXTS, _answers(sheet)),
        ("上月公开表贴了没有", TEXTS, _hung(sheet)),
        ("审签里请留意的（只是提醒，不是结论）", TEXTS, _odd(sheet)),
        ("谁签的字", TEXTS, _marks(sheet)),
    ]
    return [*found, *(part for part in others if part[2])]


def _figure(title: str, fen: int) -> Row:
    return Row((title, money.yuan(fen)), heavy=True)


def _entries(groups: Sequence[Group], total: int, other: str) -> list[Row]:
    rows: list[Row] = []
    for group in groups:
        head = (group.title, "", money.yuan(group.fen))
        rows.append(Row(head, span=2, heavy=True, keep=True))
        rows += [_entry(line, other) for line in group.lines]
    last = Row(("合计", "", money.yuan(total)), span=2, heavy=True)
    return [*rows[:-1], rows[-1]._replace(keep=True), last] if rows else []


def _entry(line: Line, other: str) -> Row:
    named = ((other, line.party), ("经手", line.handler), ("审批", line.approver))
    notes = (line.number, *(f"{word}：{name}" for word, name in named if name))
    return Row((words.short_day(line.day), line.summary, money.yuan(line.fen)), notes, note_at=1)


def _funds(funds: Sequence[Fund]) -> list[Row]:
    rows: list[Row] = []
    for fund in funds:
        steps = (
            ("月初", fund.opening_fen),
            ("增加", fund.in_fen),
            ("减少", fund.out_fen),
            ("月末", fund.closing_fen),
        )
        rows.append(Row((fund.name, ""), span=2, heavy=True, keep=True))
        rows += [Row((f"　{word}", money.yuan(fen)), keep=word != "月末") for word, fen in steps]
    return rows


def _claims(claims: Sequence[Claim]) -> list[Row]:
    return [Row((f"{one.name}（{one.account}）", money.yuan(one.fen))) for one in claims]


def _asides(rows: Sequence[Aside]) -> list[Row]:
    return [Row((f"{one.name}（{one.words}）", money.yuan(one.fen))) for one in rows]


def _errata(sheet: Sheet) -> list[Row]:
    rows: list[Row] = []
    for one in sheet.errata:
        rows.append(Row((f"原 {one.wrong}", money.yuan(one.before_fen)), (one.why,), keep=True))
        rows.append(Row((f"改 {one.right or '（只冲销）'}", money.yuan(one.after_fen))))
    return rows


def _answers(sheet: Sheet) -> list[Row]:
    rows: list[Row] = []
    for one in sheet.answers:
        rows.append(Row((words.short_day(one.asked), f"问：{one.question}"), keep=True))
        day = words.short_day(one.answered) if one.answered else ""
        rows.append(Row((day, f"答：{one.answer}（{one.by}）" if day else "还没有答复。")))
    return rows


def _hung(sheet: Sheet) -> list[Row]:
    rows = [
        Row((words.short_day(one.up) if one.up else "", f"{one.board}：{said(one)}"))
        for one in sheet.hung
    ]
    late = "上月公开表还没张贴时办的应急支出"
    return [*rows, *(Row(("", f"{one.number}：{late}")) for one in sheet.urgent)]


def _odd(sheet: Sheet) -> list[Row]:
    return [Row((f"{one.vouchers} 笔", KINDS[one.kind])) for one in sheet.odd]


def _marks(sheet: Sheet) -> list[Row]:
    return [
        Row(
            (
                words.minute(one.at)[:10] if one.at else "　",
                f"{one.title}：{one.name or '（未签）'}",
            )
        )
        for one in sheet.marks
    ]


def _proof(paper: Paper, sheet: Sheet, url: str) -> None:
    """Put the telephone, the days of posting, the QR code and the digits, all together."""
    asked = (
        f"有疑问，请打电话：{sheet.telephone}"
        if sheet.telephone
        else "有疑问，请找村务监督委员会。"
    )
    if not sheet.root:
        paper.paragraph(MARGIN, asked, Ink(12, heavy=True), paper.room)
        return
    paper.need(seal.QR + 24)
    paper.paragraph(MARGIN, asked, Ink(12, heavy=True), paper.room)
    top, room = paper.y, paper.room - seal.QR - 8
    seal.qr(paper, MARGIN + room + 8, top, seal.address(url, sheet.root))
    if sheet.posted and sheet.until:
        paper.put((MARGIN, top + 16), f"张贴：{sheet.posted} 至", Ink(10.5), room)
        paper.put((MARGIN, top + 32), f"　　　{sheet.until}", Ink(10.5), room)
    paper.put((MARGIN, top + 52), "存证号（和网上一样才对）", Ink(10.5), room)
    seal.digits(paper, MARGIN, top + 72, sheet.digits, room)
    paper.y = top + seal.QR + 8

"""The sheet on the wall: 村集体经济组织财务公开表, read from two steps away."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from disclosure.comparing import Beside
from disclosure.oddly import KINDS
from disclosure.render import said
from disclosure.sheet import (
    Answer,
    Aside,
    Claim,
    Erratum,
    Fund,
    Group,
    Hung,
    Line,
    Mark,
    Odd,
    Sheet,
)
from ledger import money
from reports import seal, table, words
from reports.faces import Faces
from reports.paper import A4, Box, Ink, Paper, Print
from reports.table import Column, Lane, Row, Slot

SCALE = {"A4": 1.0, "A3": 2**0.5, "A3-tall": 2**0.5}
Size = Literal["A4", "A3", "A3-tall"]
MARGIN = 34.0
GUTTER = 18.0
SIGNERS = ("村负责人", "村务监督委员会", "民主理财小组", "代理会计")
ENTRIES = (Column("日期"), Column("摘要", "left", 1), Column("金额（元）", "right"))
MOVES = tuple(Column(title, "right") for title in ("上月余额", "本月增加", "本月减少", "本月余额"))
CLAIMS = (
    Column("类别", "left", 1),
    Column("姓名（单位）", "left", 1.2),
    Column("金额（元）", "right"),
)
ERRATA = (Column("凭证号"), Column("原因", "left", 1), Column("金额（元）", "right"))
ANSWERS = (Column("编号"), Column("问", "left", 1), Column("答", "left", 1))
HUNG = (Column("月份"), Column("公示栏", "left", 1), Column("张贴"), Column("情况", "left", 1))
ODD = (Column("情况", "left", 1), Column("笔数"))
URGENT = (Column("凭证号", "left", 1), Column("没有张贴的月份", "left", 1))
BESIDE = (
    Column("项目", "left", 1),
    *(Column(title, "right") for title in ("本月", "上月", "比上月", "本年累计", "全年预算")),
)
ASIDES = (Column("名称", "left", 1), Column("说明", "left", 1.2), Column("金额（元）", "right"))
TEN = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
NUMERALS = (*TEN, *(f"十{one}" for one in TEN[:-1]), "二十")


class Part(NamedTuple):
    """One part of the sheet: its title and its table."""

    title: str
    columns: tuple[Column, ...]
    rows: list[Row]


def sheet_pdf(
    sheet: Sheet, size: Size = "A4", url: str = "", beside: Sequence[Beside] = ()
) -> bytes:
    """Return the sheet as a PDF, landscape; A3 is A4 enlarged, A3-tall stands upright.

    `url` is the public page of the sheet; the QR code says it with the root of the sealed log.
    `beside` puts each item beside the month before and the budget.

    Source: 农村集体经济组织财务公开规定 (items, entry by entry, signatures, posting days)
    """
    return sheet_print(sheet, size, url, beside=beside).pdf


def sheet_print(
    sheet: Sheet,
    size: Size = "A4",
    url: str = "",
    faces: Faces | None = None,
    beside: Sequence[Beside] = (),
) -> Print:
    """Return the sheet as a PDF with the count of its pages and the letters no face had."""
    paper = Paper(A4 if size == "A3-tall" else (A4[1], A4[0]), MARGIN, faces)
    paper.running = lambda on: _running(on, sheet)
    _title(paper, sheet)
    _figures(paper, sheet)
    _parts(paper, sheet, beside)
    _signoff(paper, sheet)
    _seal(paper, sheet, url)
    return paper.finish(_footer(sheet), _name(sheet), SCALE[size])


def _name(sheet: Sheet) -> str:
    return f"{sheet.name}财务公开表（{words.month(sheet.period)}）"


def _footer(sheet: Sheet) -> str:
    return f"{_name(sheet)}　{f'存证号 {sheet.digits}' if sheet.digits else '草稿，未封账'}"


def _running(paper: Paper, sheet: Sheet) -> None:
    paper.put((paper.margin, paper.y + 11), f"{_name(sheet)}（续）", Ink(11), paper.room, "middle")
    paper.y += 20


def _slots(paper: Paper) -> tuple[Slot, Slot]:
    half = (paper.room - GUTTER) / 2
    return Slot(paper.margin, half), Slot(paper.margin + half + GUTTER, half)


def _title(paper: Paper, sheet: Sheet) -> None:
    paper.paragraph(
        paper.margin, f"{sheet.name}财务公开表", Ink(24, heavy=True), paper.room, "middle"
    )
    paper.y += 22
    third = paper.room / 3
    place = (paper.margin, paper.y - 8)
    paper.put(place, sheet.township, Ink(14), third)
    paper.put(
        (place[0] + third, place[1]),
        words.month(sheet.period),
        Ink(14, heavy=True),
        third,
        "middle",
    )
    state = "单位：元" if sheet.sealed else "草稿，未封账　单位：元"
    paper.put((place[0] + 2 * third, place[1]), state, Ink(14), third, "right")


def _figures(paper: Paper, sheet: Sheet) -> None:
    """Put the five lines that villagers read first, as the sum that they are."""
    sums = sheet.opening_fen + sheet.income_fen - sheet.spending_fen == sheet.closing_fen
    signs = ("", "＋ ", "－ ", "＝ ") if sums else ("",) * 4
    labels = ("上月余额", "本月收入", "本月支出", "本月余额")
    amounts = (sheet.opening_fen, sheet.income_fen, sheet.spending_fen, sheet.closing_fen)
    wide, high = paper.room * 0.188, 54.0
    for at, (sign, word, fen) in enumerate(zip(signs, labels, amounts, strict=True)):
        x = paper.margin + at * wide
        paper.draw(Box(x, paper.y, wide, high, 1.2 if at == len(labels) - 1 else 0.6))
        paper.put((x + 8, paper.y + 19), sign + word, Ink(13), wide - 16)
        _amount(paper, (x + 8, paper.y + 43), fen, 19, wide - 16)
    x = paper.margin + 4 * wide
    last = paper.room - 4 * wide
    paper.draw(Box(x, paper.y, last, high, 0.6))
    year = (("本年收入", sheet.year_income_fen), ("本年支出", sheet.year_spending_fen))
    for down, (word, fen) in enumerate(year):
        paper.put((x + 8, paper.y + 21 + 24 * down), word, Ink(13), 54)
        _amount(paper, (x + 64, paper.y + 21 + 24 * down), fen, 16, last - 72)
    paper.y += high + 10


def _amount(paper: Paper, place: tuple[float, float], fen: int, size: float, room: float) -> None:
    paper.put(place, money.yuan(fen), Ink(size, heavy=True, red=fen < 0), room, "right")


def _pairs(sheet: Sheet) -> list[tuple[Part, Part]]:
    s = sheet
    return [
        (
            Part("本月收入", ENTRIES, _entries(s.income, s.income_fen, "付款人")),
            Part("本月支出", ENTRIES, _entries(s.spending, s.spending_fen, "收款人")),
        ),
        (
            Part("现金和银行（钱在哪里）", MOVES, _funds(s.banks)),
            Part("专项资金", MOVES, _funds(s.funds)),
        ),
        (
            Part("应收款（别人欠集体）", CLAIMS, _claims(s.receivables)),
            Part("应付款（集体欠别人）", CLAIMS, _claims(s.payables)),
        ),
        (
            Part("资产变动", MOVES, _funds(s.assets)),
            Part("资源变动", MOVES, _funds(s.resources)),
        ),
        (
            Part("收益分配", CLAIMS, _claims(s.distribution)),
            Part("更正（原来多少，改成多少）", ERRATA, _errata(s.errata)),
        ),
    ]


def _parts(paper: Paper, sheet: Sheet, beside: Sequence[Beside]) -> None:
    """Put the parts in pairs, numbered; pairs of nothing are named together in one line."""
    first, *others = _pairs(sheet)
    shown = [first, *(pair for pair in others if any(part.rows for part in pair))]
    compared = Part(
        "和上月比、和全年预算比",
        BESIDE,
        [_compared(one) for one in beside if one.now or one.before],
    )
    wide = [part for part in (compared, *_wide(sheet)) if part.rows]
    numbers = iter(NUMERALS)
    for pair in shown:
        lanes = [_lane(paper, next(numbers), part, _slots(paper)[0].width) for part in pair]
        table.flow(paper, lanes, _slots(paper))
    for part in wide:
        lane = _lane(paper, next(numbers), part, paper.room)
        table.flow(paper, (lane,), (Slot(paper.margin, paper.room),))
    nothing = [
        part.title.partition("（")[0] for pair in others if pair not in shown for part in pair
    ]
    if nothing:
        text = f"以下各项本月没有：{'、'.join(nothing)}。"
        paper.paragraph(paper.margin + table.GAP, text, Ink(), paper.room - 2 * table.GAP)
        paper.y += 6


def _lane(paper: Paper, number: str, part: Part, room: float) -> Lane:
    title = f"{number}、{part.title}"
    return table.lane(paper, title, part.columns, part.rows, room, none="本月没有。")


def _entries(groups: Sequence[Group], total: int, other: str) -> list[Row]:
    return _summed([row for group in groups for row in _group(group, other)], total)


def _summed(rows: list[Row], total: int) -> list[Row]:
    """Return the rows and their total, which never stands alone on a page."""
    if not rows:
        return []
    last = Row(("合计", "", money.yuan(total)), span=2, heavy=True)
    return [*rows[:-1], rows[-1]._replace(keep=True), last]


def _group(group: Group, other: str) -> list[Row]:
    head = Row((group.title, "", money.yuan(group.fen)), span=2, heavy=True, keep=True)
    return [head, *(_entry(line, other) for line in group.lines)]


def _entry(line: Line, other: str) -> Row:
    named = ((other, line.party), ("经手", line.handler), ("审批", line.approver))
    notes = (line.number, *(f"{word}：{name}" for word, name in named if name))
    return Row((words.short_day(line.day), line.summary, money.yuan(line.fen)), notes, note_at=1)


def _funds(funds: Sequence[Fund]) -> list[Row]:
    rows: list[Row] = []
    for fund in funds:
        amounts = (fund.opening_fen, fund.in_fen, fund.out_fen, fund.closing_fen)
        rows.append(Row((fund.name, "", "", ""), span=4, heavy=True, keep=True))
        rows.append(Row(tuple(money.yuan(fen) for fen in amounts)))
    return rows


def _claims(claims: Sequence[Claim]) -> list[Row]:
    rows = [Row((claim.account, claim.name, money.yuan(claim.fen))) for claim in claims]
    return _summed(rows, sum(claim.fen for claim in claims))


def _errata(errata: Sequence[Erratum]) -> list[Row]:
    rows: list[Row] = []
    for one in errata:
        rows.append(Row((f"原 {one.wrong}", one.why, money.yuan(one.before_fen)), keep=True))
        rows.append(Row((f"改 {one.right or '（只冲销）'}", "", money.yuan(one.after_fen))))
    return rows


def _wide(sheet: Sheet) -> tuple[Part, ...]:
    moved = [_entry(line, "对方") for line in sheet.transfers]
    return (
        Part("转账（不增减现金和存款的账）", ENTRIES, moved),
        *(Part(title, ASIDES, _asides(rows)) for title, rows in sheet.beside().items()),
        Part("村民问，集体答", ANSWERS, [_answer(one) for one in sheet.answers]),
        Part("上月公开表贴了没有", HUNG, [_hung(one) for one in sheet.hung]),
        Part("应急支出（上月公开表还没张贴时办的）", URGENT, [Row(one) for one in sheet.urgent]),
        Part("审签里请留意的（只是提醒，不是结论）", ODD, [_odd(one) for one in sheet.odd]),
    )


def _compared(one: Beside) -> Row:
    figures = (one.now, one.before, one.more, one.year, one.budget)
    texts = ("—" if fen is None else money.yuan(fen) for fen in figures)
    return Row((f"{one.side}　{one.title}", *texts), heavy=one.title == "合计")


def _odd(one: Odd) -> Row:
    return Row((KINDS[one.kind], f"{one.vouchers} 笔"))


def _asides(rows: Sequence[Aside]) -> list[Row]:
    return [Row((one.name, one.words, money.yuan(one.fen))) for one in rows]


def _hung(one: Hung) -> Row:
    days = [words.short_day(day) if day else "" for day in (one.up, one.down)]
    when = "" if not days[0] else f"{days[0]} 至 {days[1] or '（还在墙上）'}"
    return Row((words.month(one.period), one.board, when, said(one)))


def _answer(one: Answer) -> Row:
    asked = f"{one.question}（{words.short_day(one.asked)}）"
    if not one.answered:
        return Row((one.number, asked, "还没有答复。"))
    by = "，".join(filter(None, (one.by, words.short_day(one.answered))))
    return Row((one.number, asked, f"{one.answer}（{by}）"))


def _signoff(paper: Paper, sheet: Sheet) -> None:
    """Put a box for each signature: filled where there is one, open for a wet one where not."""
    titles = {mark.title for mark in sheet.marks}
    open_ones = (Mark(title, "", "", "") for title in SIGNERS if title not in titles)
    marks = [*sheet.marks, *open_ones]
    across, high = 4, 62.0
    wide = paper.room / across
    paper.need(high + 26)
    paper.put((paper.margin + 4, paper.y + 15), "签字", Ink(13, heavy=True), paper.room)
    paper.y += 22
    for at in range(0, len(marks), across):
        paper.need(high)
        for nth, mark in enumerate(marks[at : at + across]):
            _box(paper, mark, (paper.margin + nth * wide, paper.y), (wide, high))
        paper.y += high
    paper.y += 12


def _box(paper: Paper, mark: Mark, at: tuple[float, float], size: tuple[float, float]) -> None:
    x, y, room = at[0] + 6, at[1], size[0] - 12
    paper.draw(Box(*at, *size, 0.6))
    paper.put((x, y + 15), mark.title, Ink(10.5), room)
    if mark.at:
        paper.put((x, y + 37), mark.name, Ink(15, heavy=True), room)
        when = f"{words.minute(mark.at)}　{words.method(mark.method)}"
        paper.put((x, y + 54), when, Ink(10.5), room)
    else:
        paper.put((x, y + 37), mark.name or "签名：", Ink(10.5), room)
        paper.put((x, y + 54), "　　　　年　　月　　日", Ink(10.5), room, "right")


def _seal(paper: Paper, sheet: Sheet, url: str) -> None:
    """Put the days of posting, the telephone, the QR code and the digits, all together."""
    paper.need(seal.QR + 4)
    top, side = paper.y, seal.QR if sheet.root else 0.0
    x, room = paper.margin, paper.room - side - 12
    if sheet.root:
        seal.qr(paper, paper.margin + paper.room - side, top, seal.address(url, sheet.root))
    half = room * 0.52
    asked = (
        f"看不明白、有疑问，请打电话：{sheet.telephone}"
        if sheet.telephone
        else "有疑问，请找村务监督委员会。"
    )
    paper.put((x, top + 20), asked, Ink(14, heavy=True), half)
    paper.put((x, top + 44), _posting(sheet), Ink(12), half)
    if not sheet.root:
        paper.put((x, top + 66), "草稿：本月还没有封账，数字可能变动。", Ink(12, heavy=True), half)
        paper.y = top + 76
        return
    paper.put(
        (x, top + 66),
        f"封账 {words.minute(sheet.sealed)}　共 {sheet.size} 条记录",
        Ink(10.5),
        half,
    )
    right, rest = x + half + 12, room - half - 12
    paper.put((right, top + 18), "存证号（扫码后应显示同样的号）", Ink(10.5), rest)
    seal.digits(paper, right, top + 40, sheet.digits, rest)
    paper.put((right, top + 78), f"登记人指纹 {sheet.registrar}", Ink(9), rest)
    paper.y = top + side + 4


def _posting(sheet: Sheet) -> str:
    if not sheet.posted:
        return "张贴日期：　　　年　　月　　日 至 　　　年　　月　　日"
    until = f" 至 {sheet.until:%Y-%m-%d}" if sheet.until else ""
    return f"张贴日期：{sheet.posted:%Y-%m-%d}{until}"

"""The voucher on paper: 记账凭证 as it is bound, and 支出审批单 as it was signed."""

from collections.abc import Sequence

from approvals.cases import PLAIN_TITLES, Mark
from ledger import money
from ledger.chart import Chart
from ledger.voucher import PAPERS as KINDS
from ledger.voucher import Leg, Number, Voucher
from ledger.voucher import Paper as SourcePaper
from reports import seal, table, words
from reports.faces import Faces
from reports.paper import A4, Box, Ink, Paper, Print
from reports.paper import Mark as Drawn
from reports.table import Column, Row, Slot, Style
from reports.words import Signed

A5_LANDSCAPE = (A4[1] / 2**0.5, A4[0] / 2**0.5)
# Which steps of a case fill which place under a voucher (会计基础工作规范 第五十一条), the first
# that was signed. The township's service centre keeps the villages' accounts: its mark is that of
# who is in charge of the accounting, and of the check where a payment's chain has no reviewer.
SIGNERS = {
    "会计主管": ("会计主管", "镇农业服务中心审核"),
    "记账": ("记账",),
    "复核": ("代理复核", "复核", "镇农业服务中心审核"),
    "出纳": ("出纳付款", "出纳"),
    "制单": ("制单",),
}
LEGS = (
    Column("摘要", "left", 1.3),
    Column("总账科目", "left", 1),
    Column("明细科目", "left", 1),
    Column("借方金额", "right"),
    Column("贷方金额", "right"),
    Column("过账", "middle"),
)
TIGHT = Style(Ink(10), 1.35, 3.5)  # so that eight reviews, digest and QR share one page
UNDER = 32.0  # room for the signers under a voucher
FIELDS = (Column("项目"), Column("内容", "left", 1))
MARKS = (
    Column("环节", "left", 1.1),
    Column("姓名", "left", 0.8),
    Column("意见", "left", 1.2),
    Column("时间"),
    Column("方式"),
)
PAPERS = (Column("单据", "left", 1), Column("号码", "left", 0.7), Column("校验码（前 16 位）"))


def voucher_pdf(
    unit: str, number: Number, voucher: Voucher, chart: Chart, marks: Sequence[Signed] = ()
) -> bytes:
    """Return the 记账凭证 as a PDF on A5 landscape, with the names of who really signed.

    Source: 会计基础工作规范 第五十一条
    """
    return voucher_print(unit, number, voucher, chart, marks).pdf


def voucher_print(
    unit: str,
    number: Number,
    voucher: Voucher,
    chart: Chart,
    marks: Sequence[Signed] = (),
    faces: Faces | None = None,
) -> Print:
    """Return the 记账凭证 with the letters that no face had."""
    paper = voucher_pages(unit, number, voucher, chart, marks, faces)
    return paper.drawn(f"记账凭证 {number}")


def voucher_pages(
    unit: str,
    number: Number,
    voucher: Voucher,
    chart: Chart,
    marks: Sequence[Signed] = (),
    faces: Faces | None = None,
) -> Paper:
    """Return the pages of a voucher: signers under each, numbered in fractions when several.

    Source: 会计基础工作规范 第五十一条 (fraction numbering of a voucher of several sheets)
    """
    paper = Paper(A5_LANDSCAPE, 28, faces)
    paper.foot += UNDER
    paper.running = lambda on: _voucher_head(on, unit, number, voucher)
    paper.running(paper)
    posted = any(mark.title in SIGNERS["记账"] for mark in marks)
    red = bool(voucher.reverses)
    rows = [_leg(leg, chart, posted=posted, red=red) for leg in voucher.legs]
    rows[-1] = rows[-1]._replace(keep=True)
    rows.append(_total(voucher))
    slot = Slot(paper.margin, paper.room)
    table.flow(paper, (table.lane(paper, "", LEGS, rows, paper.room),), (slot,))
    count = len(paper.pages)
    for at, page in enumerate(paper.pages, start=1):
        _signers(paper, page, marks)
        if count > 1:
            place = (paper.margin + paper.room * 0.62, paper.margin + 18)
            paper.put_on(page, place, f"第 {at}/{count} 张", Ink(10.5), paper.room * 0.38, "right")
    paper.close(f"{unit}　{number}")
    return paper


def _voucher_head(paper: Paper, unit: str, number: Number, voucher: Voucher) -> None:
    x, room = paper.margin, paper.room
    paper.put((x, paper.y + 18), "记　账　凭　证", Ink(18, heavy=True), room, "middle")
    if voucher.reverses or voucher.corrects:
        word = f"冲销 {voucher.reverses}" if voucher.reverses else f"更正 {voucher.corrects}"
        red = Ink(10.5, heavy=True, red=bool(voucher.reverses))
        paper.put((x + room * 0.7, paper.y + 16), word, red, room * 0.3, "right")
    if paper.measure(unit, Ink()) > room * 0.36:  # a long name gets a line of its own
        paper.put((x, paper.y + 36), f"单位：{unit}", Ink(), room)
        paper.y += 16
        unit = ""
    y = paper.y + 38
    paper.put((x, y), f"单位：{unit}" if unit else "", Ink(), room * 0.42)
    paper.put((x + room * 0.42, y), words.day(voucher.day), Ink(10.5), room * 0.2, "middle")
    right = f"{number}　附单据 {voucher.sheets} 张"
    paper.put((x + room * 0.62, y), right, Ink(10.5), room * 0.38, "right")
    paper.y += 44


def _leg(leg: Leg, chart: Chart, *, posted: bool, red: bool) -> Row:
    above, own = account(chart, leg.account)
    # A red-letter voucher stands on the same side as the one it writes off, with the sign turned.
    debit = (leg.fen > 0) != red
    fen = abs(leg.fen) * (-1 if red else 1)
    sides = (money.yuan(fen), "") if debit else ("", money.yuan(fen))
    marks = "　".join(f"{dim.title}：{dim}" for dim in leg.dims)
    cells = (leg.summary, above, own, *sides, "√" if posted else "")
    return Row(cells, (marks,) if marks else ())


def account(chart: Chart, code: str) -> tuple[str, str]:
    """Return the names of the general ledger account of a code and of its details."""
    names = []
    at: str | None = code
    while at:
        item = chart.get(at)
        names.append(item.name)
        at = item.parent
    top, *details = reversed(names)
    return f"{code.partition('.')[0]} {top}", "／".join(details)


def _total(voucher: Voucher) -> Row:
    amount = money.yuan(voucher.total)
    return Row(
        (f"合计　{money.capital(voucher.total)}", "", "", amount, amount, ""), span=3, heavy=True
    )


def _signers(paper: Paper, page: list[Drawn], marks: Sequence[Signed]) -> None:
    """Put the signers at the foot of a page, each with the time."""
    wide, y = paper.room / len(SIGNERS), paper.bottom + 4
    for at, (place, titles) in enumerate(SIGNERS.items()):
        mark = _signed(marks, titles)
        x = paper.margin + at * wide
        text = f"{place}：{mark.name if mark else ''}"
        paper.put_on(page, (x, y + 12), text, Ink(), wide - 6)
        if mark:
            paper.put_on(page, (x, y + 25), words.minute(mark.at), Ink(8.5), wide - 6)


def _signed(marks: Sequence[Signed], titles: Sequence[str]) -> Signed | None:
    for title in titles:
        named = [mark for mark in marks if mark.title == title and mark.at]
        if named:
            return named[-1]
    return None


def approval_pdf(
    unit: str, case: str, voucher: Voucher, marks: Sequence[Mark], url: str = "", budget: str = ""
) -> bytes:
    """Return the 支出审批单 as a PDF: what was asked, the papers, who signed, when and how.

    `budget` is what is left of the budget, in words; `url` leads to the case.
    """
    return approval_print(unit, case, voucher, marks, url, budget).pdf


def approval_print(
    unit: str,
    case: str,
    voucher: Voucher,
    marks: Sequence[Mark],
    url: str = "",
    budget: str = "",
    faces: Faces | None = None,
) -> Print:
    """Return the 支出审批单 with the letters that no face had."""
    paper = Paper(A4, 42, faces)
    slots = (Slot(paper.margin, paper.room),)
    paper.paragraph(paper.margin, "支出审批单", Ink(22, heavy=True), paper.room, "middle")
    paper.y += 6
    tables = [
        ("", FIELDS, fields(unit, case, voucher, budget)),
        ("所附单据", PAPERS, [_paper(item) for item in voucher.papers]),
        ("审签", MARKS, [_mark(mark) for mark in marks]),
    ]
    for title, columns, rows in tables:
        table.flow(paper, (table.lane(paper, title, columns, rows, paper.room, TIGHT),), slots)
    _binding(paper, voucher.digest(), url)
    return paper.finish(f"{unit}　支出审批单　{case}", f"支出审批单 {case}")


def fields(unit: str, case: str, voucher: Voucher, budget: str = "") -> list[Row]:
    """Return what a case asks for, as rows of a field and its content."""
    payee = voucher.payee
    total = voucher.total
    pairs = (
        ("单位", unit),
        ("日期", f"{words.day(voucher.day)}　（案号 {case}）"),
        ("用途", voucher.summary),
        ("收款人", payee.name if payee else ""),
        ("开户行、账号", f"{payee.bank}　{payee.account}".strip("　") if payee else ""),
        ("金额（小写）", f"￥{money.yuan(total)}"),
        ("金额（大写）", f"人民币{money.capital(total)}"),
        ("资金来源", voucher.fund or "集体自有资金"),
        ("预算余额", budget),
        ("决议", voucher.resolution),
        ("经手人", voucher.handler),
        ("单据张数", f"{voucher.sheets} 张"),
    )
    return [Row((name, text or "—"), heavy=name.startswith("金额")) for name, text in pairs]


def _paper(item: SourcePaper) -> Row:
    kind = KINDS.get(item.kind)
    title = f"{item.title}（{kind}）" if kind and kind != item.title else item.title
    return Row((title, item.number or "—", item.digest[:16]))


def _mark(mark: Mark) -> Row:
    plain = mark.title in PLAIN_TITLES
    opinion = "已办" if plain else words.DECISIONS.get(mark.decision, mark.decision)
    if mark.opinion not in {"", opinion}:
        opinion = f"{opinion}：{mark.opinion}"
    # 村文书审签 by the 村文书 need not say the seat twice.
    who = f"{mark.name}（{mark.seat}）" if mark.seat not in mark.title else mark.name
    return Row((mark.title, who, opinion, words.minute(mark.at), words.method(mark.method)))


def _binding(paper: Paper, digest: str, url: str) -> None:
    """Put the digest that every signature binds, and a QR that says it."""
    paper.need(seal.QR + 8)
    side, x, y = seal.QR, paper.margin, paper.y
    paper.draw(Box(x, y, paper.room, side + 8))
    seal.qr(paper, x + paper.room - side - 4, y + 4, seal.address(url, digest))
    room = paper.room - side - 24
    paper.put((x + 8, y + 22), "以上签字都绑定在这份内容的校验码上：", Ink(10.5), room)
    for down, part in enumerate((digest[:32], digest[32:])):
        text = " ".join(part[at : at + 4] for at in range(0, 32, 4))
        paper.put((x + 8, y + 44 + 20 * down), text, Ink(12, heavy=True), room)
    paper.put((x + 8, y + 84), "内容改动一个字，校验码就完全不同。", Ink(10.5), room)
    paper.y = y + side + 12

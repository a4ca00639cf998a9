"""The reconciliation statement (银行存款余额调节表) on paper and as a spreadsheet."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

from ledger.bank.reconciling import Item, Reconciliation, sides
from ledger.money import yuan
from reports import table
from reports.faces import Faces
from reports.paper import A4, Ink, Paper, Print
from reports.table import Column, Row, Slot, Style
from reports.workbook import Sheet, workbook

TITLE = "银行存款余额调节表"
HEADS = ("项目", "金额", "项目", "金额")
SIGNERS = ("会计", "出纳", "日期")
SIGNATURES = 40.0


class Form(NamedTuple):
    """What stands in the head: unit, account in the books with its name, bank and number, month."""

    unit: str
    account: str
    bank: str
    month: str


class Lines(NamedTuple):
    """A row of the form: the books on the left, the bank on the right; fen, or None for none."""

    left: str
    left_fen: int | None
    right: str
    right_fen: int | None
    heavy: bool = False
    left_case: str = ""
    right_case: str = ""


def lines(made: Reconciliation) -> Iterator[Lines]:
    """Yield the rows of the form in the order that people know."""
    bank_in, bank_out = sides(made.bank_only)
    book_in, book_out = sides(made.book_only)
    yield Lines(
        "单位银行存款日记账余额", made.book_fen, "银行对账单余额", made.bank_fen, heavy=True
    )
    yield _sum("加：银行已收、单位未收", bank_in, "加：单位已收、银行未收", book_in)
    yield from _items(bank_in, book_in)
    yield _sum("减：银行已付、单位未付", bank_out, "减：单位已付、银行未付", book_out)
    yield from _items(bank_out, book_out)
    adjusted = (made.adjusted_book, "调节后的存款余额", made.adjusted_bank)
    yield Lines("调节后的存款余额", *adjusted, heavy=True)
    if made.difference:
        yield Lines("", None, "差额（导入第一笔流水以前的，须查明）", made.difference, heavy=True)


def _sum(left: str, mine: list[Item], right: str, other: list[Item]) -> Lines:
    return Lines(left, abs(sum(i.fen for i in mine)), right, abs(sum(i.fen for i in other)))


def _items(left: list[Item], right: list[Item]) -> Iterator[Lines]:
    for one, other in zip_longest(left, right):
        yield Lines(*_item(one), *_item(other), left_case=_case(one), right_case=_case(other))


def _item(item: Item | None) -> tuple[str, int | None]:
    if item is None:
        return "", None
    return f"　{item.day:%m-%d} {item.ref} {item.what}".rstrip(), abs(item.fen)


def _case(item: Item | None) -> str:
    return item.case if item else ""


def reconciliation_xlsx(form: Form, made: Reconciliation) -> bytes:
    """Return the statement as .xlsx: amounts are numbers in yuan."""

    def fill(sheet: Sheet) -> None:
        sheet.heading(f"{form.unit}　{TITLE}", f"{_about(form)}　单位：元")
        sheet.heads(HEADS)
        for line in lines(made):
            sheet.write(line[:4], frozenset({1, 3}))
        for title in SIGNERS:
            sheet.write((f"{title}：", None, None, None), frozenset())

    return workbook(TITLE, (44.0, 18.0, 44.0, 18.0), fill, wide=True)


def reconciliation_pdf(form: Form, made: Reconciliation, faces: Faces | None = None) -> bytes:
    """Return the statement as a PDF of A4 across, with lines for the signatures."""
    return reconciliation_print(form, made, faces).pdf


def reconciliation_print(form: Form, made: Reconciliation, faces: Faces | None = None) -> Print:
    """Return the statement with the letters that no face had."""
    paper = Paper((A4[1], A4[0]), 34, faces)
    paper.paragraph(paper.margin, TITLE, Ink(20, heavy=True), paper.room, "middle")
    paper.y += 20
    half = paper.room / 2
    paper.put((paper.margin, paper.y - 6), f"单位：{form.unit}", Ink(), half)
    right = f"{form.month}　单位：元"
    paper.put((paper.margin + half, paper.y - 6), right, Ink(), half, "right")
    paper.y += 16
    about = f"账户：{form.account}　{form.bank}"
    paper.put((paper.margin, paper.y - 6), about, Ink(), paper.room)
    columns = [Column("项目", "left", 1), Column("金额", "right")] * 2
    rows = [_row(line) for line in lines(made)]
    lane = table.lane(paper, "", columns, rows, paper.room, Style(Ink(10.5), 1.3, 3))
    table.flow(paper, (lane,), (Slot(paper.margin, paper.room),))
    paper.need(SIGNATURES)
    for at, title in enumerate(SIGNERS):
        wide = paper.room / len(SIGNERS)
        paper.put((paper.margin + at * wide, paper.y + 20), f"{title}：", Ink(), wide)
    paper.y += SIGNATURES
    name = f"{TITLE}（{form.account}，{form.month}）"
    return paper.finish(f"{form.unit}　{name}", name)


def _about(form: Form) -> str:
    return f"{form.account}　{form.bank}　{form.month}"


def _row(line: Lines) -> Row:
    cells = (line.left, _yuan(line.left_fen), line.right, _yuan(line.right_fen))
    return Row(cells, heavy=line.heavy)


def _yuan(fen: int | None) -> str:
    return "" if fen is None else yuan(fen)

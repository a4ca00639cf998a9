"""The form that somebody signs by hand: what they agree to, and how the paper is told apart."""

from typing import NamedTuple

from ledger.voucher import Voucher
from reports import seal, table
from reports.faces import Faces
from reports.paper import A4, Box, Ink, Paper, Print
from reports.table import Slot
from reports.voucher_pdf import FIELDS, fields

SPACE = 96  # points of height in which to sign
FOOT = (
    "签好后：一人扫描或拍照上传，填上面的核对码；另一个席位的人对照纸张确认，签字才算数。",
    "内容改动一个字，这张纸就作废，要重新打印、重新签。原件随凭证装订保存。",
)


class Asked(NamedTuple):
    """What a form asks for: the step and its place in the chain, the seat, who may sign."""

    step: str
    place: int
    seat: str
    names: tuple[str, ...]
    revision: int
    code: str


def wet_form_pdf(unit: str, case: str, voucher: Voucher, asked: Asked, url: str = "") -> bytes:
    """Return the form for one step of a case as a PDF on A4; `url` is what the QR opens."""
    return wet_form_print(unit, case, voucher, asked, url).pdf


def wet_form_print(
    unit: str,
    case: str,
    voucher: Voucher,
    asked: Asked,
    url: str = "",
    faces: Faces | None = None,
) -> Print:
    """Return the form with the letters that no face had."""
    paper = Paper(A4, 42, faces)
    paper.paragraph(paper.margin, "审签单（纸质签字）", Ink(22, heavy=True), paper.room, "middle")
    title = f"第 {asked.place} 步　{asked.step}"
    paper.paragraph(paper.margin, title, Ink(15, heavy=True), paper.room, "middle")
    paper.y += 6
    rows = fields(unit, case, voucher)
    slots = (Slot(paper.margin, paper.room),)
    table.flow(paper, (table.lane(paper, "", FIELDS, rows, paper.room),), slots)
    _sign(paper, asked)
    _code(paper, voucher.digest(), asked, url)
    for line in FOOT:
        paper.paragraph(paper.margin, line, Ink(10.5), paper.room)
    return paper.finish(f"{unit}　审签单　{case}", f"审签单 {case}")


def _sign(paper: Paper, asked: Asked) -> None:
    """Put the place to sign: what is said, in which seat, by whom, on which day."""
    paper.y += 8
    paper.need(SPACE + 8)
    x, y, room = paper.margin, paper.y, paper.room
    paper.draw(Box(x, y, room, SPACE))
    words = "我已看过以上内容和所附单据，同意。"
    paper.put((x + 10, y + 22), words, Ink(12, heavy=True), room - 20)
    who = f"席位：{asked.seat}　（{'、'.join(asked.names)}）"
    paper.put((x + 10, y + 44), who, Ink(10.5), room - 20)
    paper.put((x + 10, y + 78), "本人签字（按手印）：", Ink(12), room * 0.55)
    paper.put((x + room * 0.56, y + 78), "日期：　　　　年　　月　　日", Ink(12), room * 0.43)
    paper.y = y + SPACE + 8


def _code(paper: Paper, digest: str, asked: Asked, url: str) -> None:
    """Put the check code that is typed when the paper comes back, the digest, and a QR."""
    paper.need(seal.QR + 8)
    side, x, y = seal.QR, paper.margin, paper.y
    paper.draw(Box(x, y, paper.room, side + 8))
    seal.qr(paper, x + paper.room - side - 4, y + 4, url or asked.code)
    room = paper.room - side - 24
    said = f"核对码（第 {asked.revision} 稿）：{asked.code}"
    paper.put((x + 8, y + 24), said, Ink(15, heavy=True), room)
    paper.put((x + 8, y + 44), "凭证内容的校验码：", Ink(10.5), room)
    for down, part in enumerate((digest[:32], digest[32:])):
        text = " ".join(part[at : at + 4] for at in range(0, 32, 4))
        paper.put((x + 8, y + 62 + 18 * down), text, Ink(10.5), room)
    paper.y = y + side + 14

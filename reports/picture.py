"""The month as one long picture for the chat group, read on a phone without enlarging it."""

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

import pypdfium2
from PIL import Image, ImageChops

from disclosure.abridge import Short, abridged
from disclosure.oddly import KINDS
from disclosure.render import five, said
from disclosure.sheet import Answer, Claim, Erratum, Fund, Mark, Sheet
from ledger import money
from reports import seal, words
from reports.faces import Faces
from reports.paper import Box, Ink, Paper, Print, Rule, Side

WIDE, SCALE = 360.0, 3  # a point is a pixel of a cheap phone; the picture is 1080 pixels wide
ENDLESS = 100_000.0  # no page ends while it is being filled
MARGIN = 16.0
REDDISH = 32  # so much more red than green makes a point red
PALETTE = [
    *(17 * level for level in range(16) for _ in "rgb"),
    *(part for level in range(16) for part in (191 + 64 * level // 15, 17 * level, 17 * level)),
]
ENTRIES = 15  # named on either side; the others are counted
FEW = 6
LONGEST = 90  # letters of a summary, a question or an answer
AMOUNT = 116.0
BODY, LIGHT, HEAD = Ink(15), Ink(13, grey=0.25), Ink(18, heavy=True)


class Picture(NamedTuple):
    """A picture: PNG bytes, width and height in pixels, and the PDF that it was drawn from."""

    png: bytes
    width: int
    height: int
    pdf: bytes


def picture(sheet: Sheet, url: str = "", faces: Faces | None = None) -> Picture:
    """Return a month as a picture 1080 pixels wide; give it the sheet as the web may show it.

    The smallest type is 13 pixels on a screen of 360. Every sum is shown; of the entries the
    largest are named and the others counted.
    """
    made = picture_print(sheet, url, faces)
    document = pypdfium2.PdfDocument(made.pdf)
    drawn = _few_colours(document[0].render(scale=SCALE).to_pil())
    document.close()
    out = BytesIO()
    drawn.save(out, "PNG", compress_level=6)
    return Picture(out.getvalue(), drawn.width, drawn.height, made.pdf)


def _few_colours(drawn: Image.Image) -> Image.Image:
    """Return the picture in sixteen greys and sixteen reds: small, and quick to pack."""
    red, green, _ = drawn.split()
    reds = ImageChops.subtract(red, green).point([0] * REDDISH + [16] * (256 - REDDISH))
    levels = ImageChops.add(green.point([level >> 4 for level in range(256)]), reds)
    levels.putpalette(PALETTE)
    return levels


def picture_print(sheet: Sheet, url: str = "", faces: Faces | None = None) -> Print:
    """Return the one long page that the picture is made of."""
    paper = Paper((WIDE, ENDLESS), MARGIN, faces)
    paper.numbered = False
    _title(paper, sheet)
    _figures(paper, sheet)
    _side(paper, "本月收入，钱从哪里来", abridged(sheet.income, ENTRIES), sheet.income_fen)
    _side(paper, "本月支出，钱到哪里去", abridged(sheet.spending, ENTRIES), sheet.spending_fen)
    _banks(paper, sheet.banks)
    _owed(paper, sheet)
    _asides(paper, sheet)
    _errata(paper, sheet.errata)
    _answers(paper, sheet.answers)
    _hung(paper, sheet)
    _odd(paper, sheet)
    _marks(paper, sheet.marks)
    _proof(paper, sheet, url)
    paper.y += 10
    _note(paper, "名字里有*的是村民：网上不写全名，墙上的表写全名。", LIGHT)
    paper.height = paper.y + MARGIN
    return paper.finish("", f"{sheet.name}{words.month(sheet.period)}财务公开")


def _title(paper: Paper, sheet: Sheet) -> None:
    paper.paragraph(MARGIN, sheet.name, Ink(20, heavy=True), paper.room, "middle")
    title = f"{words.month(sheet.period)}财务公开"
    paper.paragraph(MARGIN, title, Ink(22, heavy=True), paper.room, "middle")
    if not sheet.sealed:
        paper.paragraph(MARGIN, "草稿：本月还没有封账，数字可能变动。", BODY, paper.room, "middle")
    paper.y += 8


def _figures(paper: Paper, sheet: Sheet) -> None:
    for at, (word, fen) in enumerate(five(sheet)):
        last = at == 3  # noqa: PLR2004 - the sum of the three above
        paper.draw(Box(MARGIN, paper.y, paper.room, 38, 1.6 if last else 0.6))
        paper.put((MARGIN + 10, paper.y + 25), word, Ink(16, heavy=last), 120)
        amount = f"{money.yuan(fen)} 元"
        _right(paper, amount, Ink(20, heavy=True, red=fen < 0), paper.y + 26, 190, 10)
        paper.y += 38
    paper.y += 6


def _right(paper: Paper, text: str, ink: Ink, base: float, room: float, inset: float = 0.0) -> None:
    paper.put((WIDE - MARGIN - inset - room, base), text, ink, room, "right")


def _heading(paper: Paper, text: str) -> None:
    paper.y += 34
    paper.put((MARGIN, paper.y), text, HEAD, paper.room)
    paper.y += 7
    paper.draw(Rule(MARGIN, paper.y, WIDE - MARGIN, paper.y, 1.6))
    paper.y += 3


def _row(paper: Paper, text: str, fen: int, ink: Ink = BODY, indent: float = 0.0) -> None:
    """Put a text of several lines with its amount at the right of the first."""
    top, room = paper.y, paper.room - indent - AMOUNT
    for line in paper.lines(text, room, ink):
        paper.y += ink.size * 1.45
        paper.put((MARGIN + indent, paper.y - ink.size * 0.35), line, ink, room)
    base = top + ink.size * 1.1
    _right(paper, money.yuan(fen), ink._replace(red=fen < 0, grey=0.0), base, AMOUNT - 6)


def _side(paper: Paper, title: str, shorts: Sequence[Short], total: int) -> None:
    _heading(paper, title)
    if not shorts:
        _note(paper, "本月没有。")
        return
    most = max(abs(short.group.fen) for short in shorts) or 1
    for short in shorts:
        paper.y += 7
        head = f"{short.group.title}（{len(short.group.lines)}笔）"
        _row(paper, head, short.group.fen, Ink(16, heavy=True))
        _bar(paper, abs(short.group.fen) / most)
        for line in short.shown:
            text = f"{line.day.month}/{line.day.day} {clipped(line.summary)}"
            party = line.party if line.party not in line.summary else ""
            _row(paper, f"{text}（{party}）" if party else text, line.fen, LIGHT, 8)
        if short.shown and short.others:
            _row(paper, f"其余 {short.others} 笔", short.others_fen, LIGHT, 8)
    paper.y += 5
    paper.draw(Rule(MARGIN, paper.y, WIDE - MARGIN, paper.y))
    _row(paper, "合计", total, Ink(16, heavy=True))


def _bar(paper: Paper, share: float) -> None:
    paper.y += 2
    paper.draw(Box(MARGIN, paper.y, max(share * paper.room, 2), 7, weight=0, grey=0.55))
    paper.y += 9


def clipped(text: str, longest: int = LONGEST) -> str:
    """Return a text of at most so many letters, an ellipsis where it was longer."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _note(paper: Paper, text: str, ink: Ink = BODY, side: Side = "left") -> None:
    paper.paragraph(MARGIN, text, ink, paper.room, side)


def _banks(paper: Paper, banks: Sequence[Fund]) -> None:
    if not banks:
        return
    _heading(paper, "钱在哪里（月末）")
    for bank in banks[:FEW]:
        _row(paper, clipped(bank.name), bank.closing_fen)
    if banks[FEW:]:
        rest = sum(bank.closing_fen for bank in banks[FEW:])
        _row(paper, f"其余 {len(banks) - FEW} 个账户", rest)


def _owed(paper: Paper, sheet: Sheet) -> None:
    sides: tuple[tuple[str, Sequence[Claim]], ...] = (
        ("别人欠集体", sheet.receivables),
        ("集体欠别人", sheet.payables),
    )
    if sheet.receivables or sheet.payables:
        _heading(paper, "欠账（月末）")
    for word, claims in sides:
        if claims:
            _row(paper, f"{word}（{len(claims)}笔）", sum(claim.fen for claim in claims))


def _errata(paper: Paper, errata: Sequence[Erratum]) -> None:
    if not errata:
        return
    _heading(paper, "更正")
    for one in errata[:FEW]:
        _row(paper, f"原 {one.wrong}：{clipped(one.why)}", one.before_fen, LIGHT)
        _row(paper, f"改 {one.right or '（只冲销）'}", one.after_fen, LIGHT)
    if errata[FEW:]:
        _note(paper, f"另有 {len(errata) - FEW} 处更正，见公开表。", LIGHT)


def _asides(paper: Paper, sheet: Sheet) -> None:
    for title, rows in sheet.beside().items():
        _heading(paper, title)
        for one in rows[:FEW]:
            _row(paper, f"{clipped(one.name)} {clipped(one.words)}", one.fen, LIGHT)
        if rows[FEW:]:
            _note(paper, f"另有 {len(rows) - FEW} 行，见公开表。", LIGHT)


def _answers(paper: Paper, answers: Sequence[Answer]) -> None:
    if not answers:
        return
    _heading(paper, "村民问，集体答")
    for one in answers[:FEW]:
        paper.y += 4
        _note(paper, f"问：{clipped(one.question)}")
        said = f"{clipped(one.answer)}（{one.by}）" if one.answered else "还没有答复。"
        _note(paper, f"答：{said}", LIGHT)
    if answers[FEW:]:
        _note(paper, f"另有 {len(answers) - FEW} 个问题，见公开表。", LIGHT)


def _hung(paper: Paper, sheet: Sheet) -> None:
    if sheet.hung:
        _heading(paper, "上月公开表贴了没有")
    for one in sheet.hung:
        _note(paper, f"{clipped(one.board)}：{said(one)}")
    if sheet.urgent:
        _note(paper, f"应急支出 {len(sheet.urgent)} 笔，在上月公开表张贴以前办的。")


def _odd(paper: Paper, sheet: Sheet) -> None:
    if not sheet.odd:
        return
    _heading(paper, "审签里请留意的")
    for one in sheet.odd:
        _note(paper, f"{KINDS[one.kind]}：{one.vouchers} 笔")
    _note(paper, "只是提醒，不是结论。", LIGHT)


def _marks(paper: Paper, marks: Sequence[Mark]) -> None:
    if not marks:
        return
    _heading(paper, "谁签的字")
    for mark in marks:
        when = f"{mark.name}　{mark.at[:10]}" if mark.at else mark.name or "还没有"
        paper.y += 22
        paper.put((MARGIN, paper.y - 5), mark.title, Ink(14), 150)
        _right(paper, when, Ink(14), paper.y - 5, 172)


def _proof(paper: Paper, sheet: Sheet, url: str) -> None:
    _heading(paper, "怎样核对、怎样提问")
    if sheet.posted and sheet.until:
        _note(paper, f"张贴：{sheet.posted:%Y-%m-%d} 至 {sheet.until:%Y-%m-%d}")
    asked = f"打电话 {sheet.telephone}" if sheet.telephone else "找村务监督委员会"
    _note(paper, f"对任何一笔有疑问：找村文书登记，或{asked}。")
    if not sheet.root:
        return
    paper.y += 6
    _note(paper, "存证号（和墙上的一样，就是同一本账）")
    digits = sheet.digits.split()
    for groups in (digits[:3], digits[3:]):
        paper.y += 28
        text = "  ".join(groups)
        paper.put((MARGIN, paper.y - 5), text, Ink(22, heavy=True), paper.room, "middle")
    side = 150.0
    paper.y += 8
    seal.qr(paper, (WIDE - side) / 2, paper.y, seal.address(url, sheet.root), side)
    paper.y += side
    if url:
        _note(paper, f"明细：{url}", LIGHT)

"""The household's slip: what you get and how it was counted, in plain words, eight to a page."""

from ledger import money
from ledger.distribution import Roll
from ledger.registers.membership.entry import SHARES
from reports import roll as rolls
from reports.faces import Faces
from reports.paper import A4, Ink, Paper, Print, Rule
from reports.roll import Entry, Extras

ACROSS, DOWN = 2, 4
EDGE = 20.0
SMALLEST = 6.0


def slips_pdf(unit: str, roll: Roll, extras: Extras | None = None, telephone: str = "") -> bytes:
    """Return the slips as a PDF on A4, with lines to cut along."""
    return slips_print(unit, roll, extras, telephone).pdf


def slips_print(
    unit: str,
    roll: Roll,
    extras: Extras | None = None,
    telephone: str = "",
    faces: Faces | None = None,
) -> Print:
    """Return the slips with the letters that no face had."""
    paper = Paper(A4, EDGE, faces)
    for at, entry in enumerate(rolls.entries(roll, extras or {})):
        place = at % (ACROSS * DOWN)
        if not place:
            if at:
                paper.turn()
            _cuts(paper)
        _slip(paper, place, f"{unit}", roll, entry, telephone)
    paper.y = paper.height - EDGE - 40
    return paper.finish(f"{unit}{roll.year}年度分红通知单", f"{unit}{roll.year}年度分红通知单")


def _size(paper: Paper) -> tuple[float, float]:
    return paper.room / ACROSS, (paper.height - 2 * EDGE - 18) / DOWN


def _cuts(paper: Paper) -> None:
    wide, high = _size(paper)
    paper.draw(Rule(EDGE + wide, EDGE, EDGE + wide, EDGE + DOWN * high, dash=True))
    for at in range(1, DOWN):
        paper.draw(Rule(EDGE, EDGE + at * high, EDGE + paper.room, EDGE + at * high, dash=True))


def _slip(paper: Paper, place: int, unit: str, roll: Roll, entry: Entry, telephone: str) -> None:
    wide, high = _size(paper)
    x, y = EDGE + place % ACROSS * wide + 12, EDGE + place // ACROSS * high
    room = wide - 24
    paper.put((x, y + 26), f"{roll.year}年度分红通知单", Ink(15, heavy=True), room, "middle")
    paper.put((x, y + 44), unit, Ink(10.5), room, "middle")
    paper.put((x, y + 66), f"{entry.group}　第 {entry.no} 号", Ink(11), room * 0.4)
    _explain(paper, (x + room * 0.4, y + 46), (room * 0.6, 32), f"户主：{entry.head}", heavy=True)
    paper.put((x, y + 95), "实发", Ink(13), 34)
    amount = Ink(22, heavy=True, red=entry.paid_fen < 0)
    paper.put((x + 34, y + 96), f"{money.yuan(entry.paid_fen)} 元", amount, room - 34, "right")
    _explain(paper, (x, y + 104), (room, high - 112), _text(roll, entry, telephone))


def _text(roll: Roll, entry: Entry, telephone: str) -> str:
    held = f"，扣减 {money.yuan(entry.held_fen)} 元（{entry.reason}）" if entry.held_fen else ""
    layers = "、".join(f"{title} {money.yuan(fen)} 元" for title, fen in entry.parts)
    # Of several layers none is so much a share; each is named with what it gives.
    each = f"（{layers}）" if layers else ""
    rate = "" if layers else f"每股 {rolls.a_share(roll.per_share)} 元，"
    stock = "".join(f"，另送{SHARES[kind]} {count} 股" for kind, count in entry.bonus)
    return (
        f"您家 {entry.people} 口人，共 {entry.shares} 股，{rate}"
        f"应分 {money.yuan(entry.due_fen)} 元{each}{stock}{held}，"
        f"实发 {money.yuan(entry.paid_fen)} 元（{money.capital(entry.paid_fen)}）。"
        + (f"\n有疑问请打电话 {telephone}。" if telephone else "")
    )


def _explain(
    paper: Paper,
    place: tuple[float, float],
    size: tuple[float, float],
    text: str,
    *,
    heavy: bool = False,
) -> None:
    """Put a text into a box, in the largest type (from 14 or 12 down) in which all of it fits.

    What does not fit even in the smallest type ends in an ellipsis: the roll has it in full.
    """
    ink = Ink(14, heavy=True) if heavy else Ink(12)
    lines = paper.lines(text, size[0], ink)
    while len(lines) * ink.size * 1.4 > size[1] and ink.size > SMALLEST:
        ink = ink._replace(size=ink.size - 0.5)
        lines = paper.lines(text, size[0], ink)
    most = max(int(size[1] // (ink.size * 1.4)), 1)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1][:-1]}…"]
    for at, line in enumerate(lines):
        paper.put((place[0], place[1] + (at + 1) * ink.size * 1.4), line, ink, size[0])

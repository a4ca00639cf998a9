"""Slips with each household's code: eight to a page, to be cut and handed over folded."""

from collections.abc import Mapping, Sequence

from ledger.distribution import Holding
from reports import seal
from reports.faces import Faces
from reports.paper import A4, Ink, Paper, Print, Rule

ACROSS, DOWN = 2, 4
EDGE = 20.0
QR = 74.0


def codes_pdf(
    unit: str, holdings: Sequence[Holding], codes: Mapping[str, str], url: str = ""
) -> bytes:
    """Return the slips as a PDF on A4, by group and household, with lines to cut along."""
    return codes_print(unit, holdings, codes, url).pdf


def codes_print(
    unit: str,
    holdings: Sequence[Holding],
    codes: Mapping[str, str],
    url: str = "",
    faces: Faces | None = None,
) -> Print:
    """Return the slips with the letters that no face had."""
    paper = Paper(A4, EDGE, faces)
    coded = [one for one in holdings if one.household in codes]
    for at, one in enumerate(sorted(coded, key=lambda one: (one.group, one.household))):
        place = at % (ACROSS * DOWN)
        if not place:
            if at:
                paper.turn()
            _cuts(paper)
        _slip(paper, place, unit, one, codes[one.household], url)
    paper.y = paper.height - EDGE - 40
    return paper.finish(f"{unit}每户查询码", f"{unit}每户查询码")


def _size(paper: Paper) -> tuple[float, float]:
    return paper.room / ACROSS, (paper.height - 2 * EDGE - 18) / DOWN


def _cuts(paper: Paper) -> None:
    wide, high = _size(paper)
    paper.draw(Rule(EDGE + wide, EDGE, EDGE + wide, EDGE + DOWN * high, dash=True))
    for at in range(1, DOWN):
        paper.draw(Rule(EDGE, EDGE + at * high, EDGE + paper.room, EDGE + at * high, dash=True))


def _slip(paper: Paper, place: int, unit: str, one: Holding, code: str, url: str) -> None:
    wide, high = _size(paper)
    x, y = EDGE + place % ACROSS * wide + 12, EDGE + place // ACROSS * high
    room = wide - 24
    paper.put((x, y + 24), "我家的账：查询码", Ink(15, heavy=True), room, "middle")
    paper.put((x, y + 42), unit, Ink(10.5), room, "middle")
    paper.put((x, y + 64), f"{one.group}　户主：{one.head}", Ink(12), room)
    paper.put((x, y + 86), f"户号　{one.household}", Ink(13, heavy=True), room)
    paper.put((x, y + 110), code, Ink(20, heavy=True), room)
    left = room - QR if url else room
    words = "打开网页填户号和查询码，只看得到自己家的份额和分红。不要给别人看。"
    for at, line in enumerate(paper.lines(words, left - 6, Ink(11))):
        paper.put((x, y + 132 + at * 16), line, Ink(11), left - 6)
    if url:
        seal.qr(paper, x + room - QR, y + high - QR - 6, url, QR)

"""Paper: words, rules and boxes put on pages, then drawn as a PDF whose bytes never vary."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Literal, NamedTuple

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from reports import breaking, faces
from reports.faces import Face, Faces

rl_config.invariant = 1  # same values, same bytes: a printed sheet has a digest
Side = Literal["left", "middle", "right"]
A4 = (595.28, 841.89)
MM = 72 / 25.4
LIGHT = 0.4
PRODUCER = "Mingbai"


class Ink(NamedTuple):
    """How a text is drawn: size in points, heavy or not, red or not, grey (0 is black)."""

    size: float = 10.5
    heavy: bool = False
    red: bool = False
    grey: float = 0.0


class Word(NamedTuple):
    """A text on one line: left end and baseline (points from the top left), the room it had."""

    x: float
    y: float
    text: str
    ink: Ink
    room: float


class Rule(NamedTuple):
    """A straight line; `dash` for one to cut along."""

    x0: float
    y0: float
    x1: float
    y1: float
    weight: float = LIGHT
    dash: bool = False


class Box(NamedTuple):
    """A rectangle: outlined with a weight, or filled when the weight is 0."""

    x: float
    y: float
    width: float
    height: float
    weight: float = LIGHT
    grey: float = 0.0


Mark = Word | Rule | Box


class Print(NamedTuple):
    """A printed document: its bytes, how many pages, which letters were stood in for by 〓."""

    pdf: bytes
    pages: int
    missing: tuple[str, ...]


class Paper:
    """Pages being filled from the top; all measures in points from the top left corner."""

    def __init__(self, size: tuple[float, float], margin: float, used: Faces | None = None) -> None:
        self.width, self.height = size
        self.margin = margin
        self.faces = used or faces.chosen()
        self.pages: list[list[Mark]] = [[]]
        self.missing: dict[str, None] = {}
        self.y = margin
        self.foot = 22.0
        self.numbered = True
        self.running: Callable[[Paper], None] = lambda _: None

    @property
    def room(self) -> float:
        """Return the width between the margins."""
        return self.width - 2 * self.margin

    @property
    def bottom(self) -> float:
        """Return where the room for text ends."""
        return self.height - self.margin - self.foot

    def face(self, ink: Ink) -> Face:
        """Return the face an ink is drawn with."""
        return faces.heavy(self.faces) if ink.heavy else faces.regular(self.faces)

    def clean(self, text: str) -> str:
        """Return the text with 〓 for what the face lacks, and remember what it lacked."""
        lacking = faces.missing(text, self.faces)
        self.missing.update(dict.fromkeys(lacking))
        return faces.clean(text, lacking)

    def measure(self, text: str, ink: Ink) -> float:
        """Return the width of a text."""
        return faces.width(text, self.face(ink), ink.size)

    def lines(self, text: str, room: float, ink: Ink) -> list[str]:
        """Return the clean text broken into lines of at most the room."""
        return breaking.lines(self.clean(text), room, self.face(ink), ink.size)

    def parts(self, parts: Sequence[str], room: float, ink: Ink) -> list[str]:
        """Return lines of several short texts, broken between them wherever one would not fit."""
        found = [""]
        for part in parts:
            longer = f"{found[-1]}　{part}" if found[-1] else part
            if self.measure(self.clean(longer), ink) <= room:
                found[-1] = longer
            else:
                found += self.lines(part, room, ink)
        return [line for line in found if line] or [""]

    def fit(self, text: str, room: float, ink: Ink) -> Ink:
        """Return the ink, smaller where the text would not fit the room on one line."""
        wide = self.measure(text, ink)
        return ink if wide <= room else ink._replace(size=ink.size * room / wide * 0.9999)

    def put(
        self, place: tuple[float, float], text: str, ink: Ink, room: float, side: Side = "left"
    ) -> None:
        """Put one line of text into a room that begins at the place (x, baseline).

        A line wider than its room is drawn smaller: nothing ever overlaps its neighbour.
        """
        self.put_on(self.pages[-1], place, text, ink, room, side)

    def put_on(
        self,
        page: list[Mark],
        place: tuple[float, float],
        text: str,
        ink: Ink,
        room: float,
        side: Side = "left",
    ) -> None:
        """Put one line of text on any page, as `put` does on the last."""
        text = self.clean(text).replace("\n", " ")
        ink = self.fit(text, room, ink)
        spare = room - self.measure(text, ink)
        x = place[0] + {"left": 0.0, "middle": spare / 2, "right": spare}[side]
        if text:
            page.append(Word(x, place[1], text, ink, room))

    def paragraph(self, x: float, text: str, ink: Ink, room: float, side: Side = "left") -> None:
        """Put a text of any length below what is there, turning pages where it must."""
        leading = ink.size * 1.5
        for line in self.lines(text, room, ink):
            if self.y + leading > self.bottom:
                self.turn()
            self.y += leading
            self.put((x, self.y - ink.size * 0.4), line, ink, room, side)

    def draw(self, mark: Mark) -> None:
        """Put a rule or a box."""
        self.pages[-1].append(mark)

    def turn(self) -> None:
        """Begin a new page."""
        self.pages.append([])
        self.y = self.margin
        self.running(self)

    def need(self, height: float) -> None:
        """Begin a new page unless this much room is left."""
        if self.y + height > self.bottom:
            self.turn()

    def close(self, footer: str) -> None:
        """Report missing letters and number the pages: nothing more is put on them."""
        self._report()
        for number, page in enumerate(self.pages if self.numbered else [], start=1):
            self._foot(page, footer, f"第 {number} 页　共 {len(self.pages)} 页")

    def finish(self, footer: str, title: str, scale: float = 1.0) -> Print:
        """Report missing letters, number the pages and draw everything, enlarged by the scale."""
        self.close(footer)
        return self.drawn(title, scale)

    def drawn(self, title: str, scale: float = 1.0) -> Print:
        """Return the pages as they are, enlarged by the scale."""
        out = BytesIO()
        canvas = Canvas(out, pagesize=(self.width * scale, self.height * scale), invariant=1)
        canvas.setTitle(title)
        canvas.setCreator(PRODUCER)
        canvas.setProducer(PRODUCER)
        canvas.setAuthor(PRODUCER)
        canvas.setSubject(title)
        for page in self.pages:
            canvas.scale(scale, scale)
            self._draw(canvas, page)
            canvas.showPage()
        canvas.save()
        return Print(out.getvalue(), len(self.pages), tuple(self.missing))

    def _report(self) -> None:
        if self.missing:
            named = "、".join(f"U+{ord(letter):04X}" for letter in self.missing)
            self.paragraph(
                self.margin, f"说明：字库缺字，文中以〓代替：{named}。", Ink(9), self.room
            )

    def _foot(self, page: list[Mark], footer: str, count: str) -> None:
        y = self.height - self.margin
        ink = Ink(9)
        wide = self.measure(count, ink)
        page.append(Rule(self.margin, y - 13, self.width - self.margin, y - 13))
        page.append(Word(self.width - self.margin - wide, y, count, ink, wide))
        room = self.room - wide - 12
        text = self.clean(footer)
        page.append(Word(self.margin, y, text, self.fit(text, room, ink), room))

    def _draw(self, canvas: Canvas, page: list[Mark]) -> None:
        for mark in page:
            match mark:
                case Word():
                    self._word(canvas, mark)
                case Rule():
                    canvas.setStrokeGray(0)
                    canvas.setLineWidth(mark.weight)
                    canvas.setDash([4, 3] if mark.dash else [])
                    canvas.line(mark.x0, self.height - mark.y0, mark.x1, self.height - mark.y1)
                case Box():
                    self._box(canvas, mark)

    def _box(self, canvas: Canvas, box: Box) -> None:
        canvas.setDash([])
        canvas.setLineWidth(box.weight)
        canvas.setStrokeGray(box.grey)
        canvas.setFillGray(box.grey)
        canvas.rect(
            box.x,
            self.height - box.y - box.height,
            box.width,
            box.height,
            stroke=int(box.weight > 0),
            fill=int(box.weight == 0),
        )

    def _word(self, canvas: Canvas, word: Word) -> None:
        face, ink = self.face(word.ink), word.ink
        colour = (0.75, 0, 0) if ink.red else (ink.grey,) * 3
        text = canvas.beginText(word.x, self.height - word.y)
        text.setFont(face.name, ink.size)
        text.setFillColorRGB(*colour)
        drawn_bold = ink.heavy and not face.bold
        if drawn_bold:
            canvas.setStrokeColorRGB(*colour)
            canvas.setDash([])
            canvas.setLineWidth(ink.size * 0.022)
        text.setTextRenderMode(2 if drawn_bold else 0)
        text.textOut(word.text)
        text.setTextRenderMode(0)  # else all that follows would be bold
        canvas.drawText(text)

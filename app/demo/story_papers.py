"""The papers of the story as pictures, plainly marked as samples; the same bytes on each run."""

import io
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

from app.demo.story import STORY, PaperOf

SIZE = (1000, 640)
MARGIN, LEADING = 64, 62


def pictures() -> tuple[tuple[PaperOf, bytes], ...]:
    """Return each paper of the story with its PNG bytes."""
    return tuple((paper, picture(paper)) for paper in STORY.papers)


def picture(paper: PaperOf) -> bytes:
    """Draw a paper: a frame, its title and number, its lines, and the word 样例 across it."""
    sheet = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((24, 24, SIZE[0] - 24, SIZE[1] - 24), outline="#8a1f11", width=3)
    pen.text((560, 250), "样例", font=_font(180), fill="#f6dcd8")
    pen.text((MARGIN, MARGIN), paper.title, font=_font(48), fill="#8a1f11")
    pen.text((MARGIN, MARGIN + 76), f"编号 {paper.number}", font=_font(28), fill="#444444")
    for at, line in enumerate(paper.text):
        pen.text((MARGIN, 250 + at * LEADING), line, font=_font(32), fill="black")
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont:
    face = files("paperang_p2_fonts_cjk") / "fonts" / "wqy-microhei.ttc"
    return ImageFont.truetype(str(face), size)

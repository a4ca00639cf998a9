"""Typefaces: which letters a face has, how wide a text is, what stands in for what it lacks."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from ledger.refusal import Refusal

STAND_IN = "〓"  # the printers' mark for a letter that the case does not hold
# Joiners, marks of direction and variation: no ink, and directions could turn a name around.
INKLESS = frozenset("\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f\u00ad")
BLANKS = str.maketrans({"\t": " ", "\r": "\n", "\u2028": "\n", "\u2029": "\n", "\u3000": "\u3000"})


class Faces(NamedTuple):
    """Paths of the TrueType files; without a bold one, heavy text is the regular one drawn bold."""

    regular: Path
    bold: Path | None = None


class Face(NamedTuple):
    """A registered face: its name, its widths in thousandths of the size, whether it is bold."""

    name: str
    widths: dict[int, float]
    default: float
    bold: bool


def shipped() -> Faces:
    """Return the face that comes with the program, 文泉驿微米黑."""
    return Faces(Path(str(files("paperang_p2_fonts_cjk") / "fonts" / "wqy-microhei.ttc")))


_chosen: list[Faces] = []


def choose(regular_: Path, bold: Path | None = None) -> None:
    """Draw everything with these TrueType files from now on; `shipped` ones where none is chosen.

    Raises:
        BadFace: a file is no TrueType face.
    """
    try:
        load(regular_)
        if bold:
            load(bold, bold=True)
    except (TTFError, OSError) as fault:
        raise BadFace(why=str(fault)) from fault
    _chosen[:] = [Faces(regular_, bold)]


def chosen() -> Faces:
    """Return the faces that papers and pictures are drawn with."""
    return _chosen[-1] if _chosen else shipped()


class BadFace(Refusal):
    """The setting `font` or `font_bold` names no TrueType file."""

    code = "P011"
    says = (
        "字体文件不能用：{why}。请在设置 font、font_bold 里写 TrueType 字体（.ttf、.ttc）的路径。"
    )
    rule = "docs/LANGUAGES.md"
    status = 500


@lru_cache(maxsize=16)
def load(path: Path, *, bold: bool = False) -> Face:
    """Register a TrueType file and return its face.

    Raises:
        reportlab.pdfbase.ttfonts.TTFError: the file has no TrueType outlines (CFF is refused).
    """
    name = f"Mingbai{len(pdfmetrics.getRegisteredFontNames())}"
    font = TTFont(name, str(path))
    pdfmetrics.registerFont(font)
    held = {code: font.face.charWidths[code] for code in font.face.charToGlyph}
    return Face(name, held, font.face.defaultWidth, bold)


def regular(faces: Faces) -> Face:
    """Return the face of running text."""
    return load(faces.regular)


def heavy(faces: Faces) -> Face:
    """Return the face of titles and key figures."""
    return load(faces.bold, bold=True) if faces.bold else load(faces.regular)


def width(text: str, face: Face, size: float) -> float:
    """Return how wide the text is in points."""
    widths, default = face.widths, face.default
    return sum([widths.get(ord(letter), default) for letter in text]) * size / 1000


def missing(text: str, faces: Faces) -> tuple[str, ...]:
    """Return the letters of a text that a face lacks, each once, in order."""
    both = (regular(faces).widths, heavy(faces).widths)
    lacking = {
        letter: None
        for letter in text.translate(BLANKS)
        if letter not in INKLESS and letter != "\n" and any(ord(letter) not in w for w in both)
    }
    return tuple(lacking)


def clean(text: str, lacking: tuple[str, ...]) -> str:
    """Return the text as it can be printed: every lacking letter as 〓, nothing without ink."""
    text = "".join(letter for letter in text.translate(BLANKS) if letter not in INKLESS)
    return text.translate({ord(letter): STAND_IN for letter in lacking})

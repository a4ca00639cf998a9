"""Breaking Chinese text into lines: no stop begins one, no bracket ends one, no number splits."""

import re

from reports.faces import Face, width

NO_START = frozenset("，。、；：？！）》」』】〕〉”’％℃…—·,.;:?!)]}%~～ー々")
NO_END = frozenset("（《「『【〔〈“‘([{￥¥＃#№")
FARTHEST = 4  # a run of stops longer than this breaks where it must
PIECE = re.compile(r"\n|[0-9A-Za-z¥￥.,+\-−/%_:@#&=?]+|[ \u3000]+|.", re.DOTALL)


def lines(text: str, room: float, face: Face, size: float) -> list[str]:
    """Return the lines of a text, none wider than the room (points); at least one line.

    A word or number wider than the room by itself is cut where it must be.
    """
    found: list[str] = []
    for paragraph in text.split("\n"):
        found += _paragraph(paragraph.strip(" "), room, face, size)
    return found


def _paragraph(text: str, room: float, face: Face, size: float) -> list[str]:
    if width(text, face, size) <= room:
        return [text]
    done: list[str] = []
    line = ""
    for piece in _pieces(text, room, face, size):
        if width(line + piece, face, size) <= room or not line:
            line += piece
        elif piece.isspace():
            done, line = [*done, line], ""
        else:
            kept, moved = _carry(line, piece)
            done.append(kept.rstrip(" \u3000"))
            line = moved + piece
            if width(line, face, size) > room:
                done.append(moved)
                line = piece
    if done and len(line) == 1 and len(done[-1]) > FARTHEST:
        kept, moved = _carry(done[-1][:-1], done[-1][-1])  # no letter stands alone on its line
        done[-1], line = kept, moved + done[-1][-1] + line
    return [*done, line] if line.strip() or not done else done


def _pieces(text: str, room: float, face: Face, size: float) -> list[str]:
    found: list[str] = []
    for piece in PIECE.findall(text):
        while width(piece, face, size) > room and len(piece) > 1:
            fitting = _fitting(piece, room, face, size)
            found.append(piece[:fitting])
            piece = piece[fitting:]  # noqa: PLW2901 - what is left of the piece
        found.append(piece)
    return found


def _fitting(piece: str, room: float, face: Face, size: float) -> int:
    count = 1
    while count < len(piece) and width(piece[: count + 1], face, size) <= room:
        count += 1
    return count


def _carry(line: str, piece: str) -> tuple[str, str]:
    """Return the line and the tail of it that must move down to stay with the piece."""
    at = len(line)
    first = piece[0]
    for _ in range(FARTHEST):
        if at and (first in NO_START or line[at - 1] in NO_END):
            at -= len(PIECE.findall(line[:at])[-1])
            first = line[at]
    bad = not at or first in NO_START or line[at - 1] in NO_END
    return (line, "") if bad else (line[:at], line[at:])

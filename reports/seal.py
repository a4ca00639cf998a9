"""The seal on paper: a QR code to scan and twenty-four digits to read out."""

import segno

from reports.paper import MM, Box, Ink, Paper

QR = 32 * MM  # 32 mm with its quiet zone; the code itself is never under 24 mm
QUIET = 4


def address(url: str, root: str) -> str:
    """Return what the QR says: the page, and after # the root that the page must show."""
    return f"{url}#{root}" if url and root else url or root


def qr(paper: Paper, x: float, y: float, text: str, side: float = QR) -> None:
    """Draw a QR code, its quiet zone included, with its upper left corner at (x, y)."""
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    module = side / (len(rows) + 2 * QUIET)
    for down, row in enumerate(rows):
        start = 0
        while start < len(row):
            stop = start
            while stop < len(row) and row[stop]:
                stop += 1
            if stop > start:
                place = (x + (start + QUIET) * module, y + (down + QUIET) * module)
                paper.draw(Box(*place, (stop - start) * module, module, weight=0))
            start = stop + 1


def digits(paper: Paper, x: float, y: float, text: str, room: float) -> None:
    """Put the twenty-four digits in two lines of three groups."""
    groups = text.split()
    for down, part in enumerate((groups[:3], groups[3:])):
        paper.put((x, y + 18 * down), "  ".join(part), Ink(14, heavy=True), room)

"""Show a page of a PDF as a picture: a phone shows it everywhere. Drawn by `app.bounded`."""

import io

import pypdfium2

WIDTH = 1000  # pixels: small print of a receipt can be read on a phone
TALLEST = 4  # times the width; a longer page is drawn smaller


def answer(data: bytes, number: str) -> bytes:
    """Return a page (from 1) as PNG.

    Raises:
        Exception: whatever the reader says of a file or page that it cannot draw.
    """
    with pypdfium2.PdfDocument(data) as pdf:
        leaf = pdf[int(number) - 1]
        width, height = leaf.get_size()
        scale = min(WIDTH / width, WIDTH * TALLEST / height)
        out = io.BytesIO()
        leaf.render(scale=scale).to_pil().save(out, "PNG", optimize=True)
    return out.getvalue()

"""Show a page of a PDF as a picture, drawn in a process of its own: a phone shows it everywhere.

A hostile file may end that process or use up its time and memory, never the server's. So this file
is run as a script by `page`; it imports nothing of ours. In: the bytes; out: a PNG.
"""

import io
import subprocess
import sys
from threading import BoundedSemaphore

import pypdfium2

try:
    import resource
except ImportError:  # pragma: no cover - Windows has no such bounds; the time limit stays
    resource = None  # type: ignore[assignment]

MEMORY = 2**30
SECONDS = 15
WIDTH = 1000  # pixels: small print of a receipt can be read on a phone
TALLEST = 4  # times the width; a longer page is drawn smaller
# As many at once as the machine can bear beside its other work.
TURN = BoundedSemaphore(2)


def page(data: bytes, number: int) -> bytes | None:
    """Return a page (from 1) of a PDF as PNG, or None when it cannot be drawn."""
    command = [sys.executable, "-P", __file__, str(number)]
    with TURN:
        try:
            done = subprocess.run(  # noqa: S603 - our own script
                command, input=data, capture_output=True, timeout=SECONDS, check=True
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return None
    return done.stdout


def drawn(data: bytes, number: int) -> bytes:
    """Return a page (from 1) as PNG.

    Raises:
        Exception: whatever the reader says of a file or page that it cannot draw.
    """
    with pypdfium2.PdfDocument(data) as pdf:
        leaf = pdf[number - 1]
        width, height = leaf.get_size()
        scale = min(WIDTH / width, WIDTH * TALLEST / height)
        out = io.BytesIO()
        leaf.render(scale=scale).to_pil().save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:  # pragma: no cover - runs in a process of its own in each test
    """Read a PDF from standard input and write one of its pages to standard output."""
    if resource:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(drawn(sys.stdin.buffer.read(), int(sys.argv[1])))


if __name__ == "__main__":  # pragma: no cover - as above
    main()

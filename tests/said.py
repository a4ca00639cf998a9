"""What the proof says to whom it stops: one sentence for each attack, kept in said.txt to be read.

After a new attack or a change of a sentence: python tests/said.py, then read what has changed. An
attack that is not there yet is held to its code alone.
"""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from verify_history import Writer, small

from approvals.verify import verify

FILE = Path(__file__).with_name("said.txt")
SAID: dict[str, str] = dict(line.split("\t") for line in FILE.read_text("utf-8").splitlines())


def as_kept(act: Callable[..., None], sentence: str) -> bool:
    """Tell whether an attack is told what is kept of it."""
    return SAID.get(act.__name__, sentence) == sentence


def attacks() -> Iterator[tuple[Callable[[], Writer], Callable[[Writer], None]]]:
    """Return every attack and the books that it begins with."""
    import test_approvals_boards as boards  # noqa: PLC0415 - they import this module
    import test_approvals_verify_attacks as plain  # noqa: PLC0415
    import test_approvals_verify_hands as hands  # noqa: PLC0415
    import test_approvals_verify_witnesses as witnesses  # noqa: PLC0415

    yield from ((plain.begun, act) for _, act in [*plain.ATTACKS, *hands.ATTACKS])
    yield from ((lambda most=most: hands.papers(most), act) for _, most, act in hands.PAPERS)
    yield from ((witnesses.watched, act) for _, act in witnesses.ATTACKS)
    yield from ((boards.walled, act) for _, act in boards.ATTACKS)


def tampers() -> list[Callable[[Path], None]]:
    """Return what is done to the files; there the place is kept too."""
    import test_approvals_verify_attacks as plain  # noqa: PLC0415 - it imports this module

    return [act for _, _, act in plain.TEXTS]


def main() -> None:
    said: dict[str, str] = {}
    for begin, act in attacks():
        book = begin()
        act(book)
        with tempfile.TemporaryDirectory() as folder:
            fault = verify(book.write(Path(folder))).fault
        assert act.__name__ not in said, f"two attacks named {act.__name__}"
        said[act.__name__] = fault.sentence if fault else "?"
    for act in tampers():
        with tempfile.TemporaryDirectory() as folder:
            books = small().write(Path(folder))
            act(books)
            said[act.__name__] = str(verify(books).fault)
    FILE.write_text("".join(f"{name}\t{text}\n" for name, text in said.items()), "utf-8")


if __name__ == "__main__":
    main()

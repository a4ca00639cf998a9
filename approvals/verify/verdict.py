"""What a verification answers: good, or the first bad file and line in a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from approvals.verify.sentences import SENTENCES

LONGEST = 120


class Fault(NamedTuple):
    """The first fault found: file within the books, line from 1 (0: the file as a whole)."""

    file: str
    line: int
    code: str
    sentence: str

    def __str__(self) -> str:
        where = f"{self.file} 第 {self.line} 行" if self.line else self.file
        return f"[{self.code}] {where}：{self.sentence}"


class Counts(NamedTuple):
    """How much was checked."""

    events: int = 0
    signatures: int = 0
    vouchers: int = 0
    months: int = 0
    people: int = 0
    files: int = 0


class Sealed(NamedTuple):
    """A sealed month: leaves before the seal, hex root over them, the note's text."""

    period: str
    size: int
    root: str
    note: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer about one books directory.

    `size` and `root` (hex) are those of the whole log, with the events after the last seal;
    `digits` holds the twenty-four digits of each sealed month. After a fault they cover what was
    read before it.
    """

    good: bool
    village: str = ""
    name: str = ""
    registrar: str = ""
    checked: Counts = field(default_factory=Counts)
    fault: Fault | None = None
    size: int = 0
    root: str = ""
    seals: tuple[Sealed, ...] = ()
    digits: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as a JSON value."""
        return {
            "good": self.good,
            "village": self.village,
            "name": self.name,
            "registrar": self.registrar,
            "checked": self.checked._asdict(),
            "fault": self.fault._asdict() if self.fault else None,
            "size": self.size,
            "root": self.root,
            "seals": [seal._asdict() for seal in self.seals],
            "digits": dict(self.digits),
        }


class Stop(Exception):  # noqa: N818 - ends the reading; the reader turns it into a Fault
    """A rule is broken here: a code of `sentences` and the facts of its sentence."""

    def __init__(self, code: str, /, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code)

    def sentence(self) -> str:
        """Return what a bookkeeper reads."""
        facts = {name: _short(str(value)) for name, value in self.facts.items()}
        return SENTENCES[self.code].format(**facts)


class StopAt(Stop):
    """A rule is broken at a known file and line."""

    def __init__(self, file: str, line: int, code: str, /, **facts: object) -> None:
        super().__init__(code, **facts)
        self.file = file
        self.line = line

    def fault(self) -> Fault:
        """Return the fault to report."""
        # A file name may hold bytes that are no text; a fault can always be printed.
        file = self.file.encode("utf-8", "backslashreplace").decode()
        return Fault(file, self.line, self.code, self.sentence())


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"

"""What `mingbai verify` is given, and how it tells of one village or of many."""

import os
import re
import unicodedata
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from approvals.verify import anchors, state
from approvals.verify.county import verify_all
from approvals.verify.run import proceed
from approvals.verify.verdict import Verdict

FINGERPRINT = re.compile(r"[0-9a-f]{16}")
LONGEST_NOTE = 1 << 16


class Unusable(ValueError):  # noqa: N818 - it becomes a sentence
    """An argument that cannot be used; its text is one sentence for the terminal."""


def cores() -> int:
    """Return how many processes may work at once."""
    return os.cpu_count() or 1


def folders_of(books: Path) -> list[Path]:
    """Return the folder itself if it is a village's, or those of the villages in it, by name.

    Raises:
        Unusable: it is no folder.
    """
    if not _is(books, "is_dir"):
        raise Unusable(f"“{_shown(books)}”不是账簿目录")  # noqa: EM102 - the sentence
    within = sorted(path.parent for path in books.glob("*/village.json"))
    return within if within and not (books / "village.json").exists() else [books]


def fingerprint(text: str | None) -> str | None:
    """Return a registrar's fingerprint as the books write it.

    Raises:
        Unusable: it is not sixteen hexadecimal digits.
    """
    if text is None:
        return None
    found = "".join(unicodedata.normalize("NFKC", text).split()).replace("-", "").lower()
    if not FINGERPRINT.fullmatch(found):
        raise Unusable("登记员密钥指纹应为 16 位十六进制数")  # noqa: EM101, TRY003 - the sentence
    return found


def anchor_of(text: str | None) -> str | None:
    """Return twenty-four digits, or the text of a note from the file of that name.

    Raises:
        Unusable: it is neither.
    """
    if text is None:
        return None
    if anchors.digits_of(text):
        return text
    path = Path(text)
    if not _is(path, "is_file"):
        raise Unusable("应为 24 位数字，或封存文件（.seal）的路径")  # noqa: EM101, TRY003
    try:
        with path.open("rb") as file:
            found = file.read(LONGEST_NOTE).decode("utf-8")
    except (OSError, ValueError) as fault:
        raise Unusable("封存文件无法读取") from fault  # noqa: EM101 - the sentence
    if not anchors.usable(found):
        raise Unusable("这个文件里没有 24 位数字或封存校验点")  # noqa: EM101, TRY003
    return found


def _is(path: Path, what: str) -> bool:
    try:
        return bool(getattr(path, what)())
    except (OSError, ValueError):  # a name too long, or with a zero in it
        return False


def one(
    folder: Path, registrar: str | None, anchor: str | None, file: Path | None
) -> tuple[Verdict, str]:
    """Return the verdict on one village, and in a sentence what was done with the state file.

    Raises:
        Unusable: the state file lies among the books.
        OSError: it cannot be written.
    """
    if file is None:
        return proceed(folder, registrar, anchor).verdict, ""
    if file.resolve().is_relative_to(folder.resolve()) or _is(file, "is_dir"):
        raise Unusable("应为账簿目录之外的一个文件")  # noqa: EM101 - the sentence
    there, past = _is(file, "exists"), state.read(file)
    done = proceed(folder, registrar, anchor, past, keep=True)
    if done.state is not None and done.state != past:
        state.write(file, done.state)
    if done.since:
        return done.verdict, f"已从 {done.since} 封账之后接着核验。"
    return done.verdict, "核验状态与账簿不符或不可用，已从头核验。" if there else "已从头核验。"


def many(
    folders: Sequence[Path], registrar: str | None, anchor: str | None, jobs: int, screen: Console
) -> list[Verdict]:
    """Return the verdicts on many villages in their order, with progress where one looks on."""
    found: dict[int, Verdict] = {}
    columns = (TextColumn("核验"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    shown = screen.is_terminal and len(folders) > 1
    with (
        Progress(*columns, console=screen, disable=not shown, transient=True) as bar,
        closing(verify_all(folders, registrar, anchor, jobs)) as answers,
    ):
        task = bar.add_task("", total=len(folders))
        for place, verdict in answers:
            found[place] = verdict
            bar.advance(task)
    return [found[place] for place in range(len(folders))]


def line(folder: Path, verdict: Verdict) -> str:
    """Return one village in one line."""
    name = f"{verdict.village or _shown(Path(folder.name))} {verdict.name}".strip()
    if verdict.fault is not None:
        return f"{name}：不通过，{verdict.fault}"
    counts = verdict.checked
    what = f"凭证 {counts.vouchers} 张，签名 {counts.signatures} 个，封账 {counts.months} 个月"
    return f"{name}：通过，{what}"


def _shown(path: Path) -> str:
    return str(path).encode("utf-8", "backslashreplace").decode()

"""Where a statement file meets the lines that are kept: no line twice, none lost.

A bank vouches for its running balance, so the kept lines of an account are one unbroken run, and a
file joins it in one place: as a repetition of a part, as its end or its beginning, or overlapping.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ledger.bank.line import Line
from ledger.money import yuan
from ledger.refusal import Refusal

TEXTS = ("summary", "party", "party_account", "party_bank", "purpose")


class Kept(NamedTuple):
    """Lines of an account on the days of a file, oldest first, and the neighbours outside them."""

    lines: Sequence[Line]
    before: Line | None = None
    after: Line | None = None


class Join(NamedTuple):
    """What a file adds: lines in front of all that is kept, lines behind it."""

    front: tuple[Line, ...]
    back: tuple[Line, ...]


def join(kept: Kept, fresh: Sequence[Line]) -> Join:
    """Return what a file's lines (oldest first) add to those that are kept.

    The longest overlap counts: a line that was there with its balance is the same line.

    Raises:
        Gap: the file does not continue what is kept.
        LineConflict: a line comes again with other words.
        Unclear: lines without time or number may be new or a repetition.
    """
    if not fresh:
        return Join((), ())
    shifts = [shift for shift in sorted(_shifts(kept, fresh), key=abs) if _fits(kept, fresh, shift)]
    if not shifts:
        raise _gap(kept, fresh)
    best = max(shifts, key=lambda shift: _overlap(kept, fresh, shift))
    if best < 0 and len(kept.lines) in shifts and _overlap(kept, fresh, best):
        raise Unclear(day=fresh[0].day)
    for old, new in _pairs(kept, fresh, best):
        if any(a and b and a != b for a, b in ((getattr(old, n), getattr(new, n)) for n in TEXTS)):
            raise LineConflict(day=new.day, serial=new.serial, amount=yuan(new.fen))
    behind = max(len(kept.lines) - best, 0)
    return Join(tuple(fresh[: max(-best, 0)]), tuple(fresh[behind:]))


def _shifts(kept: Kept, fresh: Sequence[Line]) -> set[int]:
    """Return where the file's first line may stand, counted from the first line that is kept."""
    first = {at for at, line in enumerate(kept.lines) if _same(line, fresh[0])}
    early = {-at for at, line in enumerate(fresh) if kept.lines and _same(kept.lines[0], line)}
    return first | early | {len(kept.lines), -len(fresh)}


def _pairs(kept: Kept, fresh: Sequence[Line], shift: int) -> Iterator[tuple[Line, Line]]:
    return zip(kept.lines[max(shift, 0) :], fresh[max(-shift, 0) :], strict=False)


def _overlap(kept: Kept, fresh: Sequence[Line], shift: int) -> int:
    end = min(len(kept.lines), len(fresh) + shift)
    return max(end - max(shift, 0), 0)


def _fits(kept: Kept, fresh: Sequence[Line], shift: int) -> bool:
    if not all(_same(old, new) for old, new in _pairs(kept, fresh, shift)):
        return False
    in_front, behind = shift < 0, shift + len(fresh) > len(kept.lines)
    if in_front and kept.before is not None:
        return False
    if behind and kept.after is not None and not (in_front and not kept.lines):
        return False
    last = kept.lines[-1] if kept.lines else kept.before
    if shift == len(kept.lines) and last is not None:
        return _follows(last, fresh[0])
    first = kept.lines[0] if kept.lines else kept.after
    if shift == -len(fresh) and first is not None:
        return _follows(fresh[-1], first)
    return True


def _follows(one: Line, other: Line) -> bool:
    timed = one.time and other.time
    order = [(line.day, line.time if timed else "") for line in (one, other)]
    return one.balance_fen == _opening(other) and order == sorted(order)


def _same(one: Line, other: Line) -> bool:
    """Tell whether two lines are one movement; a bank's other layout may lack number or time."""
    facts = (one.day, one.in_fen - one.out_fen, one.balance_fen)
    if facts != (other.day, other.in_fen - other.out_fen, other.balance_fen):
        return False
    told = ((one.serial, other.serial), (one.time, other.time))
    return all(not a or not b or a == b for a, b in told)


def _opening(line: Line) -> int:
    return line.balance_fen - line.in_fen + line.out_fen


def _gap(kept: Kept, fresh: Sequence[Line]) -> Refusal:
    last = kept.before or (kept.lines[-1] if kept.lines else kept.after)
    assert last is not None  # noqa: S101 - with nothing kept, every file fits
    facts = {"first": fresh[0].day, "opening": yuan(_opening(fresh[0]))}
    return Gap(day=last.day, balance=yuan(last.balance_fen), **facts)


class Gap(Refusal):
    """The file does not continue the lines that are kept."""

    code = "B017"
    says = (
        "本文件从 {first} 开始，期初余额 {opening} 元，与已导入的流水接不上"
        "（{day} 的余额是 {balance} 元）：中间缺流水，或不是同一个账户。"
        "请从 {day} 起重新下载完整的明细再导入。"
    )
    rule = "财会〔2024〕12号 第二十三条 银行对账"


class LineConflict(Refusal):
    """A known line comes again with other content, or for another account."""

    code = "B012"
    says = (
        "{day} 的流水 {serial}（{amount} 元）已经导入过，但内容或账户不同。"
        "请核对文件是否改过、账户是否选对。"
    )


class Unclear(Refusal):
    """Lines of one day without time or number may be new or a repetition."""

    code = "B018"
    says = (
        "{day} 的流水没有时间和流水号，又有完全相同的几笔，分不清是新的还是重复的。"
        "请下载从 {day} 当天零点起的完整明细再导入。"
    )

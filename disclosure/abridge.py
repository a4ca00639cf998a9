"""What of a sheet fits a small place: the largest entries by name, the rest counted, none lost."""

from collections.abc import Sequence
from typing import NamedTuple

from disclosure.sheet import Group, Line


class Short(NamedTuple):
    """A group with the entries that are named, and how many others there are for how much (fen)."""

    group: Group
    shown: tuple[Line, ...]
    others: int
    others_fen: int


def abridged(groups: Sequence[Group], most: int) -> tuple[Short, ...]:
    """Return the groups, the largest first, naming the `most` largest entries of them all.

    Named and counted entries of a group always sum to the group.
    """
    every = [(line, at) for at, group in enumerate(groups) for line in group.lines]
    ranked = sorted(every, key=lambda one: (-abs(one[0].fen), one[0].day, one[0].number))
    kept = {(at, line.number) for line, at in ranked[:most]}
    shorts = [_short(group, at, kept) for at, group in enumerate(groups)]
    return tuple(sorted(shorts, key=lambda short: -abs(short.group.fen)))


def _short(group: Group, at: int, kept: set[tuple[int, str]]) -> Short:
    shown = tuple(line for line in group.lines if (at, line.number) in kept)
    others = len(group.lines) - len(shown)
    return Short(group, shown, others, group.fen - sum(line.fen for line in shown))

"""Codes for the details: known ones by name, new ones in a row behind those that there are."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ledger.chart import BadDetail, Chart, plain, standard
from ledger.coming.balances import Old
from ledger.coming.sheet import Fault
from ledger.coming.turning import CURRENT, Move

LONGEST = 100
_TWO, _FOUR = 99, 9999


class Placed(NamedTuple):
    """A move with its account in the village's chart, and that account's name."""

    old: Old
    account: str
    name: str


class Places(NamedTuple):
    """The moves placed, the accounts to open (code, name) in order, and what could not be."""

    placed: list[Placed]
    details: list[tuple[str, str]]
    faults: list[Fault]
    hints: list[Fault]


def place(moves: Sequence[Move], chart: Chart) -> Places:
    """Return the account of each move in the village's chart with the details to open."""
    places = Places([], [], [], [])
    for target in dict.fromkeys(move.target for move in moves if move.target):
        mine = [move for move in moves if move.target == target]
        _place(target, mine, chart, places)
    order = {id(move.old): at for at, move in enumerate(moves)}
    places.placed.sort(key=lambda one: order[id(one.old)])
    return places


def _place(target: str, moves: list[Move], chart: Chart, places: Places) -> None:
    children = {one.name: one.code for one in chart.children(target)}
    named = [_named(move, children, moves) for move in moves]
    if not any(named):
        places.placed.extend(Placed(one.old, target, chart.get(target).name) for one in moves)
        return
    width = 4 if target == CURRENT or len(set(named) | children.keys()) > _TWO else 2
    taken = {code for code in chart.accounts if code.startswith(f"{target}.")}
    free = _free(target, taken, width)
    for move, name in zip(moves, named, strict=True):
        if name not in children:
            kept = move.old.code if move.old.code.startswith(f"{target}.") else ""
            if not _opens(kept, name) or kept in taken:
                kept = next(free, "")
            if not plain(name) or len(name) > LONGEST or not _opens(kept, name):
                what = f"“{name}”不能作明细科目的名称"
                todo = f"名称里要有汉字、字母或数字，连上级不超过 {LONGEST} 个字"
                places.faults.append(move.old.row.fault("name", what, todo))
                continue
            children[name] = kept
            taken.add(kept)
            places.details.append((kept, name))
        places.placed.append(Placed(move.old, children[name], name))


def _named(move: Move, children: dict[str, str], moves: Sequence[Move]) -> str:
    """Return the detail's name; the account's own balance gets one where there are details."""
    if move.name:
        return move.name
    if len(children) == 1:
        return next(iter(children))
    return move.old.name if children or any(one.name for one in moves) else ""


def _opens(code: str, name: str) -> bool:
    try:
        standard().with_details([(code, name)])
    except BadDetail:
        return False
    return True


def _free(target: str, taken: set[str], width: int) -> Iterator[str]:
    """Give the codes of new details in order; `taken` may grow meanwhile."""
    for number in range(1, (_FOUR if width == 4 else _TWO) + 1):  # noqa: PLR2004 - digits of a segment
        code = f"{target}.{number:0{width}d}"
        if code not in taken:
            yield code

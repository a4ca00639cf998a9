"""The evaluation of a books directory from its events alone, with what the texts must then be."""
# ruff: noqa: EM102 - the literal is a code; its sentence stands in sentences.py

from pathlib import Path
from typing import NamedTuple

from approvals.verify import reading
from approvals.verify.replay import History, replay
from approvals.verify.seals import following
from approvals.verify.verdict import Stop, StopAt


class Outcome(NamedTuple):
    """How far the log can be followed; `stop` is the first fault, if there is one."""

    history: History
    files: dict[str, Path]
    events: list[str]
    stop: StopAt | None = None


def evaluate(books: Path, registrar: str | None = None) -> Outcome:
    """Follow the log of a books directory to its end or to its first fault.

    `registrar` is the key id that the township has printed, if the caller has it.
    """
    history, found, names = History(""), {}, []
    try:
        found = reading.files(books)
        facts = reading.village(found)
        names = reading.event_files(found)
        history.village = facts["village"]
        _follow(history, found, names, registrar)
    except StopAt as stop:
        return Outcome(history, found, names, stop)
    return Outcome(history, found, names)


def _follow(
    history: History, found: dict[str, Path], names: list[str], registrar: str | None
) -> None:
    if not names:
        raise StopAt(reading.VILLAGE, 0, "Y008")
    for name in names:
        _check_order(history, name)
        before = len(history.seals)
        line = 0
        for entry in reading.entries(found, name, history.tree.size):
            line = entry.line
            if len(history.seals) > before:
                raise StopAt(name, line, "Y026")
            _take(history, entry)
            if entry.seq == 0:
                _check_village(history, found)
        _check_end(history, name, line, before, last=name == names[-1])
    _check_registrar(history, names[0], registrar)


def _check_order(history: History, name: str) -> None:
    if not history.seals:
        return
    expected = following(history.sealed())
    if reading.period_of(name) != expected:
        raise StopAt(f"{expected[:4]}/{expected}{reading.EVENTS}", 0, "Y004")


def _take(history: History, entry: reading.Entry) -> None:
    try:
        replay(history, entry)
    except Stop as stop:
        raise StopAt(entry.file, entry.line, stop.code, **stop.facts) from stop


def _check_registrar(history: History, name: str, registrar: str | None) -> None:
    # Whoever knows an earlier registrar's key trusts the hand-overs that it has signed.
    known = history.people.registrars
    if registrar is not None and registrar not in known:
        raise StopAt(name, 1, "Y048", found="、".join(known), expected=registrar)


def _check_village(history: History, found: dict[str, Path]) -> None:
    key = history.people.registrar
    facts = reading.village(found)
    ours = {name: history.facts[name] for name in ("name", "township", "chart", "opened")}
    if facts != {"format": 1, "village": history.village, "registrar": key, **ours}:
        raise StopAt(reading.VILLAGE, 1, "Y02A")


def _check_end(history: History, name: str, line: int, before: int, *, last: bool) -> None:
    period = reading.period_of(name)
    if len(history.seals) > before:
        if history.sealed() != period:
            raise StopAt(name, line, "Y027", period=history.sealed())
    elif not last:
        raise StopAt(name, line, "Y028")
    elif not history.seals:
        expected = min(history.sums, default=history.facts["opened"][:7])
        if period != expected:
            raise StopAt(name, 0, "Y029", expected=expected)

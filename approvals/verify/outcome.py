"""The evaluation of a books directory from its events alone, with what the texts must then be."""
# ruff: noqa: EM102 - the literal is a code; its sentence stands in sentences.py

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from approvals.verify import reading, state
from approvals.verify.replay import History, replay
from approvals.verify.seals import following
from approvals.verify.state import State
from approvals.verify.verdict import Stop, StopAt


class Kept(NamedTuple):
    """A history as JSON, as of its last seal."""

    sealed: str
    history: bytes


class Outcome(NamedTuple):
    """How far the log can be followed; `stop` is the first fault, if there is one.

    `past` is the state from which the log was followed, None for the whole log; `kept` is what a
    later evaluation may go on from, if the caller asked for it.
    """

    history: History
    files: reading.Files
    events: list[str]
    stop: StopAt | None = None
    past: State | None = None
    kept: Kept | None = None


def evaluate(
    books: Path, registrar: str | None = None, past: State | None = None, *, keep: bool = False
) -> Outcome:
    """Follow the log of a books directory to its end or to its first fault.

    `registrar` is the key id that the township has printed, if the caller has it. With a state that
    fits the files, the log is followed from there; what comes out is the same. `keep` asks for the
    history as of the last seal.
    """
    history, found, names = History(""), reading.Files(), []
    kept: Kept | None = None
    try:
        found = reading.files(books)
        facts = reading.village(found)
        names = reading.event_files(found)
        known = _known(past, found, names, registrar)
        if known is None:
            past = None
            history.village = facts["village"]
        else:
            history = known
        kept = _follow(history, found, names, registrar, keep=keep)
    except StopAt as stop:
        return Outcome(history, found, names, stop, past)
    if kept is None and past is not None:
        kept = Kept(past.sealed, past.history)
    return Outcome(history, found, names, None, past, kept)


def _known(
    past: State | None, found: reading.Files, names: list[str], registrar: str | None
) -> History | None:
    """Return the history of a state if every file behind it is as it was, or None."""
    if past is None:
        return None
    with suppress(Exception):  # a state may hold anything: then the whole log is followed
        events = sorted(name for name in past.files if name.endswith(reading.EVENTS))
        behind = [reading.VILLAGE, *events]
        if not events or names[: len(events)] != events:
            return None
        for name in behind:
            reading.read(found, name)
            if found.digests[name] != past.files[name]:
                return None
        history = past.load()
        fits = history.sealed() == past.sealed == reading.period_of(events[-1])
        if fits and registrar in {None, history.people.registrar}:
            return history
    return None


def _follow(
    history: History,
    found: reading.Files,
    names: list[str],
    registrar: str | None,
    *,
    keep: bool,
) -> Kept | None:
    if not names:
        raise StopAt(reading.VILLAGE, 0, "Y008")
    kept: Kept | None = None
    # What lies behind a state was followed when the state was made.
    for name in [name for name in names if reading.period_of(name) > history.sealed()]:
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
        # Only the last file may be unsealed, so the last seal is at the end of one of two files.
        if keep and name in names[-2:] and len(history.seals) > before:
            kept = Kept(history.sealed(), state.take(history))
    _check_registrar(history, names[0], registrar)
    return kept


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


def _check_village(history: History, found: reading.Files) -> None:
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

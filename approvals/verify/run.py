"""Verify a books directory from end to end, or on from what was verified before."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from approvals.verify import cache
from approvals.verify.anchors import check_anchor
from approvals.verify.outcome import Outcome, evaluate
from approvals.verify.reading import VILLAGE
from approvals.verify.seals import Printed
from approvals.verify.state import State
from approvals.verify.text import check_beancount, check_new, check_texts
from approvals.verify.verdict import Counts, Fault, StopAt, Verdict

PARTS = (".beancount", ".events.jsonl", ".seal")


class Done(NamedTuple):
    """A verdict, and what a later verification may go on from.

    `since` is the sealed month that this one went on from, or "" if it began at the beginning;
    `state` is None unless the books are good and a month is sealed.
    """

    verdict: Verdict
    state: State | None = None
    since: str = ""


def verify(books: Path, registrar: str | None = None, anchor: str | None = None) -> Verdict:
    """Return the verdict on a books directory; it never raises.

    `registrar` is the id of the registrar's key as the township has made it known; `anchor` the
    twenty-four digits of a printed sheet, or the text of a sealed note: one sealed month must match
    it. Rule: docs/FORMATS.md, all of it.
    """
    return proceed(books, registrar, anchor).verdict


def proceed(
    books: Path,
    registrar: str | None = None,
    anchor: str | None = None,
    past: State | None = None,
    *,
    keep: bool = False,
) -> Done:
    """Verify on from a state, if there is one that fits, and return the same verdict as `verify`.

    Only "good" is ever said from a state: whatever is found amiss, everything is verified anew.
    `keep` asks for the state of these books. It never raises.
    """
    if past is not None:
        done = _guarded(books, registrar, anchor, past, keep=keep)
        if done.verdict.good:
            return done
    return _guarded(books, registrar, anchor, None, keep=keep)


def _guarded(
    books: Path, registrar: str | None, anchor: str | None, past: State | None, *, keep: bool
) -> Done:
    try:
        return _verify(books, registrar, anchor, past, keep=keep)
    except Exception:  # noqa: BLE001 - whatever a hostile directory does, the answer is a sentence
        return Done(Verdict(good=False, fault=StopAt(str(books), 0, "Y000").fault()))


def _verify(
    books: Path, registrar: str | None, anchor: str | None, past: State | None, *, keep: bool
) -> Done:
    outcome = evaluate(books, registrar, past, keep=keep)
    stop = outcome.stop
    digits: Mapping[str, str] = {}
    if stop is None:
        try:
            _check_books(books, outcome)
            digits = _digits(outcome)
            check_anchor(outcome, digits, anchor)
        except StopAt as found:
            stop = found
    verdict = _verdict(outcome, stop.fault() if stop else None, digits)
    state = _state(outcome, digits) if verdict.good else None
    return Done(verdict, state, outcome.past.sealed if outcome.past else "")


def _check_books(books: Path, outcome: Outcome) -> None:
    texts = check_texts(outcome)
    if outcome.past is not None:
        check_new(outcome, outcome.past, texts)
        return
    cache.keep(books, outcome)
    check_beancount(outcome, texts)


def _state(outcome: Outcome, digits: Mapping[str, str]) -> State | None:
    """Return what stays of a good verification: nothing of it is newer than the last seal."""
    if outcome.kept is None:
        return None
    sealed, found = outcome.kept.sealed, outcome.files.digests
    periods = [seal.period for seal in outcome.history.seals]
    names = [VILLAGE, *(f"{one[:4]}/{one}{part}" for one in periods for part in PARTS)]
    return State(sealed, {name: found[name] for name in names}, dict(digits), outcome.kept.history)


def _verdict(outcome: Outcome, fault: Fault | None, digits: Mapping[str, str]) -> Verdict:
    history = outcome.history
    counts = Counts(
        events=history.tree.size,
        signatures=history.signatures,
        vouchers=len(history.posted),
        months=len(history.seals),
        people=len(history.people.names),
        files=len(outcome.files),
    )
    return Verdict(
        good=fault is None,
        village=history.village,
        name=str(history.facts.get("name", "")),
        registrar=history.people.registrar,
        checked=counts,
        fault=fault,
        size=history.tree.size,
        root=history.tree.root().hex(),
        seals=tuple(history.seals),
        digits=digits,
    )


def _digits(outcome: Outcome) -> Printed:
    history = outcome.history
    roots = {seal.period: seal.root for seal in history.seals}
    return Printed(history.village, roots, outcome.past.digits if outcome.past else {})

"""Verify a books directory from end to end."""
# ruff: noqa: EM101 - the literal is a code; its sentence stands in sentences.py

import unicodedata
from pathlib import Path

from approvals.verify import cache
from approvals.verify.outcome import Outcome, evaluate
from approvals.verify.replay import History
from approvals.verify.seals import printed
from approvals.verify.text import check_beancount, check_texts
from approvals.verify.verdict import Counts, Fault, StopAt, Verdict
from ledger.note import open_note
from ledger.refusal import Refusal

DIGITS = 24
FILES = ".events.jsonl"


def verify(books: Path, registrar: str | None = None, anchor: str | None = None) -> Verdict:
    """Return the verdict on a books directory; it never raises.

    `registrar` is the id of the registrar's key as the township has made it known; `anchor` the
    twenty-four digits of a printed sheet, or the text of a sealed note: one sealed month must match
    it. Rule: docs/FORMATS.md, all of it.
    """
    try:
        return _verify(books, registrar, anchor)
    except Exception:  # noqa: BLE001 - whatever a hostile directory does, the answer is a sentence
        return Verdict(good=False, fault=StopAt(str(books), 0, "Y000").fault())


def _verify(books: Path, registrar: str | None, anchor: str | None) -> Verdict:
    outcome = evaluate(books, registrar)
    stop = outcome.stop
    digits: dict[str, str] = {}
    if stop is None:
        cache.keep(books, outcome)
        try:
            check_beancount(outcome, check_texts(outcome))
            digits = _digits(outcome)
            _check_anchor(outcome, digits, anchor)
        except StopAt as found:
            stop = found
    return _verdict(outcome, stop.fault() if stop else None, digits)


def _verdict(outcome: Outcome, fault: Fault | None, digits: dict[str, str]) -> Verdict:
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


def _digits(outcome: Outcome) -> dict[str, str]:
    history = outcome.history
    return {s.period: printed(s.root, history.village, s.period) for s in history.seals}


def _check_anchor(outcome: Outcome, digits: dict[str, str], anchor: str | None) -> None:
    """Hold the books against what somebody kept outside of them.

    Raises:
        StopAt: Y150 no sealed month matches, Y151 the anchor is neither digits nor a note.
    """
    if anchor is None:
        return
    text = "".join(unicodedata.normalize("NFKC", anchor).split()).replace("-", "")
    if text.isdecimal() and len(text) == DIGITS:
        matched = text in {item.replace(" ", "") for item in digits.values()}
    else:
        matched = _matches_note(outcome, anchor)
    if not matched:
        raise StopAt("village.json", 0, "Y150")


def _matches_note(outcome: Outcome, anchor: str) -> bool:
    history = outcome.history
    note = anchor.replace("\r\n", "\n").rstrip("\n") + "\n"
    # Sealed by whoever was registrar then; a note by none of them is nobody's.
    texts = [text for key in history.people.registrars if (text := _opened(history, note, key))]
    if not texts:
        raise StopAt("village.json", 0, "Y151")
    sealed = {seal.note.partition("\n\n")[0] + "\n" for seal in history.seals}
    return texts[0] in sealed


def _opened(history: History, note: str, key: str) -> str:
    try:
        return open_note(note, f"mingbai/{history.village}", history.people.keys[key].raw)
    except Refusal:
        return ""

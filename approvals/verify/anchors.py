"""What somebody kept outside of the books: printed digits, or a sealed note."""
# ruff: noqa: EM101 - the literal is a code; its sentence stands in sentences.py

import unicodedata
from collections.abc import Mapping

from approvals.verify.outcome import Outcome
from approvals.verify.replay import History
from approvals.verify.verdict import StopAt
from ledger.note import open_note
from ledger.refusal import Refusal

DIGITS = 24
SIGNED = "\n\n— "


def digits_of(anchor: str) -> str:
    """Return the twenty-four digits of an anchor however they are written, or nothing."""
    text = "".join(unicodedata.normalize("NFKC", anchor).split()).replace("-", "")
    return text if text.isdecimal() and len(text) == DIGITS else ""


def usable(anchor: str) -> bool:
    """Tell whether a text has the form of an anchor at all."""
    return bool(digits_of(anchor)) or SIGNED in anchor.replace("\r\n", "\n")


def check_anchor(outcome: Outcome, digits: Mapping[str, str], anchor: str | None) -> None:
    """Hold the books against what somebody kept outside of them.

    Raises:
        StopAt: Y150 no sealed month matches, Y151 the anchor is neither digits nor a note.
    """
    if anchor is None:
        return
    text = digits_of(anchor)
    if text:
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

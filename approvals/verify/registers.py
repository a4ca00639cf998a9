"""The share register and the distribution that rests on it, as the log has them."""
# ruff: noqa: EM101 - the literal is a code; its sentence stands in sentences.py

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from approvals.verify.reading import Entry
from approvals.verify.verdict import Stop

OPEN_DAYS = 10  # 农村集体经济组织法 art. 46: the plan is open so long before the meeting


@dataclass(slots=True)
class Shares:
    """What is bound of the register so far: the last line of its journal, its last digest."""

    bound: int = 0
    digest: str = ""


def adopt(shares: Shares, entry: Entry) -> None:
    """Take an adopted register; no line of its journal is left out or bound twice.

    Raises:
        Stop: Y114.
    """
    _bind(shares, entry.body.get("changes"))
    shares.digest = entry.body["digest"]


def _bind(shares: Shares, changes: Mapping[str, Any] | None) -> None:
    if changes is None:
        return
    first, last = changes["first"], changes["last"]
    if first != shares.bound + 1 or last < first:
        raise Stop("Y114", first=first, expected=shares.bound + 1)
    shares.bound = last


def freeze(shares: Shares, entry: Entry) -> None:
    """Take a frozen distribution that says how it was decided, with the shares it hands out.

    Raises:
        Stop: Y114 to Y117.
    """
    walk = entry.body.get("walk")
    if walk is None:
        return
    opened, meeting = date.fromisoformat(walk["opened"]), date.fromisoformat(walk["meeting"])
    if (meeting - opened).days < OPEN_DAYS or walk["meeting"] > entry.at[:10]:
        raise Stop("Y115", opened=walk["opened"], meeting=walk["meeting"])
    if walk["register"] != shares.digest:
        raise Stop("Y116")
    body = entry.body
    parts = [walk["losses"], body["reserve"], body["members"], body["other"]]
    if min(parts) < 0 or sum(parts) > body["surplus"]:
        raise Stop("Y117")
    made = body.get("granted")
    if made is not None:
        _bind(shares, made)
        shares.digest = made["digest"]

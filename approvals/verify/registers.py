"""The share register and the distribution that rests on it, as the log has them."""
# ruff: noqa: EM101 - the literal is a code; its sentence stands in sentences.py

from dataclasses import dataclass
from datetime import date

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
    changes = entry.body.get("changes")
    if changes is not None:
        first, last = changes["first"], changes["last"]
        if first != shares.bound + 1 or last < first:
            raise Stop("Y114", first=first, expected=shares.bound + 1)
        shares.bound = last
    shares.digest = entry.body["digest"]


def freeze(shares: Shares, entry: Entry) -> None:
    """Take a frozen distribution that says how it was decided.

    Raises:
        Stop: Y115 to Y117.
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

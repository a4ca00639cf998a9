"""Policies and chains: which steps a voucher must walk, read from the adopted policy itself."""
# ruff: noqa: EM101 - the literal is a code; its sentence stands in sentences.py

from typing import Any

from approvals.verify.people import REGISTRAR, People
from approvals.verify.reading import Entry
from approvals.verify.verdict import Stop
from ledger import canonical
from ledger.voucher import Voucher

Policy = dict[str, Any]
Chain = dict[str, Any]
Step = dict[str, Any]


def check_policy(body: dict[str, Any]) -> Policy:
    """Return the policy of an adoption whose digest and ids are in order.

    Raises:
        Stop: Y050, Y051.
    """
    policy: Policy = body["policy"]
    if canonical.digest(policy) != body["digest"]:
        raise Stop("Y050")
    names = [chain["id"] for chain in policy["chains"]]
    steps = [[step["id"] for step in chain["steps"]] for chain in policy["chains"]]
    if any(len(set(ids)) < len(ids) for ids in [names, *steps]):
        raise Stop("Y051")
    return policy


def agree(people: People, hands: dict[str, str], policy: Policy | None, entry: Entry) -> bool:
    """Take one more hand on a proposed policy; tell whether it is in force by that.

    `hands` holds the seat of whoever has signed it, `policy` is the one in force. Each seat that it
    names adopts by more than half of those who hold it at this leaf, the registrar besides.

    Raises:
        Stop: Y046, Y052, Y053.
    """
    named = list(policy.get("adopt", [])) if policy else []
    if entry.seat not in {REGISTRAR, *named}:
        raise Stop("Y046", kind=entry.kind, seat=entry.seat)
    if entry.person in hands:
        raise Stop("Y052", person=entry.person)
    if entry.seat != REGISTRAR and REGISTRAR not in hands.values():
        raise Stop("Y053", person=entry.person)
    hands[entry.person] = entry.seat
    for seat in (REGISTRAR, *named):
        sitting = people.holders([seat], entry.at[:10])
        signed = [who for who, at in hands.items() if at == seat and who in sitting]
        if not signed or len(signed) * 2 <= len(sitting):
            return False
    return True


def choose(policy: Policy, voucher: Voucher) -> Chain | None:
    """Return the first chain that covers a voucher, or None."""
    debits = sum(leg.fen for leg in voucher.legs if leg.fen > 0)
    for chain in policy["chains"]:
        below = chain["below_fen"]
        if (
            voucher.kind in chain["kinds"]
            and (not chain["purposes"] or voucher.purpose in chain["purposes"])
            and chain["from_fen"] <= debits
            and (below is None or debits < below)
        ):
            found: Chain = chain
            return found
    return None


def vacant(chain: Chain, people: People, day: str) -> list[dict[str, str]]:
    """Return the skips that a submission on this day must list."""
    return [
        {"step": step["id"], "rule": "vacant"}
        for step in chain["steps"]
        if step["skip_if_vacant"] and not people.holders(step["seats"], day)
    ]


def carried(step: Step, body: dict[str, Any]) -> str:
    """Return the code of what is wrong with a meeting's figures, or nothing.

    Rule: docs/FORMATS.md, step of kind `meeting`.
    """
    roster, present, favour = body["roster"], body["present"], body["favour"]
    if favour + body["against"] > present or present > roster:
        return "Y080"
    if roster < step["roster_least"]:
        return "Y081"
    share, whole = step["present"]
    if present * whole < share * roster:
        return "Y082"
    share, whole = step["favour"]
    base = roster if step["base"] == "all" else present
    ours, least = favour * whole, share * base
    return "" if ours > least or (ours == least and not step["strict"]) else "Y083"


def enough(step: Step, approvals: int, holders: int) -> bool:
    """Tell whether a step has the approvals that it needs."""
    if step["kind"] != "some":
        return approvals > 0
    share, whole = step["need"]
    return bool(approvals * whole > share * holders)

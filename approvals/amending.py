"""Change a policy that is being drafted: chains and steps added, moved, taken out. Pure.

A draft need not be sound yet; `policy.whole` and `soundness` tell when it is.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from approvals.policy import CHAIN, STEP, Chain, Policy, Step

FRESH: Step = {"title": "新步骤", "kind": "seat", "seats": ["secretary"]}


def guarded(policy: Policy) -> Policy:
    """Return a policy that says who must sign its successor: secretary and committee by default."""
    return {**policy, "adopt": policy.get("adopt") or ["secretary", "supervision"]}


def with_chain(policy: Policy, chain: Chain) -> Policy:
    """Return a policy with a chain in the place of that of its id, or at the end."""
    chains = [chain if one["id"] == chain["id"] else one for one in policy["chains"]]
    if chain["id"] not in {one["id"] for one in chains}:
        chains.append(chain)
    return {**policy, "chains": chains}


def new_chain(policy: Policy) -> Chain:
    """Return a chain with one step, under an id that the policy does not have."""
    name = _free("chain", {one["id"] for one in policy["chains"]})
    step = {**STEP, **FRESH, "id": "step-1", "turn": 1}
    return {**CHAIN, "id": name, "title": "新的审签链", "kinds": ["payment"], "steps": [step]}


def without_chain(policy: Policy, name: str) -> Policy:
    """Return a policy without a chain."""
    return {**policy, "chains": [one for one in policy["chains"] if one["id"] != name]}


def moved_chain(policy: Policy, name: str, by: int) -> Policy:
    """Return a policy with a chain earlier (-1) or later (1) in the list: the first that fits."""
    chains = list(policy["chains"])
    at = next((at for at, one in enumerate(chains) if one["id"] == name), None)
    if at is not None and 0 <= at + by < len(chains):
        chains[at], chains[at + by] = chains[at + by], chains[at]
    return {**policy, "chains": chains}


def joined(chain: Chain) -> list[bool]:
    """Return for each step whether it shares its turn with the step before."""
    turns = [step["turn"] for step in chain["steps"]]
    return [at > 0 and turns[at] == turns[at - 1] for at in range(len(turns))]


def amended(chain: Chain, change: str, at: int = 0) -> Chain:
    """Return a chain after a change to its step number `at`: `CHANGES` names them."""
    steps, flags = deepcopy(chain["steps"]), joined(chain)
    if change == "add" or 0 <= at < len(steps):
        CHANGES[change](steps, flags, at)
    return {**chain, "steps": _turned(steps, flags)}


Change = Callable[[list[Step], list[bool], int], None]


def _turned(steps: list[Step], flags: list[bool]) -> list[Step]:
    turn = 0
    found: list[Step] = []
    for step, flag in zip(steps, flags, strict=True):
        turn += not (flag and found)
        found.append({**step, "turn": turn})
    return found


def _up(steps: list[Step], _flags: list[bool], at: int) -> None:
    if at:
        steps[at - 1], steps[at] = steps[at], steps[at - 1]


def _down(steps: list[Step], flags: list[bool], at: int) -> None:
    if at + 1 < len(steps):
        _up(steps, flags, at + 1)


def _remove(steps: list[Step], flags: list[bool], at: int) -> None:
    del steps[at]
    # The turn that it opened goes on with the next of it.
    del flags[at if flags[at] or at + 1 == len(flags) else at + 1]


def _join(_steps: list[Step], flags: list[bool], at: int) -> None:
    flags[at] = at > 0 and not flags[at]


def _add(steps: list[Step], flags: list[bool], _at: int) -> None:
    name = _free("step", {step["id"] for step in steps})
    steps.append({**STEP, **FRESH, "id": name, "turn": 0})
    flags.append(False)


CHANGES: dict[str, Change] = {
    "up": _up,
    "down": _down,
    "remove": _remove,
    "join": _join,
    "add": _add,
}


def _free(word: str, taken: set[Any]) -> str:
    return next(name for n in range(1, 10_000) if (name := f"{word}-{n}") not in taken)

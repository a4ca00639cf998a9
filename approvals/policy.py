"""Policies: which chain of steps a voucher must walk. Texts in TOML, adopted as canonical JSON."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from approvals.funds import Fund, of
from ledger import canonical
from ledger.refusal import Refusal
from ledger.voucher import PAPERS, Voucher

Policy = dict[str, Any]
Chain = dict[str, Any]
Step = dict[str, Any]

# To begin from, in this order: the ways of 利州 and 三堆镇, of tiers, of 米易 and 罗江.
PROFILES = ("lizhou", "tiered", "miyi", "luojiang")
KINDS = frozenset({"seat", "some", "meeting"})
METHODS = ("paper", "pin", "passkey")
DUE, MOST_DAYS = "due_days", 60  # in working days; absent where a step has no last day
STEP: Step = {
    "deputies": [],
    "need": [1, 2],
    "skip_if_vacant": False,
    "method": "pin",
    "recorders": [],
    "present": [0, 1],
    "favour": [1, 2],
    "base": "present",
    "strict": True,
    "roster_least": 1,
}
CHAIN: Chain = {"purposes": [], "from_fen": 0, "below_fen": None, "paper_most": 0, "pay": False}


@cache
def seats() -> dict[str, dict[str, Any]]:
    """Return the seats that a policy may name, with their titles (data/seats.toml)."""
    return tomllib.loads((resources.files("approvals") / "data/seats.toml").read_text("utf-8"))


def shipped(profile: str) -> Policy:
    """Return a shipped profile, by its name in `PROFILES`.

    Raises:
        UnknownProfile: no such profile is shipped.
    """
    path = resources.files("approvals") / "data" / f"{profile}.toml"
    if profile not in PROFILES:
        raise UnknownProfile(profile=profile)
    return parse(path.read_text("utf-8"))


def load(path: Path) -> Policy:
    """Return the policy a township wrote in a file of its own.

    Raises:
        BadPolicy: the text is no policy; the sentence names the place.
    """
    return parse(path.read_text("utf-8"))


def parse(text: str) -> Policy:
    """Return the canonical policy of a TOML text: every field of every step present.

    Raises:
        BadPolicy: unknown step, seat or field, or a chain without steps.
    """
    try:
        raw = tomllib.loads(text)
        steps = {name: _step(name, step) for name, step in raw.pop("step").items()}
        chains = [_chain(chain, steps) for chain in raw.pop("chain")]
        policy = {"id": raw.pop("id"), "title": raw.pop("title"), "chains": chains}
        if "adopt" in raw:
            policy["adopt"] = _adopt(raw.pop("adopt"))
        if raw.get("fund"):
            policy["funds"] = [Fund(**row).body() for row in raw.pop("fund")]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as fault:
        raise BadPolicy(why=f"缺少或写错 {fault}") from fault
    if raw:
        raise BadPolicy(why=f"多余的字段 {'、'.join(raw)}")
    return policy


def whole(policy: Policy) -> Policy:
    """Return a policy in its canonical form that was put together as one, not as a text.

    Raises:
        BadPolicy: see `parse`; or two chains have one id.
    """
    try:
        chains = [_again(chain) for chain in policy["chains"]]
        found = {"id": policy["id"], "title": policy["title"], "chains": chains}
    except (KeyError, TypeError) as fault:
        raise BadPolicy(why=f"缺少或写错 {fault}") from fault
    if len({chain["id"] for chain in chains}) < len(chains):
        raise BadPolicy(why="有两条审签链编号相同")
    if "adopt" in policy:
        found["adopt"] = _adopt(policy["adopt"])
    if policy.get("funds"):
        found["funds"] = [one.body() for one in of(policy)]
    return found


def _again(chain: Chain) -> Chain:
    steps: dict[str, Step] = {}
    turns: dict[int, list[str]] = {}
    for step in chain["steps"]:
        told = {key: value for key, value in step.items() if key not in {"id", "turn"}}
        name = step["id"]
        if name in steps:
            raise BadPolicy(why=f"审签链 {chain['id']} 里有重复的步骤")
        steps[name] = _step(name, told)
        turns.setdefault(step["turn"], []).append(name)
    raw = {key: value for key, value in chain.items() if key != "steps"}
    return _chain({**raw, "turns": [turns[turn] for turn in sorted(turns)]}, steps)


def _adopt(named: Any) -> list[str]:  # noqa: ANN401 - what a text says
    if not isinstance(named, list) or not named or len(set(named)) < len(named):
        raise BadPolicy(why="通过办法的席位 adopt 没有写或重复")
    for seat in named:
        if seat not in seats() or seat == "registrar":
            raise BadPolicy(why=f"通过办法的席位 {seat} 不存在")
    return named


def adopters(policy: Policy) -> list[str]:
    """Return the seats that, with the registrar, must sign what replaces a policy."""
    return list(policy.get("adopt", ()))


def _step(name: str, raw: Mapping[str, Any]) -> Step:
    step = {**STEP, **raw, "id": name}
    extra = set(step) - set(STEP) - {"id", "title", "kind", "seats", DUE}
    if extra or step["kind"] not in KINDS or step["method"] not in METHODS:
        raise BadPolicy(why=f"步骤 {name} 的字段或种类不对")
    if type(step.get(DUE, 1)) is not int or not 1 <= step.get(DUE, 1) <= MOST_DAYS:
        raise BadPolicy(why=f"步骤 {name} 的办理期限须是 1 至 {MOST_DAYS} 个工作日")
    named = [*step["seats"], *step["deputies"], *step["recorders"]]
    for seat in named:
        if seat not in seats():
            raise BadPolicy(why=f"步骤 {name} 的席位 {seat} 不存在")
    if not step["seats"] or step["base"] not in {"present", "all"}:
        raise BadPolicy(why=f"步骤 {name} 没有席位或表决基数不对")
    if step["kind"] == "meeting" and not step["recorders"]:
        raise BadPolicy(why=f"会议 {name} 没有记录人席位")
    return step


def _chain(raw: Mapping[str, Any], steps: Mapping[str, Step]) -> Chain:
    chain = {**CHAIN, **raw}
    turns = chain.pop("turns")
    extra = set(chain) - set(CHAIN) - {"id", "title", "kinds", "papers", "notice"}
    if extra or not turns:
        raise BadPolicy(why=f"审签链 {raw['id']} 的字段不对或没有步骤")
    ordered = [
        {**steps[name], "turn": number}
        for number, names in enumerate(turns, start=1)
        for name in names
    ]
    if len({step["id"] for step in ordered}) < len(ordered):
        raise BadPolicy(why=f"审签链 {raw['id']} 里有重复的步骤")
    if chain.get("notice", 1) not in range(1, 29):
        raise BadPolicy(why=f"审签链 {raw['id']} 的公示期限 notice 须是 1 至 28 日")
    if not all(group and set(group) <= set(PAPERS) for group in chain.get("papers", [])):
        raise BadPolicy(why=f"审签链 {raw['id']} 要求的单据种类不对，可用：{'、'.join(PAPERS)}")
    return {**chain, "steps": ordered}


def digest(policy: Policy) -> str:
    """Return the digest that an adoption and every submission bind."""
    return canonical.digest(policy)


def choose(policy: Policy, voucher: Voucher) -> Chain:
    """Return the chain of a voucher: the first in the list that fits it.

    Raises:
        NoChain: no chain of the policy covers the voucher.
    """
    for chain in policy["chains"]:
        if fits(chain, voucher):
            found: Chain = chain
            return found
    raise NoChain(title=policy["title"])


def fits(chain: Chain, voucher: Voucher) -> bool:
    """Tell whether a chain covers a voucher by its kind, purpose and amount."""
    total = abs(voucher.total)
    return (
        voucher.kind in chain["kinds"]
        and (not chain["purposes"] or voucher.purpose in chain["purposes"])
        and chain["from_fen"] <= total
        and (chain["below_fen"] is None or total < chain["below_fen"])
    )


def lacking(chain: Chain, voucher: Voucher) -> list[str]:
    """Return in words which papers a chain asks for that a voucher does not have.

    `papers` of a chain lists groups of kinds; one paper of each group must be there. A correction
    rests on the papers of the entry that it corrects.
    """
    if voucher.reverses or voucher.corrects:
        return []
    kinds = {paper.kind for paper in voucher.papers}
    missing = [group for group in chain.get("papers", []) if kinds.isdisjoint(group)]
    return ["或".join(PAPERS[kind] for kind in group) for group in missing]


def must_pay(chain: Chain, voucher: Voucher) -> bool:
    """Tell whether the bank must pay before posting; a correction moves no money at the bank."""
    return bool(chain["pay"]) and not (voucher.reverses or voucher.corrects)


class UnknownProfile(Refusal):
    """No policy of this name is shipped."""

    code = "A001"
    says = "没有名为 {profile} 的审签办法模板，可选 lizhou、tiered、miyi、luojiang。"
    status = 404


class BadPolicy(Refusal):
    """A policy text cannot be read."""

    code = "A002"
    says = "审签办法写得不对：{why}。请改正后重新公布。"
    status = 422


class NoChain(Refusal):
    """The adopted policy has no chain for this voucher."""

    code = "A003"
    says = "审签办法“{title}”没有规定这类凭证由谁审签，请镇登记员补充后再提交。"

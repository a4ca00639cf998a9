"""What is unsound in a policy: what a law forbids, and what will stop a case later. Pure.

A finding is a sentence with facts, so that a page can say it in its reader's language.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, Literal, NamedTuple

from approvals import register as registry
from approvals import tryout
from approvals.policy import Chain, Policy, Step
from approvals.register import Register
from ledger.items import items
from ledger.money import yuan
from ledger.voucher import Voucher

Span = tuple[int, int | None]  # fen, from and below; None has no end
MAKERS = frozenset({"bookkeeper", "clerk"})
KINDS = {"payment": "付款", "receipt": "收款", "transfer": "转账", "opening": "期初"}
SIDES = {"income": "receipt", "spending": "payment", "transfer": "transfer"}
SHARE = "transfer.distribution"
REPRESENTATIVES = 20  # 农村集体经济组织法 第二十八条: more than these
SAYS = {
    "gap": "%(kind)s从 %(first)s 元到 %(last)s 元没有审签链（%(items)s），提交不了。",
    "open": "%(kind)s从 %(first)s 元起没有审签链（%(items)s），提交不了。",
    "shadow": "永远轮不到这条链：前面的链已经把它的种类和金额都包了。请调整次序或金额。",
    "weak": "“%(step)s”到会不必过半或赞成不必过半，会议这样作不了决定。",
    "cashier": "“%(step)s”由出纳审签：出纳不得兼任稽核。",
    "makers": "从头到尾只有制单的席位签，没有别人复核。",
    "share": "收益分配须经成员大会或成员代表大会：代表多于二十人，全体的三分之二以上赞成。",
    "unpaid": "不等银行付款就能记账。",
    "watch": "没有村务监督委员会的步骤。",
    "nobody": "“%(step)s”现在没有人能签：%(seats)s空缺。",
    "few": "“%(step)s”现在少 %(short)s 人，签不齐。",
    "skip": "“%(step)s”现在空缺，会按规则跳过并记下。",
    "maker": "“%(step)s”只有%(name)s一人能签，而%(name)s也可以制单：本人制单的凭证会卡在这里。",
    "crowd": "“%(step)s”缺人：同一人在一件事里只能签一步，现有的人不够分。",
}
RULES = {
    "weak": "村民委员会组织法 第二十六条",
    "cashier": "会计法 第三十七条",
    "makers": "会计法 第二十五条：不相容岗位分离",
    "share": "农村集体经济组织法 第二十七条、第二十八条",
    "watch": "村民委员会组织法 第三十二条",
}
LAWS = frozenset({"weak", "cashier", "makers", "share"})


class Finding(NamedTuple):
    """What is unsound: its kind (`SAYS`), the title of its chain, and the facts of the sentence."""

    kind: str
    chain: str
    facts: Mapping[str, Any]

    @property
    def level(self) -> Literal["law", "warn"]:
        """Tell whether a law forbids it; such a policy is not adopted."""
        return "law" if self.kind in LAWS else "warn"

    @property
    def rule(self) -> str:
        """Return the article, or nothing."""
        return RULES.get(self.kind, "")

    def sentence(self) -> str:
        """Return the finding in Chinese."""
        facts = {
            name: value if isinstance(value, str | int) else "、".join(value)
            for name, value in self.facts.items()
        }
        return SAYS[self.kind] % facts


def of(policy: Policy, register: Register, day: date) -> list[Finding]:
    """Return everything that is unsound on a day, what a law forbids first."""
    found = [*unlawful(policy), *gaps(policy), *shadows(policy), *weak(policy)]
    for chain in policy["chains"]:
        found += stops(chain, register, day)
    return sorted(found, key=lambda one: one.level)


# --- what a law forbids ---


def unlawful(policy: Policy) -> list[Finding]:
    """Return where a policy undercuts a law (DOMAIN sections 2 and 4)."""
    found = []
    for chain in policy["chains"]:
        title = chain["title"]
        for step in chain["steps"]:
            if step["kind"] == "meeting" and not _majority(step):
                found.append(Finding("weak", title, {"step": step["title"]}))
            if "cashier" in {*step["seats"], *step["deputies"]}:
                found.append(Finding("cashier", title, {"step": step["title"]}))
        if all(_seats(step) <= MAKERS and step["kind"] != "meeting" for step in chain["steps"]):
            found.append(Finding("makers", title, {}))
        if _reaches(chain, SHARE, policy) and not any(map(_of_all, chain["steps"])):
            found.append(Finding("share", title, {}))
    return found


def _seats(step: Step) -> set[str]:
    return {*step["seats"], *step["deputies"]}


def _majority(step: Step) -> bool:
    present, favour = step["present"], step["favour"]
    enough = favour[0] * 2 > favour[1] or (favour[0] * 2 == favour[1] and step["strict"])
    return bool(enough and (step["base"] == "all" or present[0] * 2 >= present[1]))


def _of_all(step: Step) -> bool:
    share, whole = step["favour"]
    two_thirds = share * 3 >= whole * 2
    of_all = step["kind"] == "meeting" and step["base"] == "all" and two_thirds
    return bool(of_all and step["roster_least"] > REPRESENTATIVES)


def _reaches(chain: Chain, purpose: str, policy: Policy) -> bool:
    """Tell whether some transfer of a purpose would walk this chain."""
    left: list[Span] = [(1, None)]
    for one in policy["chains"]:
        before, left = left, _less(left, _span(one, "transfer", purpose))
        if one is chain:
            return before != left
    return False


# --- what is not covered, or covered twice ---


@cache
def _purposes(kind: str) -> tuple[str, ...]:
    opening = "transfer.opening"
    if kind == "opening":
        return (opening,)
    mine = [one.id for one in items().values() if SIDES[one.side] == kind and one.id != opening]
    if kind == "payment":
        mine.append("transfer.bank")
    return tuple(one for one in mine if kind != "transfer" or one != "transfer.bank")


def _span(chain: Chain, kind: str, purpose: str) -> Span | None:
    fits = kind in chain["kinds"] and (not chain["purposes"] or purpose in chain["purposes"])
    return (chain["from_fen"], chain["below_fen"]) if fits else None


def _less(left: list[Span], gone: Span | None) -> list[Span]:
    if gone is None:
        return left
    found: list[Span] = []
    first, below = gone
    for low, high in left:
        if low < first:
            found.append((low, first if high is None else min(high, first)))
        if below is not None and (high is None or below < high):
            found.append((max(low, below), high))
    return [one for one in found if one[1] is None or one[0] < one[1]]


def gaps(policy: Policy) -> list[Finding]:
    """Return the vouchers for which no chain is there: by kind, amounts and items."""
    found: dict[tuple[str, Span], list[str]] = {}
    for kind in KINDS:
        for purpose in _purposes(kind):
            left: list[Span] = [(1, None)]
            for chain in policy["chains"]:
                left = _less(left, _span(chain, kind, purpose))
            for span in left:
                found.setdefault((kind, span), []).append(purpose)
    return [_gap(kind, span, purposes) for (kind, span), purposes in found.items()]


def _gap(kind: str, span: Span, purposes: list[str]) -> Finding:
    whole = len(purposes) == len(_purposes(kind))
    named = ["各项"] if whole else [items()[one].zh for one in purposes]
    facts: dict[str, Any] = {"kind": KINDS[kind], "first": yuan(span[0]), "items": named}
    if span[1] is None:
        return Finding("open", "", facts)
    return Finding("gap", "", {**facts, "last": yuan(span[1] - 1)})


def shadows(policy: Policy) -> list[Finding]:
    """Return the chains that no voucher can ever get."""
    found = []
    for at, chain in enumerate(policy["chains"]):
        spans: list[Span] = []
        for kind in chain["kinds"]:
            for purpose in chain["purposes"] or _purposes(kind):
                left = [(max(chain["from_fen"], 1), chain["below_fen"])]
                for one in policy["chains"][:at]:
                    left = _less(left, _span(one, kind, purpose))
                spans += left
        if not spans:
            found.append(Finding("shadow", chain["title"], {}))
    return found


def weak(policy: Policy) -> list[Finding]:
    """Return payments that need no bank or are seen by no supervision."""
    found = []
    for chain in policy["chains"]:
        if "payment" not in chain["kinds"] or chain["purposes"] == ["transfer.bank"]:
            continue
        if not chain["pay"]:
            found.append(Finding("unpaid", chain["title"], {}))
        if not any("supervision" in step["seats"] for step in chain["steps"]):
            found.append(Finding("watch", chain["title"], {}))
    return found


# --- where a case would stop today ---


def stops(chain: Chain, register: Register, day: date) -> Iterable[Finding]:
    """Return the steps of a chain at which a case would stop with the people of a day."""
    blank = Voucher(register.village, "payment", day, "", "", ())  # the people are what is asked
    rows = tryout.rows(chain, register, blank, day)
    for row in rows:
        yield from _stop(chain["title"], row, register, day)
    for title in tryout.crowded(rows):
        yield Finding("crowd", chain["title"], {"step": title})


def _stop(chain: str, row: tryout.Row, register: Register, day: date) -> Iterator[Finding]:
    step, title = row.step, row.step["title"]
    if row.skipped:
        yield Finding("skip", chain, {"step": title})
    elif not row.able:
        seats = [registry.title(seat) for seat in step["seats"]]
        yield Finding("nobody", chain, {"step": title, "seats": seats})
    elif row.short:
        yield Finding("few", chain, {"step": title, "short": row.short})
    people = {one.person for one in row.able}
    if len(people) == 1 and step["kind"] != "meeting" and not row.skipped:
        (one,) = people
        if any(register.holds(one, seat, day) for seat in MAKERS):
            yield Finding("maker", chain, {"step": title, "name": register.name(one)})

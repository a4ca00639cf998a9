"""Chains, trials and findings in sentences, and one policy held against another line by line."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from app.words import translations
from approvals import funds, soundness
from approvals.policy import Policy, seats
from approvals.register import Register
from approvals.tryout import Row, Trial
from ledger.items import items
from ledger.money import yuan
from ledger.voucher import PAPERS

SHARES = {(1, 2): "一半", (2, 3): "三分之二", (3, 4): "四分之三", (4, 5): "五分之四"}
METHODS = {"paper": "也可以纸质签字。", "pin": "至少用签名密码。", "passkey": "至少用通行密钥。"}
SAYS = {
    "meeting": "会议：%(seats)s主持，%(recorders)s记录。",
    "anybody": "到会人数不限。",
    "present": "名册的%(share)s以上到会。",
    "all": "全体的%(share)s以上赞成。",
    "those": "到会的%(share)s以上赞成。",
    "all+": "全体超过%(share)s赞成（正好不算）。",
    "those+": "到会的超过%(share)s赞成（正好不算）。",
    "roster": "名册至少 %(n)s 人。",
    "some": "%(seats)s里要有超过%(need)s的人签。",
    "one": "%(seats)s里有一人签就行。",
    "seat": "%(seats)s签。",
    "deputies": "在任者全部回避时由%(deputies)s代签。",
    "skip": "席位空缺时跳过，并记下。",
    "due": "%(n)s 个工作日内办。",
    "whatever": "不论金额",
    "from": "%(first)s 元起",
    "to": "%(last)s 元以下（含）",
    "between": "%(first)s 元到 %(last)s 元",
    "turn": "第 %(n)s 轮",
    "pay": "签完由出纳经银行付款，付款后才记账。",
    "post": "签完就可以记账。",
    "papers": "必须附：%(papers)s。",
    "paper_most": "纸质签字最多 %(n)s 步。",
    "notice": "上月公开表没有在 %(n)s 日前张贴的，不能提交。",
    "adopt": "以后要换掉这份办法，除镇登记员外还须%(seats)s签名通过（每个席位超过一半的人）。",
    "alone": "这份办法没有写明以后由谁通过，镇登记员一人就能换掉它。",
}


class Words:
    """The words of chains in one language."""

    def __init__(self, tongue: str) -> None:
        self.tongue = tongue
        self.say = translations(tongue).gettext

    def tell(self, what: str, **facts: object) -> str:
        """Return a sentence of `SAYS` with its facts."""
        return self.say(SAYS[what]) % facts

    def seat(self, name: str) -> str:
        """Return the title of a seat."""
        found = seats().get(name)
        return str(found["en" if self.tongue == "en" else "zh"]) if found else name

    def seats(self, names: Iterable[str]) -> str:
        """Return the titles of seats in a row."""
        return self.listed(map(self.seat, names))

    def listed(self, values: Iterable[str]) -> str:
        """Return words in a row."""
        return ("、" if self.tongue == "zh" else ", ").join(values)

    def item(self, name: str) -> str:
        """Return the name of an item."""
        return self.say(items()[name].zh) if name in items() else name

    def share(self, ratio: Sequence[int]) -> str:
        """Return a ratio in words."""
        a, b = ratio
        return self.say(SHARES[a, b]) if (a, b) in SHARES else f"{a}/{b}"

    # --- a policy ---

    def funds(self, policy: Policy) -> list[str]:
        """Return a line for each restricted fund: its account, what it pays for, its rule."""
        found = []
        for one in funds.of(policy):
            uses = self.listed(self.say(items()[name].zh) for name in one.purposes)
            found.append(f"{one.name}（{one.account}）：{uses}。{one.rule}")
        return found

    def adoption(self, policy: Policy) -> str:
        """Return who must sign what replaces a policy."""
        named = policy.get("adopt", [])
        return self.tell("adopt", seats=self.seats(named)) if named else self.tell("alone")

    def chain(self, chain: Mapping[str, Any], people: Register, day: date) -> dict[str, Any]:
        """Return a chain as a page tells it, with who holds the seats on a day."""
        return {
            "id": chain["id"],
            "title": chain["title"],
            "kinds": self.listed(self.say(soundness.KINDS[one]) for one in chain["kinds"]),
            "purposes": self.listed(self.item(one) for one in chain["purposes"]),
            "range": self.range(chain),
            "after": self.after(chain),
            "steps": [self.step(one, people, day) for one in chain["steps"]],
        }

    def range(self, chain: Mapping[str, Any]) -> str:
        """Return the amounts of a chain."""
        low, high = chain["from_fen"], chain["below_fen"]
        first, last = yuan(low), "" if high is None else yuan(high - 1)
        what = ("between" if low else "to") if last else ("from" if low else "whatever")
        return self.tell(what, first=first, last=last)

    def after(self, chain: Mapping[str, Any]) -> list[str]:
        """Return what a chain says of its end, its papers and the wall."""
        found = [self.tell("pay" if chain["pay"] else "post")]
        groups = [[self.say(PAPERS[one]) for one in group] for group in chain.get("papers", [])]
        found += [self.tell("papers", papers=" / ".join(group)) for group in groups]
        if chain["paper_most"]:
            found.append(self.tell("paper_most", n=chain["paper_most"]))
        if chain.get("notice"):
            found.append(self.tell("notice", n=chain["notice"]))
        return found

    def step(self, step: Mapping[str, Any], people: Register, day: date) -> dict[str, Any]:
        """Return a step as a page tells it."""
        holders = [people.name(p) for seat in step["seats"] for p in people.holders(seat, day)]
        return {
            "id": step["id"],
            "turn": step["turn"],
            "title": step["title"],
            "says": self.rule(step),
            "holders": self.listed(dict.fromkeys(holders)),
        }

    def rule(self, step: Mapping[str, Any]) -> list[str]:
        """Return what a step asks for."""
        found = self._meeting(step) if step["kind"] == "meeting" else [self._signers(step)]
        if step["deputies"]:
            found.append(self.tell("deputies", deputies=self.seats(step["deputies"])))
        if step["skip_if_vacant"]:
            found.append(self.tell("skip"))
        found.append(self.say(METHODS[step["method"]]))
        if step.get("due_days"):
            found.append(self.tell("due", n=step["due_days"]))
        return found

    def _signers(self, step: Mapping[str, Any]) -> str:
        named = self.seats(step["seats"])
        if step["kind"] == "seat":
            return self.tell("seat", seats=named)
        if not step["need"][0]:
            return self.tell("one", seats=named)
        return self.tell("some", seats=named, need=self.share(step["need"]))

    def _meeting(self, step: Mapping[str, Any]) -> list[str]:
        present, base = step["present"], "all" if step["base"] == "all" else "those"
        return [
            self.tell(
                "meeting", seats=self.seats(step["seats"]), recorders=self.seats(step["recorders"])
            ),
            self.tell("present", share=self.share(present)) if present[0] else self.tell("anybody"),
            self.tell(base + "+" * bool(step["strict"]), share=self.share(step["favour"])),
            self.tell("roster", n=step["roster_least"]),
        ]

    def lines(self, chain: Mapping[str, Any]) -> list[str]:
        """Return a chain line by line, without the people of a day."""
        kinds = self.listed(self.say(soundness.KINDS[one]) for one in chain["kinds"])
        purposes = self.listed(self.item(one) for one in chain["purposes"])
        head = " · ".join(one for one in (kinds, purposes, self.range(chain)) if one)
        steps = [
            f"{self.tell('turn', n=step['turn'])} {step['title']}：{' '.join(self.rule(step))}"
            for step in chain["steps"]
        ]
        return [chain["title"], head, *steps, *self.after(chain)]

    def difference(self, old: Policy, new: Policy) -> list[dict[str, Any]]:
        """Return the chains that differ, each with its lines: `-` gone, `+` new, ` ` the same."""
        was = {one["id"]: one for one in old["chains"]}
        now = {one["id"]: one for one in new["chains"]}
        found = []
        for name in dict.fromkeys([*now, *was]):
            before = self.lines(was[name]) if name in was else []
            after = self.lines(now[name]) if name in now else []
            if before != after:
                title = (now.get(name) or was[name])["title"]
                state = "new" if name not in was else "gone" if name not in now else "changed"
                found.append({"title": title, "state": state, "lines": _held(before, after)})
        orders = [[one for one in known if one in was and one in now] for known in (was, now)]
        if orders[0] != orders[1]:
            told = [self.listed(was[one]["title"] for one in order) for order in orders]
            found.append({"title": "", "state": "order", "lines": _held(*([one] for one in told))})
        ends = [
            [policy["title"], self.adoption(policy), *self.funds(policy)] for policy in (old, new)
        ]
        if ends[0] != ends[1]:
            found.append({"title": new["title"], "state": "policy", "lines": _held(*ends)})
        return found

    # --- what is tried out and what is unsound ---

    def findings(self, found: Iterable[soundness.Finding]) -> list[dict[str, str]]:
        """Return what is unsound in sentences."""
        return [
            {
                "level": one.level,
                "chain": one.chain,
                "rule": one.rule,
                "says": self.say(soundness.SAYS[one.kind])
                % {name: self._fact(value) for name, value in one.facts.items()},
            }
            for one in found
        ]

    def _fact(self, value: object) -> object:
        if isinstance(value, str):
            return self.say(value)
        return self.listed(map(self.say, value)) if isinstance(value, list) else value

    def trial(self, trial: Trial, people: Register) -> dict[str, Any]:
        """Return a trial as the page tells it."""
        return {
            "title": trial.chain["title"],
            "pay": trial.chain["pay"],
            "papers": [self.listed(self.say(p) for p in one.split("或")) for one in trial.papers],
            "rows": [self._row(row, people) for row in trial.rows],
            "crowded": trial.crowded,
            "short": any(row.short for row in trial.rows),
        }

    def _row(self, row: Row, people: Register) -> dict[str, Any]:
        able = [(one.name, self.seat(one.seat), one.giver) for one in row.able]
        barred = [(one.name, self.seat(one.seat), self.say(one.why)) for one in row.barred]
        return {
            "turn": row.step["turn"],
            "title": row.step["title"],
            "kind": row.step["kind"],
            "need": row.need,
            "skipped": row.skipped,
            "short": row.short,
            "able": able,
            "barred": barred,
            "recorders": self.listed(people.name(one) for one in row.recorders),
        }


def _held(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found += [(" ", line) for line in old[a:b]]
        else:
            found += [("-", line) for line in old[a:b]] + [("+", line) for line in new[c:d]]
    return found

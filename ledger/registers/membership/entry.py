"""One line of the register's journal: somebody comes or goes, shares are given, moved, changed.

Lines are only added. Names, numbers and reasons of a line lie in `facts`, sealed in the database;
the log binds the salted digests of the lines, so that nothing personal can be guessed from it.
Source: 农村集体经济组织法 art. 11-17 (members), 40 (shares); 121号 art. 30 (registers).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ledger import canonical, tree

COLLECTIVE = "jiti"  # the household number under which 集体股 stand

SHARES: dict[str, str] = {
    "member": "成员股",
    "collective": "集体股",
    "fund": "资金股",
    "land": "土地股",
}
JOINS: dict[str, str] = {
    "founding": "原始成员",
    "born": "出生",
    "married-in": "婚入",
    "moved-in": "迁入",
    "restored": "恢复",
}
LEAVES: dict[str, str] = {
    "died": "死亡",
    "married-out": "婚出",
    "moved-out": "迁出",
    "given-up": "自愿退出",
}
HOUSES: dict[str, str] = {"opened": "立户", "renamed": "变更户主或账户"}
MOVES: dict[str, str] = {
    "given": "配股",
    "withdrawn": "退股",
    "transferred": "转让",
    "inherited": "继承",
    "converted": "折股转换",
}
MODES: dict[str, str] = {"mode": "动静管理"}
KINDS = {**HOUSES, **JOINS, **LEAVES, **MOVES, **MODES}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line: `day` is when it takes effect, `household` whose it is.

    `person` is the member's number in the village (`01-003-2`), empty for one without; `other` the
    household that gets shares; `share`, `count` what moves; `into`, `gets` what it turns into.
    `facts` are personal: name, identity, born, relation, head, group, account, reason, resolution.
    """

    kind: str
    day: date
    household: str
    person: str = ""
    other: str = ""
    share: str = ""
    count: int = 0
    into: str = ""
    gets: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)
    no: int = 0
    salt: str = ""

    def line(self) -> bytes:
        """Return the canonical line that the log binds; its salt keeps it from being guessed."""
        return canonical.encode(self.body())

    def body(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "no": self.no,
            "kind": self.kind,
            "day": self.day.isoformat(),
            "household": self.household,
            "person": self.person,
            "other": self.other,
            "share": self.share,
            "count": self.count,
            "into": self.into,
            "gets": self.gets,
            "facts": dict(self.facts),
            "salt": self.salt,
        }


def root(lines: Sequence[Entry]) -> str:
    """Return the RFC 9162 root (hex) over some lines."""
    return tree.root([tree.leaf_hash(one.line()) for one in lines]).hex()

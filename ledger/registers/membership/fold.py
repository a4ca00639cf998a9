"""The register folded from its journal: as of any day, and refused where a line cannot be."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from ledger.distribution import HOUSEHOLD, Holding
from ledger.refusal import Refusal
from ledger.registers.holdings import Member
from ledger.registers.membership.entry import (
    COLLECTIVE,
    HOUSES,
    JOINS,
    KINDS,
    LEAVES,
    MOVES,
    SHARES,
    Entry,
)

TAIL = 4
BEGINNING = date(1949, 10, 1)  # somebody was a member before anybody wrote down since when


@dataclass(slots=True)
class Person:
    """A member: number, household, and from when to when (None: still)."""

    number: str
    household: str
    name: str
    identity: str
    born: date | None
    relation: str
    joined: date
    left: date | None = None
    why: str = ""
    came: str = ""


@dataclass(slots=True)
class House:
    """A household: `unnamed` are people of the first register who are counted but not named.

    `since` is the day on which it was opened, None for one that was there at the beginning.
    """

    number: str
    group: str
    head: str
    account: str
    unnamed: int = 0
    people: dict[str, Person] = field(default_factory=dict)
    shares: dict[str, int] = field(default_factory=dict)
    since: date | None = None

    def present(self) -> list[Person]:
        """Return the named members who belong."""
        return [one for one in self.people.values() if one.left is None]

    @property
    def count(self) -> int:
        """Return how many people belong."""
        return self.unnamed + len(self.present())

    @property
    def total(self) -> int:
        """Return the shares of all kinds."""
        return sum(self.shares.values())

    def holding(self) -> Holding:
        """Return the household as a distribution sees it."""
        tail = self.account[-TAIL:]
        return Holding(self.number, self.group, self.head, self.count, self.total, tail)


@dataclass(slots=True)
class State:
    """A village's register on a day. `each` are the member shares of a member; 0: static."""

    houses: dict[str, House] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    each: int = 0

    def holdings(self) -> list[Holding]:
        """Return the households that count: those with members or shares, by number."""
        found = [house.holding() for _, house in sorted(self.houses.items())]
        return [one for one in found if one.people or one.shares]

    def shares(self) -> dict[str, int]:
        """Return all shares by kind."""
        kinds = {kind: sum(h.shares.get(kind, 0) for h in self.houses.values()) for kind in SHARES}
        return {kind: count for kind, count in kinds.items() if count}


def fold(
    base: Iterable[Holding],
    entries: Iterable[Entry],
    until: date = date.max,
    named: Iterable[Member] = (),
) -> State:
    """Return the register on a day: what it began with, and every line in effect by then.

    `named` are people of the first register, as far as they were named.

    Raises:
        BadEntry: a line cannot be, in the order of days and, of one day, of numbers.
    """
    state = State()
    for one in base:
        shares = {"member": one.shares} if one.shares else {}
        house = House(one.household, one.group, one.head, one.account_tail, one.people, {}, shares)
        state.houses[one.household] = house
    for member in named:
        _known_before(state, member)
    for entry in sorted(entries, key=lambda one: (one.day, one.no)):
        if entry.day <= until:
            _take(state, entry)
    return state


def _known_before(state: State, member: Member) -> None:
    house = state.houses.get(member.household)
    if house is not None and house.unnamed:
        number = f"{member.household}-{member.no}"
        named = (member.name, "", None, member.relation, BEGINNING)
        person = Person(number, member.household, *named, came="founding")
        state.people[number] = house.people[number] = person
        house.unnamed -= 1


def _take(state: State, entry: Entry) -> None:
    if entry.kind not in KINDS:
        raise _bad(entry, f"不认识变动种类 {entry.kind}")
    if entry.kind == "mode":
        if entry.count < 0:
            raise _bad(entry, "动态管理的每人股数不能为负")
        state.each = entry.count
    elif entry.kind in HOUSES:
        _house(state, entry)
    elif entry.kind in JOINS:
        _join(state, entry)
    elif entry.kind in LEAVES:
        _leave(state, entry)
    else:
        _move(state, entry)


def _house(state: State, entry: Entry) -> None:
    facts, known = entry.facts, state.houses.get(entry.household)
    if entry.kind == "opened":
        if known:
            raise _bad(entry, "这个户编号已经有了")
        if not HOUSEHOLD.fullmatch(entry.household):
            raise _bad(entry, "户编号只能用小写字母、数字和连字符，例如 01-003")
        if not facts.get("head", "").strip():
            raise _bad(entry, "没有写户主")
        house = House(entry.household, facts.get("group", ""), facts["head"], "", since=entry.day)
        state.houses[entry.household] = house
    else:
        house = _known(state, entry, entry.household)
        house.head = facts.get("head") or house.head
        house.group = facts.get("group") or house.group
    house.account = facts.get("account") or house.account


def _join(state: State, entry: Entry) -> None:
    house, facts = _known(state, entry, entry.household), entry.facts
    if entry.household == COLLECTIVE:
        raise _bad(entry, "集体股不属于任何人，不能登记成员")
    name, identity = facts.get("name", "").strip(), facts.get("identity", "")
    if not name:
        raise _bad(entry, "没有写姓名")
    born = _day(entry, facts.get("born", ""))
    if entry.kind == "born":
        born = born or entry.day
    if born and entry.day < born:
        raise _bad(entry, f"{KINDS[entry.kind]}的日期早于出生日期 {born}")
    if not entry.person or entry.person in state.people:
        raise _bad(entry, f"成员编号 {entry.person or '（空）'} 重复或没有")
    for one in state.people.values():
        if one.left is None and _same(one, name, identity, born):
            raise _bad(entry, f"这个人已经登记在 {one.household} 户，一人只能登记一次")
    relation = facts.get("relation", "")
    person = Person(entry.person, entry.household, name, identity, born, relation, entry.day)
    person.came = entry.kind
    state.people[entry.person] = house.people[entry.person] = person
    _add(house, "member", state.each)


def _same(one: Person, name: str, identity: str, born: date | None) -> bool:
    if identity and one.identity:
        return identity == one.identity
    return name == one.name and born is not None and born == one.born


def _leave(state: State, entry: Entry) -> None:
    house = _known(state, entry, entry.household)
    word = KINDS[entry.kind]
    if entry.person:
        person = house.people.get(entry.person)
        if person is None:
            raise _bad(entry, f"这一户没有成员 {entry.person}")
        if person.left is not None:
            raise _bad(entry, f"{entry.person} 已于 {person.left} {KINDS[person.why]}")
        if entry.day < person.joined or (person.born and entry.day < person.born):
            raise _bad(entry, f"{word}的日期早于出生或成为成员的日期")
        person.left, person.why = entry.day, entry.kind
    elif house.unnamed:
        house.unnamed -= 1
    else:
        raise _bad(entry, "这一户没有这个人，请写成员编号")
    if state.each > house.shares.get("member", 0):
        raise _bad(entry, "成员股已不在这一户，不能随人减少")
    _add(house, "member", -state.each)


def _move(state: State, entry: Entry) -> None:
    house = _known(state, entry, entry.household)
    if entry.share not in SHARES:
        raise _bad(entry, f"没有“{entry.share}”这种份额")
    if entry.count <= 0:
        raise _bad(entry, "股数要大于零")
    _check_collective(entry, entry.share, entry.household)
    if entry.kind == "given":
        _add(house, entry.share, entry.count)
        return
    held = house.shares.get(entry.share, 0)
    if held < entry.count:
        raise _bad(entry, f"这一户只有{SHARES[entry.share]} {held} 股，不够 {entry.count} 股")
    _add(house, entry.share, -entry.count)
    if entry.kind in {"transferred", "inherited"}:
        _pass_on(state, house, entry)
    elif not entry.facts.get("resolution", "").strip():
        raise _bad(entry, f"{MOVES[entry.kind]}要写明依据的决议")
    if entry.kind == "converted":
        if entry.into not in SHARES or entry.into == entry.share or entry.gets <= 0:
            raise _bad(entry, "转换要写明换成另一种份额多少股")
        _check_collective(entry, entry.into, entry.household)
        _add(house, entry.into, entry.gets)


def _pass_on(state: State, house: House, entry: Entry) -> None:
    if entry.other == entry.household:
        raise _bad(entry, "不能转给自己这一户")
    if entry.kind == "inherited" and not _bereaved(house, entry):
        raise _bad(entry, "这一户在此以前没有登记死亡的成员，不能继承")
    _check_collective(entry, entry.share, entry.other)
    _add(_known(state, entry, entry.other), entry.share, entry.count)


def _bereaved(house: House, entry: Entry) -> bool:
    # A death among the unnamed of the first register leaves no person; the reason then names them.
    named = any(one.why == "died" for one in house.people.values())
    return named or bool(entry.facts.get("deceased", "").strip())


def _check_collective(entry: Entry, share: str, household: str) -> None:
    if (share == "collective") != (household == COLLECTIVE):
        raise _bad(entry, f"集体股只记在 {COLLECTIVE} 名下，别的份额不能记在它名下")


def _add(house: House, share: str, count: int) -> None:
    left = house.shares.get(share, 0) + count
    house.shares[share] = left
    if not left:
        del house.shares[share]


def _known(state: State, entry: Entry, number: str) -> House:
    house = state.houses.get(number)
    if house is None:
        raise _bad(entry, f"登记簿上没有 {number or '（空）'} 户")
    return house


def _day(entry: Entry, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as fault:
        raise _bad(entry, f"出生日期“{text}”不是日期，请写成 2018-03-05") from fault


def _bad(entry: Entry, why: str) -> "BadEntry":
    return BadEntry(no=entry.no, household=entry.household, day=entry.day, why=why)


class BadEntry(Refusal):
    """A line of the register's journal cannot be."""

    code = "D010"
    says = "第 {no} 行（{household} 户，{day}）不能登记：{why}。没有登记任何一行，请更正后再试。"
    rule = "农村集体经济组织法 第十二条、第四十条；财农〔2021〕121号 第三十条"
    status = 422

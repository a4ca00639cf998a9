"""三堆镇 as a sample: fourteen villages, their people and seats, households and shares.

From the published pilot: the township's name, 14 villages, 34,500 people, a profit of 2,000,000
yuan in 2021, dividends of 1,000,000 yuan at 50 yuan a head or more, the villages 井田 and 小河, the
mushroom parks of 宝珠. Everything else, every person and firm included, is invented.

1,000,000 / 34,500 is 28.99 yuan: the 34,500 count everybody who lives in the township. Those who
share are the members of the collectives, 18,600 here: 53.76 yuan a head, 50 or more in each.
"""

from datetime import date
from functools import cache
from random import Random
from typing import NamedTuple

from app.demo.names import seat_holders, villagers

PIN = "580221"  # of everybody in the sample; a real registrar sets one with each signer
TERM = (date(2020, 12, 1), date(2025, 11, 30))
TODAY = date(2022, 2, 8)  # the day on which the sample opens its counter
AT_HOME = (
    ("clerk", "clerk", "村文书"),
    ("secretary", "secretary", "村支书（村主任）"),
    ("deputy-director", "deputy", "村副主任"),
    ("first-secretary", "first", "第一书记"),
    ("supervision", "sup1", "村务监督委员会主任"),
    ("supervision", "sup2", "村务监督委员会委员"),
    ("supervision", "sup3", "村务监督委员会委员"),
    ("supervision", "sup4", "村务监督委员会委员"),
    ("supervision", "sup5", "村务监督委员会委员"),
)


class Person(NamedTuple):
    """Somebody who signs: `id` is also the login; `title` is what villagers call them."""

    id: str
    name: str
    title: str
    pin: str
    household: str = ""


class Holding(NamedTuple):
    """A seat held by a person from one day to another, both included."""

    seat: str
    person: str
    first: date
    last: date


class Kin(NamedTuple):
    """A declared relation: the relative's or the firm's name, and what they are to the person."""

    person: str
    name: str
    relation: str


class Account(NamedTuple):
    """A bank account of a collective: its code in the books, what it is for, number and bank."""

    code: str
    name: str
    number: str
    bank: str


class Village(NamedTuple):
    """A collective: `people` live there, `members` share (one share each), money in fen."""

    code: str
    name: str
    holder: str
    people: int
    members: int
    households: int
    council: int
    representatives: int
    surplus_fen: int
    share_fen: int
    accounts: tuple[Account, ...]
    holdings: tuple[Holding, ...]
    kin: tuple[Kin, ...]

    @property
    def slug(self) -> str:
        """Return the last part of the code, `jingtian`."""
        return self.code.rpartition("-")[2]

    @property
    def dividend_fen(self) -> int:
        """Return what the members share for 2021 (fen)."""
        return self.members * self.share_fen

    @property
    def reserve_fen(self) -> int:
        """Return what goes to 公积公益金 for 2021: thirty per cent by the sample charter (fen)."""
        return self.surplus_fen * 30 // 100

    def holders(self, seat: str) -> tuple[str, ...]:
        """Return the ids of those who hold a seat."""
        return tuple(holding.person for holding in self.holdings if holding.seat == seat)


class Household(NamedTuple):
    """A household in the share register: `no` is `01-003` (group, number), one share a member."""

    no: str
    group: int
    head: str
    people: int
    shares: int
    bank_account: str


class Township(NamedTuple):
    """The sample township."""

    code: str
    name: str
    district: str
    telephone: str
    people: tuple[Person, ...]
    villages: tuple[Village, ...]

    def village(self, slug: str) -> Village:
        """Return the village with this slug."""
        return next(village for village in self.villages if village.slug == slug)

    def person(self, person: str) -> Person:
        """Return the person with this id."""
        return next(one for one in self.people if one.id == person)


class Plan(NamedTuple):
    """One line of the table below: people, members, households; surplus and share in fen."""

    slug: str
    name: str
    people: int
    members: int
    households: int
    surplus_fen: int
    share_fen: int
    representatives: int
    first_secretary: bool = True


# The surpluses come to 2,000,000.00, the dividends (members x share) to 1,000,000.00.
PLANS = (
    Plan("jingtian", "井田村", 3480, 2000, 612, 412_638_47, 62_00, 35),
    Plan("baozhu", "宝珠村", 3056, 1700, 534, 223_391_44, 60_00, 33),
    Plan("xiaohe", "小河村", 2914, 1600, 498, 195_961_53, 58_00, 33),
    Plan("chunbo", "春播村", 2733, 1463, 457, 131_527_36, 52_00, 31),
    Plan("xiayun", "夏耘村", 2658, 1437, 449, 127_772_64, 52_00, 31),
    Plan("qiushou", "秋收村", 2319, 1250, 391, 106_918_05, 50_00, 29),
    Plan("dongcang", "冬藏村", 2301, 1250, 388, 112_281_95, 52_00, 29),
    Plan("guyu", "谷雨村", 2077, 1117, 349, 98_366_80, 51_00, 27),
    Plan("mangzhong", "芒种村", 2150, 1163, 364, 101_633_20, 51_00, 27),
    Plan("xiaoman", "小满村", 2262, 1220, 381, 107_204_18, 51_00, 29),
    Plan("bailu", "白露村", 1946, 1050, 328, 89_695_82, 50_00, 25),
    Plan("qinggeng", "晴耕村", 1951, 1050, 330, 94_512_90, 52_00, 25),
    Plan("ruixue", "瑞雪村", 2118, 1139, 356, 98_887_10, 51_00, 27, first_secretary=False),
    Plan("lixin", "立新社区", 2535, 1161, 362, 99_208_56, 51_00, 23, first_secretary=False),
)
MAIN = "jingtian"
SHARED = (
    ("registrar", "registrar", "镇登记员"),
    ("bookkeeper", "book1", "代理记账会计"),
    ("bookkeeper", "book2", "代理记账会计"),
    ("reviewer", "review1", "代理复核"),
    ("cashier", "cash1", "代理出纳"),
    ("agri-centre", "agri1", "镇农业服务中心主任"),
    ("village-cadre", "cadre1", "包村镇干部"),
    ("village-cadre", "cadre2", "包村镇干部"),
    ("village-cadre", "cadre3", "包村镇干部"),
    ("village-cadre", "cadre4", "包村镇干部"),
    ("village-leader", "leader1", "包村镇领导"),
    ("village-leader", "leader2", "包村镇领导"),
    ("village-leader", "leader3", "包村镇领导"),
    ("township-head", "head1", "镇主要领导"),
    ("auditor", "audit1", "镇审计人员"),
)
DIVIDED = ("bookkeeper", "village-cadre", "village-leader")  # each village has one of several
KIN_FIRM = "样例满山运输队"


@cache
def township() -> Township:
    """Return the sample township; always the same."""
    people = _people()
    villages = tuple(_village(index, plan) for index, plan in enumerate(PLANS))
    return Township("510802-sandui", "三堆镇", "广元市利州区", "0839-0000000", people, villages)


def _people() -> tuple[Person, ...]:
    shared = [(person, title) for _, person, title in SHARED]
    local = [
        (f"{plan.slug}-{short}", plan.name + title)
        for plan in PLANS
        for seat, short, title in AT_HOME
        if plan.first_secretary or seat != "first-secretary"
    ]
    named = zip([*shared, *local], seat_holders("三堆镇", len(shared) + len(local)), strict=True)
    return tuple(Person(person, name, title, PIN) for (person, title), name in named)


def _village(index: int, plan: Plan) -> Village:
    code = f"510802-sandui-{plan.slug}"
    return Village(
        code=code,
        name=plan.name,
        holder=f"三堆镇{plan.name}股份经济合作联合社",
        people=plan.people,
        members=plan.members,
        households=plan.households,
        council=5,
        representatives=plan.representatives,
        surplus_fen=plan.surplus_fen,
        share_fen=plan.share_fen,
        accounts=_accounts(index, plan),
        holdings=_holdings(index, plan),
        kin=_kin(plan),
    )


def _accounts(index: int, plan: Plan) -> tuple[Account, ...]:
    bank = "样例农商行三堆支行"
    basic = Account("102.01", "基本户", f"6200000051080{index + 1:02d}0011", bank)
    if plan.slug != MAIN:
        return (basic,)
    return (basic, Account("102.02", "项目专户", f"6200000051080{index + 1:02d}0029", bank))


def _holdings(index: int, plan: Plan) -> tuple[Holding, ...]:
    found = []
    for seat, short, _ in AT_HOME:
        if plan.first_secretary or seat != "first-secretary":
            found.append(Holding(seat, f"{plan.slug}-{short}", *TERM))
    for seat in dict.fromkeys(seat for seat, _, _ in SHARED):
        several = [person for each, person, _ in SHARED if each == seat]
        chosen = [several[index % len(several)]] if seat in DIVIDED else several
        found += [Holding(seat, person, *TERM) for person in chosen]
    return tuple(found)


def _kin(plan: Plan) -> tuple[Kin, ...]:
    """Give the main village's secretary a brother with a lorry: one payment, one recusal."""
    if plan.slug != MAIN:
        return ()
    return (Kin(f"{plan.slug}-secretary", KIN_FIRM, "弟弟经营的运输队"),)


@cache
def households(slug: str) -> tuple[Household, ...]:
    """Return a village's households in register order; their shares sum to its members exactly."""
    plan = next(plan for plan in PLANS if plan.slug == slug)
    sizes = _sizes(plan)
    heads = villagers(f"三堆镇{plan.name}", plan.households)
    groups = 8
    per_group = -(-plan.households // groups)
    rows = []
    for at, (head, size) in enumerate(zip(heads, sizes, strict=True)):
        group, number = at // per_group + 1, at % per_group + 1
        account = f"62000000{PLANS.index(plan) + 1:02d}{at + 1:06d}"
        rows.append(Household(f"{group:02d}-{number:03d}", group, head, size, size, account))
    return tuple(rows)


def _sizes(plan: Plan) -> list[int]:
    """Deal the members out: one to every household, the rest by chance, at most eight in one."""
    random = Random(plan.slug)  # noqa: S311 - a sample, no secret
    sizes = [1] * plan.households
    left = plan.members - plan.households
    while left:
        at = random.randrange(plan.households)
        if sizes[at] < 8:  # noqa: PLR2004 - the largest household
            sizes[at] += 1
            left -= 1
    return sizes

"""What comes round in a village: vouchers from a template, interest, sums shared over months."""

from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from app import drafts
from app.tables import regular
from app.tables import score as score_
from ledger import periods
from ledger.accounts import chart_of
from ledger.depreciation import last_day
from ledger.money import yuan
from ledger.refusal import Refusal
from ledger.schedule import EVERY, Schedule, interest, part

BASES = {
    "template": "按常用凭证",
    "interest": "按本金和年利率计息",
    "spread": "总额分摊",
    "held": "按合同价：每月付一部分，其余看考核",
}
WHOLE, FULL = 10_000, 100
LONGEST, HIGHEST_RATE = 80, 3_600


class Regular(NamedTuple):
    """A voucher that comes round; amounts in fen, `rate` a year's in hundredths of a percent.

    A template's amounts are its own; interest is that of the principal `fen`; a spread shares the
    total `fen` over every time it falls due, so that the last takes the rest. `held` pays `rate` of
    a contract's price `fen` so, and what is held back at the end by the months' scores.
    """

    id: str
    name: str
    basis: str
    every: int
    first: str
    last: str
    template: str = ""
    fen: int = 0
    rate: int = 0
    debit: str = ""
    credit: str = ""

    @property
    def schedule(self) -> Schedule:
        """Return in which months it falls due."""
        return Schedule(self.every, self.first, self.last)

    def amount(self, period: str) -> int:
        """Return what interest or a spread comes to in a month, in fen; 0 where nothing is due."""
        at = self.schedule.at(period)
        if not at:
            return 0
        if self.basis == "interest":
            return interest(self.fen, self.rate, self.every, at)
        return part(self.fen - self.held, self.schedule.times, at)

    @property
    def held(self) -> int:
        """Return what is held back of a contract's price until its scores are there, in fen."""
        return self.fen - self.fen * self.rate // WHOLE if self.basis == "held" else 0

    @property
    def months(self) -> list[str]:
        """Return the months that are scored."""
        found = periods.months(self.first, self.last)
        return [one for one in found if self.schedule.at(one)] if self.basis == "held" else []


def all_of(conn: Connection, village: str) -> list[Regular]:
    """Return what comes round in a village, in the order of the names."""
    query = select(regular).where(regular.c.village == village).order_by(regular.c.name)
    return [
        Regular(*(getattr(row, name) for name in Regular._fields)) for row in conn.execute(query)
    ]


def keep(conn: Connection, village: str, one: Regular) -> None:
    """Keep what comes round, in the place of one of the same name.

    Raises:
        BadRegular: says what is wrong.
    """
    _check(conn, village, one)
    name = sha256(f"{village} {one.name}".encode()).hexdigest()[:32]
    mine = (regular.c.village == village) & (regular.c.id == name)
    conn.execute(delete(regular).where(mine))
    conn.execute(insert(regular).values(village=village, **one._replace(id=name)._asdict()))


def drop(conn: Connection, village: str, name: str) -> None:
    """Let something come round no more; what was proposed, and what was scored, stays."""
    mine = (regular.c.village == village) & (regular.c.id == name)
    conn.execute(delete(regular).where(mine))


def scores(conn: Connection, village: str, one: Regular) -> dict[str, int]:
    """Return the points of a contract by month."""
    query = select(score_.c.period, score_.c.points)
    mine = (score_.c.village == village) & (score_.c.regular == one.id)
    return {row.period: row.points for row in conn.execute(query.where(mine))}


def score(conn: Connection, village: str, name: str, period: str, points: int) -> None:
    """Enter the points of a contract in a month, once.

    Raises:
        BadRegular: no such contract or month, points beyond 0 to 100, or entered before.
    """
    one = next((one for one in all_of(conn, village) if one.id == name), None)
    if one is None or period not in one.months:
        raise BadRegular(why="这个月没有要考核的合同")
    if not 0 <= points <= FULL:
        raise BadRegular(why="考核分须在 0 到 100 之间")
    if period in scores(conn, village, one):
        raise BadRegular(why=f"{period} 的考核分已经登记，不能改")
    row = {"village": village, "regular": name, "period": period, "points": points}
    conn.execute(insert(score_).values(**row))


def final(conn: Connection, village: str, one: Regular, period: str) -> tuple[int, str]:
    """Return what is held back and earned by the scores, in fen and words; 0 until all are there.

    Source: 草场镇 “每月支付合同价的90%,另10%作为年终考核”
    """
    known = scores(conn, village, one)
    if not one.months or period != one.months[-1] or len(known) < len(one.months):
        return 0, ""
    total = sum(known.values())
    fen = one.held * total // (len(known) * FULL)
    return fen, f"{one.name}年终考核款（平均 {total // len(known)} 分）"


def _check(conn: Connection, village: str, one: Regular) -> None:
    if not one.name or len(one.name) > LONGEST:
        raise BadRegular(why=f"请写名称，不超过 {LONGEST} 个字")
    if one.basis not in BASES or one.every not in EVERY:
        raise BadRegular(why="请选怎样算和多久一次")
    if periods.parse(one.first) > periods.parse(one.last):
        raise BadRegular(why="最后的月份早于开始的月份")
    if one.basis == "template":
        kept = drafts.get(conn, village, one.template)
        if kept is None or not kept.name:
            raise BadRegular(why="请选一张常用凭证")
        return
    _check_sum(one)
    chart = chart_of(conn, village)
    for code in (one.debit, one.credit):
        if not chart.is_leaf(code):
            raise BadRegular(why=f"科目 {code or '（空）'} 不是本村的末级科目")


def _check_sum(one: Regular) -> None:
    if one.fen <= 0:
        raise BadRegular(why="本金或总额须大于零")
    if one.basis == "interest" and not 0 < one.rate <= HIGHEST_RATE:
        raise BadRegular(why="年利率须在 0 到 36% 之间")
    if one.basis == "held" and not 0 < one.rate < WHOLE:
        raise BadRegular(why="每月支付的比例须在 0 到 100% 之间")


def fields(
    one: Regular, period: str, template: Mapping[str, str] | None, last: tuple[int, str] = (0, "")
) -> dict[str, str]:
    """Return the fields of the month's voucher, dated on its last day.

    `template` are the fields of the template that it follows, or None; `last` is what `final`
    tells, where that is asked for.
    """
    day = last_day(period)
    summary = f"{last[1] or one.name}（{day.year}年{day.month}月）"
    if one.basis == "template":
        return {**(template or {}), "day": day.isoformat(), "summary": summary}
    amount = yuan(last[0] or one.amount(period)).replace(",", "")
    return {
        "kind": "transfer",
        "day": day.isoformat(),
        "purpose": "transfer.accrual",
        "sheets": "0",
        "summary": summary,
        "account0": one.debit,
        "debit0": amount,
        "account1": one.credit,
        "credit1": amount,
    }


class BadRegular(Refusal):
    """What is to come round cannot."""

    code = "W610"
    says = "定期凭证没有存：{why}。"
    status = 422

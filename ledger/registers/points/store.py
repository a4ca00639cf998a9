"""Note, take back, review and read points; nothing is ever changed or deleted."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from ledger.log import store as log
from ledger.refusal import Refusal
from ledger.registers.points import (
    STAGES,
    BadRules,
    Record,
    Review,
    Rules,
    Subject,
    digest,
    months_of,
    read,
)
from ledger.registers.points.tables import record, review, rule, subject

# What a step is of: a month, or for the last one a quarter.
PERIOD = (re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII), re.compile(r"20\d\d-Q[1-4]", re.ASCII))


class Note(NamedTuple):
    """What a grid worker notes: the day, of whom, for what, in words."""

    day: date
    subject: str
    item: str
    words: str = ""


def adopt(conn: Connection, village: str, text: str, day: date, resolution: str) -> Rules:
    """Keep new rules of a village as voted; the earlier versions stay.

    Raises:
        BadRules: they cannot be read, or the vote is not named.
    """
    found = read(text)
    if not resolution.strip():
        raise BadRules(why="没有写明表决这套细则的决议")
    mine = select(rule).where(rule.c.village == village).order_by(rule.c.no.desc())
    before = conn.execute(mine.limit(1)).first()
    row = {"day": day, "resolution": resolution.strip(), "text": text}
    if before is not None and row.items() <= before._asdict().items():
        return found  # a double click
    row["no"] = before.no + 1 if before is not None else 1
    conn.execute(insert(rule).values(village=village, **row))
    return found


def rules_of(conn: Connection, village: str) -> Rules | None:
    """Return the rules in force in a village, or None."""
    mine = select(rule.c.text).where(rule.c.village == village).order_by(rule.c.no.desc())
    text = conn.execute(mine.limit(1)).scalar()
    return read(text) if text is not None else None


def enrol(conn: Connection, village: str, subjects: Iterable[Subject]) -> None:
    """Replace the list of subjects; their records stay."""
    conn.execute(delete(subject).where(subject.c.village == village))
    rows = [{"village": village, **one._asdict()} for one in subjects]
    if rows:
        conn.execute(insert(subject), rows)


def subjects(conn: Connection, village: str) -> list[Subject]:
    """Return the subjects of a village by number."""
    query = select(subject).where(subject.c.village == village).order_by(subject.c.id)
    return [Subject(*row[1:]) for row in conn.execute(query)]


def note(
    conn: Connection,
    village: str,
    rules: Rules,
    notes: Sequence[Note],
    today: date,
    nonce: str = "",
) -> int:
    """Note what happened, all or nothing; return the number of the last record.

    One nonce is one click: the same once more notes nothing and returns the same number.

    Raises:
        BadNote: names the row: an unknown subject or item, a day to come, a month that is reviewed,
            an item more often than the rules allow in a month.
    """
    log.hold(conn, village)  # of two at once the second sees what the first has noted
    if (done := _clicked(conn, village, nonce)) is not None:
        return done
    known = set(conn.execute(select(subject.c.id).where(subject.c.village == village)).scalars())
    closed = {_month(one.period) for one in reviews(conn, village) if one.stage == "month"}
    counted = _counts(conn, village, rules)
    rows, no = [], last(conn, village)
    for at, one in enumerate(notes, start=1):
        item = rules.items.get(one.item)
        if one.subject not in known:
            raise BadNote(row=at, why=f"积分对象 {one.subject} 没有登记")
        if item is None:
            raise BadNote(row=at, why=f"细则里没有项目 {one.item}")
        if one.day > today:
            raise BadNote(row=at, why=f"日期 {one.day} 还没有到")
        month_ = (one.day.year, one.day.month)
        if month_ in closed:
            raise BadNote(row=at, why=f"{one.day:%Y-%m} 已经审定，有异议请走复议")
        if item.most:
            key = (one.subject, one.item, month_)
            counted[key] = counted.get(key, 0) + 1
            if counted[key] > item.most:
                raise BadNote(row=at, why=f"“{item.title}”每月最多记 {item.most} 次")
        rows.append(_row(village, no + at, one, item.tenths, 0))
    if rows:
        rows[-1]["nonce"] = nonce or None
        conn.execute(insert(record), rows)
    return no + len(rows)


def _clicked(conn: Connection, village: str, nonce: str) -> int | None:
    """Return the number of the record that this click has made already."""
    mine = (record.c.village == village) & (record.c.nonce == nonce)
    found: int | None = conn.execute(select(record.c.no).where(mine)).scalar()
    return found


def earned(conn: Connection, village: str, until: date) -> dict[str, int]:
    """Return by subject the tenths of points of months that were reviewed by a day.

    What nobody has reviewed can still fall, so it buys nothing yet.
    """
    passed = {
        one.period for one in reviews(conn, village) if one.stage == "month" if one.day <= until
    }
    query = select(record.c.subject, record.c.day, func.sum(record.c.tenths))
    mine = query.where(record.c.village == village).group_by(record.c.subject, record.c.day)
    found: dict[str, int] = {}
    for who, day, tenths in conn.execute(mine):
        if f"{day:%Y-%m}" in passed:
            found[who] = found.get(who, 0) + int(tenths)
    return found


def _month(period: str) -> tuple[int, int]:
    return int(period[:4]), int(period[5:])


def _counts(
    conn: Connection, village: str, rules: Rules
) -> dict[tuple[str, str, tuple[int, int]], int]:
    """Return how often the bounded items were noted, by subject, item and month."""
    bounded = [name for name, item in rules.items.items() if item.most]
    found: dict[tuple[str, str, tuple[int, int]], int] = {}
    query = select(record.c.subject, record.c.item, record.c.day, record.c.reverses)
    mine = (record.c.village == village) & record.c.item.in_(bounded)
    for who, item, day, reverses in conn.execute(query.where(mine)):
        key = (who, item, (day.year, day.month))
        found[key] = found.get(key, 0) + (-1 if reverses else 1)
    return found


def _row(village: str, no: int, one: Note, tenths: int, reverses: int) -> dict[str, object]:
    return {
        "village": village,
        "no": no,
        "day": one.day,
        "subject": one.subject,
        "item": one.item,
        "tenths": tenths,
        "reverses": reverses,
        "words": one.words or None,  # most records need none, and sealing them costs
        "nonce": None,
    }


def reverse(conn: Connection, village: str, no: int, words: str, nonce: str = "") -> int:
    """Take a record back by another one, also after its month was reviewed; return its number.

    One nonce is one click, as for `note`.

    Raises:
        NotReversible: no such record, taken back already, itself a reversal, or no reason given.
    """
    log.hold(conn, village)
    if (done := _clicked(conn, village, nonce)) is not None:
        return done
    mine = (record.c.village == village) & (record.c.no == no)
    row = conn.execute(select(record).where(mine)).first()
    again = (record.c.village == village) & (record.c.reverses == no)
    if row is None or row.reverses or not words.strip():
        raise NotReversible(no=no)
    if conn.execute(select(record.c.no).where(again)).first():
        raise NotReversible(no=no)
    number = last(conn, village) + 1
    one = Note(row.day, row.subject, row.item, words.strip())
    made = _row(village, number, one, -row.tenths, no)
    conn.execute(insert(record).values(**{**made, "nonce": nonce or None}))
    return number


def last(conn: Connection, village: str) -> int:
    """Return the number of the last record, or 0."""
    query = select(func.max(record.c.no)).where(record.c.village == village)
    return conn.execute(query).scalar() or 0


def records(conn: Connection, village: str, first: date, until: date) -> list[Record]:
    """Return the records of some days, by number; words are left out."""
    columns = [column for column in record.c if column.name not in {"village", "words", "nonce"}]
    mine = (record.c.village == village) & record.c.day.between(first, until)
    query = select(*columns).where(mine).order_by(record.c.no)
    return [
        Record(no, day, who, item, tenths, reverses, "")
        for no, day, who, item, tenths, reverses in conn.execute(query)
    ]


def month(conn: Connection, village: str, period: str) -> list[Record]:
    """Return the records of a month."""
    first = date.fromisoformat(f"{period}-01")
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return records(conn, village, first, date.fromordinal(following.toordinal() - 1))


def reviews(conn: Connection, village: str) -> list[Review]:
    """Return the reviews of a village."""
    query = select(review).where(review.c.village == village)
    return [Review(*row[1:]) for row in conn.execute(query.order_by(review.c.day, review.c.period))]


def pass_review(
    conn: Connection, village: str, rules: Rules, stage: str, period: str, day: date, grid: str = ""
) -> Review:
    """Pass a step of review: the grids of a month, then the month, then the quarter's publication.

    Raises:
        OutOfOrder: the step before is missing, it was passed already, or its day has not come.
    """
    if stage not in STAGES:
        raise OutOfOrder(word=stage, period=period, why="没有这一步")
    if not PERIOD[stage == "quarter"].fullmatch(period):
        why = "月份写成 2022-01，季度写成 2022-Q1"
        raise OutOfOrder(word=STAGES[stage], period=period, why=why)
    done = {(one.stage, one.period, one.grid) for one in reviews(conn, village)}
    if (stage, period, grid) in done:
        raise OutOfOrder(word=STAGES[stage], period=period, why="已经办过")
    months = months_of(period) if stage == "quarter" else [period]
    found = [one for name in months for one in month(conn, village, name)]
    where = {one.id: one.grid for one in subjects(conn, village)}
    if stage == "grid":
        found = [one for one in found if where.get(one.subject) == grid]
    elif stage == "month":
        grids = {where.get(one.subject, "") for one in found}
        missing = sorted(name for name in grids if ("grid", period, name) not in done)
        if missing:
            raise OutOfOrder(
                word=STAGES[stage], period=period, why=f"网格 {'、'.join(missing)} 还没有审核"
            )
    else:
        missing = [name for name in months if ("month", name, "") not in done]
        if missing:
            raise OutOfOrder(
                word=STAGES[stage], period=period, why=f"{'、'.join(missing)} 还没有审定"
            )
        if day < date.fromisoformat(f"{months[-1]}-{rules.publish_day:02d}"):
            raise OutOfOrder(
                word=STAGES[stage], period=period, why=f"季末月 {rules.publish_day} 日才公示"
            )
    made = Review(stage, period, grid, last(conn, village), digest(found), day)
    conn.execute(insert(review).values(village=village, **made._asdict()))
    return made


class BadNote(Refusal):
    """A note of points cannot be entered; none of those with it was."""

    code = "D041"
    says = "第 {row} 条积分不能登记：{why}。这一批都没有登记。"
    rule = "村民积分细则"
    status = 422


class NotReversible(Refusal):
    """The record cannot be taken back."""

    code = "D042"
    says = "第 {no} 条积分不能冲销：没有这一条、已经冲销过、本身是冲销，或没有写原因。"
    status = 422


class OutOfOrder(Refusal):
    """A step of the review of points is not due."""

    code = "D043"
    says = "{period} 的{word}现在不能办：{why}。"
    rule = "安家村：网格记录、按月审定、季末月 28 日公示"

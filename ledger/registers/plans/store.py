"""Keep the plans of a distribution, the objections to them and what became of the payments."""

from datetime import date

from sqlalchemy import Connection, Table, func, insert, select, update

from ledger.refusal import Refusal
from ledger.registers.plans import PAYOUTS, Draft, Objection, Payout, unsettled
from ledger.registers.plans.tables import objection, payout, plan


def _next(conn: Connection, table: Table, village: str, year: int) -> int:
    mine = (table.c.village == village) & (table.c.year == year)
    return (conn.execute(select(func.max(table.c.no)).where(mine)).scalar() or 0) + 1


def draft(conn: Connection, village: str, year: int, text: str) -> Draft:
    """Keep a new version of a year's plan; an earlier version stays as it was."""
    no = _next(conn, plan, village, year)
    conn.execute(insert(plan).values(village=village, year=year, no=no, text=text))
    return Draft(year, no, text, None, None)


def latest(conn: Connection, village: str, year: int) -> Draft | None:
    """Return the last version of a year's plan, or None."""
    mine = (plan.c.village == village) & (plan.c.year == year)
    row = conn.execute(select(plan).where(mine).order_by(plan.c.no.desc()).limit(1)).first()
    return Draft(*row[1:]) if row else None


def by_text(conn: Connection, village: str, year: int) -> list[Draft]:
    """Return all versions of a year's plan, the first one first."""
    mine = (plan.c.village == village) & (plan.c.year == year)
    return [Draft(*row[1:]) for row in conn.execute(select(plan).where(mine).order_by(plan.c.no))]


def open_plan(conn: Connection, village: str, one: Draft, opened: date, meeting: date) -> None:
    """Say from when a plan is open to everybody and when the meeting on it is."""
    mine = (plan.c.village == village) & (plan.c.year == one.year) & (plan.c.no == one.no)
    conn.execute(update(plan).where(mine).values(opened=opened, meeting=meeting))


def object_to(
    conn: Connection, village: str, year: int, day: date, household: str, words: str
) -> None:
    """Keep an objection.

    Raises:
        NoWords: it says nothing.
    """
    if not words.strip():
        raise NoWords(what="异议")
    no = _next(conn, objection, village, year)
    given = {"day": day, "household": household, "words": words.strip(), "answer": ""}
    conn.execute(insert(objection).values(village=village, year=year, no=no, **given))


def answer(conn: Connection, village: str, year: int, no: int, words: str) -> None:
    """Answer an objection.

    Raises:
        NoWords: the answer says nothing.
    """
    if not words.strip():
        raise NoWords(what="答复")
    mine = (objection.c.village == village) & (objection.c.year == year) & (objection.c.no == no)
    conn.execute(update(objection).where(mine).values(answer=words.strip()))


def objections(conn: Connection, village: str, year: int) -> list[Objection]:
    """Return the objections to a year's plan in order."""
    mine = (objection.c.village == village) & (objection.c.year == year)
    rows = conn.execute(select(objection).where(mine).order_by(objection.c.no))
    return [Objection(*row[1:]) for row in rows]


def follow(
    conn: Connection, village: str, year: int, day: date, household: str, kind: str, words: str
) -> None:
    """Add what became of a household's payment.

    Raises:
        NotOwed: nothing came back that could be paid again, or the kind is unknown.
    """
    waiting = household in unsettled(payouts(conn, village, year))
    if kind not in PAYOUTS or (kind == "returned") == waiting:
        raise NotOwed(household=household, word=PAYOUTS.get(kind, kind))
    no = _next(conn, payout, village, year)
    given = {"day": day, "household": household, "kind": kind, "words": words.strip()}
    conn.execute(insert(payout).values(village=village, year=year, no=no, **given))


def payouts(conn: Connection, village: str, year: int) -> list[Payout]:
    """Return what became of a year's payments, in order."""
    mine = (payout.c.village == village) & (payout.c.year == year)
    rows = conn.execute(select(payout).where(mine).order_by(payout.c.no))
    return [Payout(*row[1:]) for row in rows]


class NoWords(Refusal):
    """An objection or an answer that says nothing."""

    code = "D025"
    says = "请写明{what}内容。"
    status = 422


class NotOwed(Refusal):
    """The household's payment is not in a state in which this can become of it."""

    code = "D026"
    says = "{household} 户现在不能登记“{word}”：退回过的才能改付或再付，没有结清的不能再登记退回。"
    status = 422

"""What a village shows beyond the catalogue: items of its own, added and taken back by itself.

An item of the catalogue cannot be replaced, renamed or left out.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from app.tables import addition
from disclosure import catalogue
from disclosure.catalogue import Item
from ledger.accounts import chart_of
from ledger.refusal import Refusal

MOST, SHORT, LONG = 20, 40, 200
REVIEWER = "supervision"


def of(conn: Connection, village: str) -> list[Item]:
    """Return a village's own items by title; `part` is empty, the title is the id."""
    query = select(addition).where(addition.c.village == village).order_by(addition.c.title)
    return [
        Item(
            id=row.title,
            zh=row.title,
            plain=row.plain,
            period=row.period,
            reviewer=REVIEWER,
            part="",
            accounts=tuple(row.accounts.split()),
            purposes=(),
        )
        for row in conn.execute(query)
    ]


def add(
    conn: Connection, village: str, words: tuple[str, str], period: str, accounts: Sequence[str]
) -> None:
    """Add an item: title and plain words, how often it is shown, accounts whose figures it shows.

    Raises:
        BadAddition: title or words are missing or too long, the title is taken, the period is none.
        Refusal: the chart has no such account.
    """
    title, plain = words
    taken = {one.zh for one in catalogue.every()} | {one.zh for one in of(conn, village)}
    if not title or len(title) > SHORT or not plain or len(plain) > LONG:
        raise BadAddition(why=f"要有名称（{SHORT} 字内）和通俗解释（{LONG} 字内）")
    if title in taken:
        raise BadAddition(why=f"“{title}”清单里已经有了，法定项目不能改动或顶替")
    if period not in {"month", "quarter", "year", "once"} or len(taken) > MOST + _shipped():
        raise BadAddition(why=f"公开周期不对，或者另加的项目已满 {MOST} 项")
    chart = chart_of(conn, village)
    codes = " ".join(dict.fromkeys(chart.get(code).code for code in accounts))
    row = {"village": village, "title": title, "plain": plain, "period": period, "accounts": codes}
    conn.execute(insert(addition), [row])


def _shipped() -> int:
    return sum(1 for _ in catalogue.every()) - 1


def drop(conn: Connection, village: str, title: str) -> None:
    """Take one of the village's own items back; those of the catalogue are not there to be taken.

    Raises:
        BadAddition: the village has added no such item.
    """
    if title not in {one.zh for one in of(conn, village)}:
        raise BadAddition(why=f"本村没有另加“{title}”，法定项目不能删")
    where = (addition.c.village == village) & (addition.c.title == title)
    conn.execute(delete(addition).where(where))


class BadAddition(Refusal):
    """A village's own item is incomplete, or would take the place of one of the catalogue."""

    code = "W092"
    says = "公开清单没有改：{why}。"
    rule = "农村集体经济组织财务公开规定（农经发〔2011〕13号）：规定的项目都要公开"
    status = 422

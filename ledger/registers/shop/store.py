"""Keep a points shop: goods come in, are exchanged, come back; nothing is changed or deleted."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from ledger import periods
from ledger.accounts import chart_of
from ledger.log import store as log
from ledger.registers import shop
from ledger.registers.points import shown
from ledger.registers.points import store as points
from ledger.registers.shop import (
    NOTHING,
    BadShop,
    Good,
    Line,
    NoPoints,
    NotBack,
    OutOfStock,
    Terms,
    cost,
    stocks,
)
from ledger.registers.shop.tables import good, line, terms

ROOTS = {"goods": ("121",), "owed": ("211",), "expense": ("513", "514")}
MOST_FEN, MOST_TENTHS, MOST_PIECES = 100_00, 100_000, 1_000_000


class At(NamedTuple):
    """When, by whom, and by which click something is entered: one nonce is one movement."""

    day: date
    person: str
    nonce: str


def set_terms(conn: Connection, village: str, given: Terms) -> None:
    """Keep how the shop is booked, in the place of what was.

    Raises:
        BadShop: a value or an account that cannot be, or no vote named.
    """
    if not 0 < given.fen <= MOST_FEN:
        raise BadShop(why="一分折多少钱须在 0.01 元到 100 元之间")
    if not given.resolution.strip():
        raise BadShop(why="没有写明表决的决议")
    chart = chart_of(conn, village)
    for name, roots in ROOTS.items():
        code = getattr(given, name)
        if code.partition(".")[0] not in roots or not chart.is_leaf(code):
            raise BadShop(why=f"{code or '（空）'} 不是 {'、'.join(roots)} 下的末级科目")
    conn.execute(delete(terms).where(terms.c.village == village))
    conn.execute(insert(terms).values(village=village, **given._asdict()))


def terms_of(conn: Connection, village: str) -> Terms | None:
    """Return how the shop of a village is booked, or None if it has none."""
    row = conn.execute(select(terms).where(terms.c.village == village)).first()
    return Terms(*row[1:]) if row else None


def keep_good(conn: Connection, village: str, one: Good) -> None:
    """Keep a good at its price in points, in the place of one of the same number.

    Raises:
        BadShop: it has no number, name or unit, or no price.
    """
    if not (one.id.strip() and one.name.strip() and one.unit.strip()):
        raise BadShop(why="请写货号、品名和单位")
    if not 0 < one.tenths <= MOST_TENTHS:
        raise BadShop(why="兑换分值须大于零")
    conn.execute(delete(good).where(good.c.village == village, good.c.id == one.id))
    conn.execute(insert(good).values(village=village, **one._asdict()))


def goods(conn: Connection, village: str) -> list[Good]:
    """Return the goods of a shop by number."""
    query = select(good).where(good.c.village == village).order_by(good.c.id)
    return [Good(*row[1:]) for row in conn.execute(query)]


def lines(conn: Connection, village: str, until: date | None = None) -> list[Line]:
    """Return the movements of a shop by number, words left out; through a day if asked."""
    columns = [line.c[name] for name in Line._fields]
    query = select(*columns).where(line.c.village == village).order_by(line.c.no)
    if until is not None:
        query = query.where(line.c.day <= until)
    return [Line(*row) for row in conn.execute(query)]


def left(conn: Connection, village: str, until: date) -> dict[str, int]:
    """Return by subject the tenths of points that may be exchanged on a day."""
    return shop.left(points.earned(conn, village, until), lines(conn, village, until))


def take_in(conn: Connection, village: str, at: At, what: str, count: int, fen: int) -> int:
    """Take pieces into the stock at their cost (fen, 0 for what was given); return the number.

    Raises:
        BadShop: no such good, no pieces, a cost below zero; Sealed: the month is.
    """
    known = _begin(conn, village, at, what, count)
    if isinstance(known, int):
        return known
    if fen < 0:
        raise BadShop(why="进价不能为负")
    return _add(conn, village, at, {"kind": "in", "good": what, "pieces": count, "fen": fen})


def exchange(conn: Connection, village: str, at: At, who: str, what: str, count: int) -> int:
    """Give a subject pieces for points; return the number. A second click finds the first.

    Raises:
        BadShop: no such good or subject; Sealed; OutOfStock; NoPoints.
    """
    known = _begin(conn, village, at, what, count)
    if isinstance(known, int):
        return known
    if who not in {one.id for one in points.subjects(conn, village)}:
        raise BadShop(why=f"积分对象 {who or '（空）'} 没有登记")
    fen = _out(conn, village, known, count)
    tenths, had = known.tenths * count, left(conn, village, at.day).get(who, 0)
    if tenths > had:
        raise NoPoints(subject=who, left=shown(had), asked=shown(tenths))
    row = {"kind": "out", "good": what, "pieces": -count, "fen": -fen}
    return _add(conn, village, at, {**row, "subject": who, "tenths": -tenths})


def write_off(conn: Connection, village: str, at: At, what: str, count: int, words: str) -> int:
    """Take out pieces that were found missing or spoilt; return the number.

    Raises:
        BadShop: no such good, or no reason; Sealed; OutOfStock.
    """
    known = _begin(conn, village, at, what, count)
    if isinstance(known, int):
        return known
    if not words.strip():
        raise BadShop(why="请写盘亏或报损的原因")
    fen = _out(conn, village, known, count)
    row = {"kind": "lost", "good": what, "pieces": -count, "fen": -fen}
    return _add(conn, village, at, {**row, "words": words.strip()})


def take_back(conn: Connection, village: str, at: At, no: int, words: str) -> int:
    """Take an exchange back, pieces, cost and points; return the number.

    Raises:
        NotBack; Sealed.
    """
    log.hold(conn, village)
    if (done := _clicked(conn, village, at.nonce)) is not None:
        return done
    _open(conn, village, at.day)
    every = lines(conn, village)
    one = next((item for item in every if item.no == no), None)
    if one is None or one.kind != "out" or not words.strip():
        raise NotBack(no=no)
    if any(item.reverses == no for item in every):
        raise NotBack(no=no)
    row = {"kind": "back", "good": one.good, "pieces": -one.pieces, "fen": -one.fen}
    who = {"subject": one.subject, "tenths": -one.tenths, "reverses": no}
    return _add(conn, village, at, {**row, **who, "words": words.strip()})


def _begin(conn: Connection, village: str, at: At, what: str, count: int) -> Good | int:
    """Return the good, or the number of the movement that this click has made already."""
    log.hold(conn, village)  # of two at once the second sees what the first has taken
    if (done := _clicked(conn, village, at.nonce)) is not None:
        return done
    _open(conn, village, at.day)
    if not 0 < count <= MOST_PIECES:
        raise BadShop(why="数量须是大于零的整数")
    known = {one.id: one for one in goods(conn, village)}
    if what not in known:
        raise BadShop(why=f"货号 {what or '（空）'} 没有登记")
    return known[what]


def _open(conn: Connection, village: str, day: date) -> None:
    if periods.is_sealed(conn, village, f"{day:%Y-%m}"):
        raise periods.Sealed(period=f"{day:%Y-%m}")


def _clicked(conn: Connection, village: str, nonce: str) -> int | None:
    mine = (line.c.village == village) & (line.c.nonce == nonce)
    found: int | None = conn.execute(select(line.c.no).where(mine)).scalar()
    return found


def _out(conn: Connection, village: str, one: Good, count: int) -> int:
    stock = stocks(lines(conn, village)).get(one.id, NOTHING)
    if count > stock.pieces:
        raise OutOfStock(good=one.name, count=stock.pieces, unit=one.unit, asked=count)
    return cost(stock, count)


def _add(conn: Connection, village: str, at: At, row: dict[str, Any]) -> int:
    last = select(func.max(line.c.no)).where(line.c.village == village)
    no: int = (conn.execute(last).scalar() or 0) + 1
    given = {"subject": "", "tenths": 0, "reverses": 0, "words": None, **row}
    conn.execute(insert(line).values(village=village, no=no, **at._asdict(), **given))
    return no

"""Keep the pairs of a union, and read the union as one from the books of all."""

from sqlalchemy import Connection, delete, insert, select

from ledger import consolidation, reported
from ledger.accounts import chart_of
from ledger.consolidation import KINDS, SIDES, BadPair, Entity, Pair, Whole
from ledger.legs import store as legs
from ledger.registers.union.tables import pair


def keep(conn: Connection, village: str, one: Pair) -> None:
    """Keep a pair of a union; the same one again changes nothing.

    Raises:
        BadPair: an unknown kind, one village against itself, an account that is none of it or of
            another kind, or that is in a pair of this kind already.
    """
    if one.kind not in KINDS or one.left == one.right:
        raise BadPair(why="请选往来的种类和两个不同的单位")
    sides = ((one.left, one.above), (one.right, one.below))
    for (where, code), roots in zip(sides, SIDES[one.kind], strict=True):
        if code.partition(".")[0] not in roots or not chart_of(conn, where).is_leaf(code):
            raise BadPair(why=f"{where} 的 {code or '（空）'} 不是 {'、'.join(roots)} 下的末级科目")
    for other in pairs(conn, village):
        if other == one:
            return
        taken = {(other.left, other.above), (other.right, other.below)}
        if other.kind == one.kind and taken & set(sides):
            raise BadPair(why=f"{one.above} 或 {one.below} 已经和别的科目对上了")
    conn.execute(insert(pair).values(village=village, **one._asdict()))


def drop(conn: Connection, village: str, one: Pair) -> None:
    """Take a pair away."""
    mine = [pair.c.village == village, *(pair.c[name] == value for name, value in _key(one))]
    conn.execute(delete(pair).where(*mine))


def _key(one: Pair) -> list[tuple[str, str]]:
    return [(name, getattr(one, name)) for name in ("left", "above", "right", "below")]


def pairs(conn: Connection, village: str) -> list[Pair]:
    """Return the pairs of a union in order."""
    mine = select(pair).where(pair.c.village == village)
    query = mine.order_by(pair.c.left, pair.c.above, pair.c.right, pair.c.below)
    return [Pair(*row[1:]) for row in conn.execute(query)]


def whole(conn: Connection, village: str, period: str) -> Whole:
    """Return a union and its branches as one through a period.

    Raises:
        StatementUntied: the whole does not tie.
    """
    known = pairs(conn, village)
    others = {one.left for one in known} | {one.right for one in known}
    names = [village, *sorted(others - {village})]
    return consolidation.consolidate([_entity(conn, name, period) for name in names], known)


def _entity(conn: Connection, village: str, period: str) -> Entity:
    year = int(period[:4])
    return Entity(
        village,
        village,
        reported.opening(conn, village, year),
        legs.balances(conn, village, period),
        reported.year_of(conn, village, year, period),
    )

"""Members, resources, contracts and debts of a village, kept and read."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Table, delete, func, insert, select

from ledger.registers.holdings import Contract, Debt, Member, Resource
from ledger.registers.holdings.tables import contract, debt, member, resource


def write_members(conn: Connection, village: str, rows: Iterable[Member]) -> None:
    """Replace the members of a village."""
    _replace(conn, member, village, [row._asdict() for row in rows])


def write_resources(conn: Connection, village: str, rows: Iterable[Resource]) -> None:
    """Replace the resources of a village."""
    _replace(conn, resource, village, [row._asdict() for row in rows])


def write_contracts(conn: Connection, village: str, rows: Iterable[Contract]) -> None:
    """Replace the contracts of a village."""
    _replace(conn, contract, village, [row._asdict() for row in rows])


def write_debts(conn: Connection, village: str, rows: Iterable[Debt]) -> None:
    """Replace what outsiders owe and are owed."""
    _replace(conn, debt, village, [{"no": at, **one._asdict()} for at, one in enumerate(rows, 1)])


def _replace(
    conn: Connection, table: Table, village: str, rows: Sequence[dict[str, object]]
) -> None:
    conn.execute(delete(table).where(table.c.village == village))
    if rows:
        conn.execute(insert(table), [{"village": village, **row} for row in rows])


def members(conn: Connection, village: str) -> list[Member]:
    """Return the members of a village by household."""
    mine = select(member).where(member.c.village == village)
    query = mine.order_by(member.c.household, member.c.no)
    return [Member(*row[1:]) for row in conn.execute(query)]


def resources(conn: Connection, village: str) -> list[Resource]:
    """Return the resources of a village by number."""
    query = select(resource).where(resource.c.village == village).order_by(resource.c.number)
    return [Resource(*row[1:]) for row in conn.execute(query)]


def contracts(conn: Connection, village: str) -> list[Contract]:
    """Return the contracts of a village by number."""
    query = select(contract).where(contract.c.village == village).order_by(contract.c.number)
    return [Contract(*row[1:]) for row in conn.execute(query)]


def debts(conn: Connection, village: str) -> list[Debt]:
    """Return what outsiders owe a village and are owed."""
    query = select(debt).where(debt.c.village == village).order_by(debt.c.no)
    return [Debt(*row[2:]) for row in conn.execute(query)]


def keep_contract(conn: Connection, village: str, one: Contract) -> None:
    """Keep a contract that was checked, in the place of one with its number."""
    mine = (contract.c.village == village) & (contract.c.number == one.number)
    conn.execute(delete(contract).where(mine))
    conn.execute(insert(contract).values(village=village, **one._asdict()))


def keep_resource(conn: Connection, village: str, one: Resource) -> None:
    """Keep a resource, in the place of one with its number."""
    mine = (resource.c.village == village) & (resource.c.number == one.number)
    conn.execute(delete(resource).where(mine))
    conn.execute(insert(resource).values(village=village, **one._asdict()))


def keep_debt(conn: Connection, village: str, no: int, one: Debt) -> None:
    """Keep what an outsider owes or is owed under its number; 0 gives it the next one."""
    mine = debt.c.village == village
    if not no:
        no = (conn.execute(select(func.max(debt.c.no)).where(mine)).scalar() or 0) + 1
    conn.execute(delete(debt).where(mine & (debt.c.no == no)))
    conn.execute(insert(debt).values(village=village, no=no, **one._asdict()))


def numbered_debts(conn: Connection, village: str) -> dict[int, Debt]:
    """Return what outsiders owe a village and are owed, by number."""
    query = select(debt).where(debt.c.village == village).order_by(debt.c.no)
    return {row[1]: Debt(*row[2:]) for row in conn.execute(query)}

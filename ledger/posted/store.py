"""Posted vouchers and the indexes around them: views of the log, written with it."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from ledger import canonical
from ledger.posted import finding
from ledger.posted.finding import Found
from ledger.posted.tables import account, case, paper, posted, seal
from ledger.voucher import Number, Paper, Voucher, from_body

VIEWS = (posted, case, paper, account, seal)


class Posted(NamedTuple):
    """A voucher in the books; `seq` is the leaf of its posting."""

    village: str
    number: Number
    case: str
    revision: int
    seq: int
    period: str
    voucher: Voucher


class Seal(NamedTuple):
    """A sealed month: leaf of the seal, hex root over the leaves before it, note text."""

    period: str
    seq: int
    root: str
    note: str


def write(conn: Connection, item: Posted) -> None:
    """Write a posting and close its case."""
    conn.execute(
        insert(posted).values(
            village=item.village,
            year=item.number.year,
            kind=item.number.kind,
            no=item.number.no,
            period=item.period,
            day=item.voucher.day,
            case=item.case,
            revision=item.revision,
            seq=item.seq,
            body=canonical.encode(item.voucher.body()),
        )
    )
    close_case(conn, item.village, item.case)


def _posted(row: Row[tuple[object, ...]]) -> Posted:
    number = Number(row.year, row.kind, row.no)
    voucher = from_body(canonical.decode(bytes(row.body)))
    return Posted(row.village, number, row.case, row.revision, row.seq, row.period, voucher)


def vouchers(conn: Connection, village: str, first: str, last: str) -> list[Posted]:
    """Return the vouchers posted from first to last period, in order of posting."""
    query = (
        select(posted)
        .where(posted.c.village == village, posted.c.period >= first, posted.c.period <= last)
        .order_by(posted.c.seq)
    )
    return [_posted(row) for row in conn.execute(query)]


def by_number(conn: Connection, village: str, number: Number) -> Posted | None:
    """Return the voucher with this number, or None."""
    query = select(posted).where(
        posted.c.village == village,
        posted.c.year == number.year,
        posted.c.kind == number.kind,
        posted.c.no == number.no,
    )
    row = conn.execute(query).first()
    return None if row is None else _posted(row)


def by_case(conn: Connection, village: str, name: str) -> Posted | None:
    """Return the voucher posted for a case, or None."""
    query = select(posted).where(posted.c.village == village, posted.c.case == name)
    row = conn.execute(query).first()
    return None if row is None else _posted(row)


def next_no(conn: Connection, village: str, year: int, kind: str) -> int:
    """Return the number that the next voucher of this year and class gets."""
    query = select(func.max(posted.c.no)).where(
        posted.c.village == village, posted.c.year == year, posted.c.kind == kind
    )
    return (conn.execute(query).scalar() or 0) + 1


def periods(conn: Connection, village: str) -> list[str]:
    """Return the periods that hold posted vouchers, in order."""
    query = (
        select(posted.c.period)
        .where(posted.c.village == village)
        .distinct()
        .order_by(posted.c.period)
    )
    return list(conn.execute(query).scalars())


def open_case(conn: Connection, voucher: Voucher, name: str) -> None:
    """Index a submitted revision: its case is open and uses these papers and this bank line."""
    where = (case.c.village == voucher.village, case.c.case == name)
    conn.execute(delete(case).where(*where))
    # Papers added by an act of their own stay with the case, whatever is submitted anew.
    of_case = (paper.c.village == voucher.village, paper.c.case == name)
    conn.execute(delete(paper).where(*of_case, paper.c.added.is_(False)))
    row = {"village": voucher.village, "case": name, "bank_line": voucher.bank_line}
    row["reverses"] = voucher.reverses
    conn.execute(insert(case).values(open=True, **row, **finding.entry(voucher)))
    _use_papers(conn, voucher.village, name, voucher.papers, added=False)


def add_papers(conn: Connection, village: str, name: str, papers: Iterable[Paper]) -> None:
    """Note that a case uses papers that were added to it later."""
    _use_papers(conn, village, name, papers, added=True)


def _use_papers(
    conn: Connection, village: str, name: str, papers: Iterable[Paper], *, added: bool
) -> None:
    mine = (paper.c.village == village, paper.c.case == name)
    known = set(conn.execute(select(paper.c.digest).where(*mine)).scalars())
    for item in {item.digest: item for item in papers if item.digest not in known}.values():
        use = {"village": village, "case": name, "added": added}
        conn.execute(insert(paper).values(digest=item.digest, number=item.number, **use))


def search(conn: Connection, villages: Collection[str], asked: str, most: int) -> list[Found]:
    """Return the cases of some villages that every word of `asked` fits, the newest first.

    A word fits by text (summaries, payee, handler, titles and numbers of papers), by amount in
    yuan, by the number of the voucher, or by the name of the case.
    """
    same = and_(posted.c.village == case.c.village, posted.c.case == case.c.case)
    where = and_(case.c.village.in_(villages), *map(_fits, finding.plain(asked).split()))
    query = (
        select(case, posted.c.year, posted.c.kind, posted.c.no)
        .select_from(case.outerjoin(posted, same))
        .where(where)
        .order_by(case.c.day.desc(), case.c.case.desc())
        .limit(most)
    )
    return [_found(row) for row in conn.execute(query)]


def _found(row: Row[tuple[object, ...]]) -> Found:
    number = "" if row.no is None else str(Number(row.year, row.kind, row.no))
    what = (row.open, row.summary, row.payee, row.fen)
    return Found(row.village, row.case, row.day, number, *what)


def paid_to(conn: Connection, village: str, payee: str, first: date, last: date) -> list[Found]:
    """Return what was posted as paid to somebody from first to last day, the newest first.

    Red-letter vouchers are among them, with their negative totals.
    """
    same = and_(posted.c.village == case.c.village, posted.c.case == case.c.case)
    query = (
        select(case, posted.c.year, posted.c.kind, posted.c.no)
        .join(posted, same)
        .where(case.c.village == village, case.c.payee == payee, case.c.day.between(first, last))
        .where(posted.c.kind == "payment")
        .order_by(case.c.day.desc(), posted.c.no.desc())
    )
    return [_found(row) for row in conn.execute(query)]


def vouchers_to(
    conn: Connection, village: str, payees: Collection[str], first: date, last: date
) -> list[Posted]:
    """Return the vouchers posted to some people from first to last day, in order of posting."""
    same = and_(posted.c.village == case.c.village, posted.c.case == case.c.case)
    query = (
        select(posted)
        .join(case, same)
        .where(case.c.village == village, case.c.day.between(first, last))
        .where(case.c.payee.in_(payees))
        .order_by(posted.c.seq)
    )
    return [_posted(row) for row in conn.execute(query)]


def _fits(word: str) -> ColumnElement[bool]:
    number = [posted.c[name] == value for name, value in finding.number(word).items()]
    return or_(
        case.c.words.contains(word, autoescape=True),
        case.c.case == word,
        case.c.fen.in_(finding.amounts(word)),
        *([and_(*number)] if number else []),
    )


def close_case(conn: Connection, village: str, name: str) -> None:
    """Mark a case as ended: posted."""
    where = (case.c.village == village, case.c.case == name)
    conn.execute(update(case).where(*where).values(open=False))


def drop_case(conn: Connection, village: str, name: str) -> None:
    """Mark a case as withdrawn: its papers and bank line are free again."""
    where = (case.c.village == village, case.c.case == name)
    conn.execute(update(case).where(*where).values(open=False, bank_line="", reverses=""))
    conn.execute(delete(paper).where(paper.c.village == village, paper.c.case == name))


def open_cases(conn: Connection, village: str) -> list[str]:
    """Return the cases under way in a village, by name."""
    query = (
        select(case.c.case)
        .where(case.c.village == village, case.c.open.is_(True))
        .order_by(case.c.case)
    )
    return list(conn.execute(query).scalars())


def case_of_bank_line(conn: Connection, village: str, line: str) -> str | None:
    """Return the case that answers a bank line, or None."""
    query = select(case.c.case).where(case.c.village == village, case.c.bank_line == line)
    return conn.execute(query).scalar()


def case_that_reverses(conn: Connection, village: str, number: str) -> str | None:
    """Return the case, posted or under way, that writes a voucher off; or None."""
    query = select(case.c.case).where(case.c.village == village, case.c.reverses == number)
    return conn.execute(query).scalar()


def reversing(conn: Connection, village: str) -> set[str]:
    """Return the cases whose vouchers write others off in red."""
    query = select(case.c.case).where(case.c.village == village, case.c.reverses != "")
    return set(conn.execute(query).scalars())


def take_bank_line(conn: Connection, village: str, name: str, line: str) -> None:
    """Note that a case's payment stands on this bank line."""
    where = (case.c.village == village, case.c.case == name)
    conn.execute(update(case).where(*where).values(bank_line=line))


def anything_but_openings(conn: Connection, village: str) -> bool:
    """Tell whether any voucher of another class than opening has been posted."""
    query = select(posted.c.no).where(posted.c.village == village, posted.c.kind != "opening")
    return conn.execute(query.limit(1)).first() is not None


def use_of_paper(conn: Connection, digest: str, number: str, but: str) -> tuple[str, str] | None:
    """Return (village, case) of another case that uses this paper or its number, or None."""
    same = paper.c.digest == digest
    if number:
        same |= paper.c.number == number
    query = select(paper.c.village, paper.c.case).where(same, paper.c.case != but)
    row = conn.execute(query).first()
    return None if row is None else (row.village, row.case)


def open_account(conn: Connection, village: str, code: str, name: str, seq: int) -> None:
    """Write a village's detail account."""
    conn.execute(insert(account).values(village=village, code=code, name=name, seq=seq))


def details(conn: Connection, village: str) -> tuple[tuple[str, str], ...]:
    """Return (code, name) of a village's own accounts in the order they were opened."""
    query = (
        select(account.c.code, account.c.name)
        .where(account.c.village == village)
        .order_by(account.c.seq)
    )
    return tuple((row.code, row.name) for row in conn.execute(query))


def write_seal(conn: Connection, village: str, item: Seal) -> None:
    """Write a month's seal."""
    values = {"period": item.period, "seq": item.seq, "root": item.root}
    conn.execute(insert(seal).values(village=village, note=item.note.encode(), **values))


def cosign(conn: Connection, village: str, period: str, line: str) -> None:
    """Add a witness's signature line to the note of a month's seal."""
    known = select(seal.c.note).where(seal.c.village == village, seal.c.period == period)
    note = bytes(conn.execute(known).scalar_one()) + f"{line}\n".encode()
    where = (seal.c.village == village, seal.c.period == period)
    conn.execute(update(seal).where(*where).values(note=note))


def seals(conn: Connection, village: str) -> list[Seal]:
    """Return the seals of a village in order of period."""
    query = select(seal).where(seal.c.village == village).order_by(seal.c.period)
    return [
        Seal(row.period, row.seq, row.root, bytes(row.note).decode()) for row in conn.execute(query)
    ]


def clear(conn: Connection, village: str) -> None:
    """Drop the views of a village; `ledger.rebuild` alone calls this."""
    for table in VIEWS:
        conn.execute(delete(table).where(table.c.village == village))

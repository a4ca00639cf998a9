"""Everything of a village, or of some of its months, as one file to take away.

The books directory is always whole (a log cut short proves nothing); papers, ledgers and interface
tables are those of the months asked for. One entry is in memory at a time, and the same books give
the same bytes. docs/EXPORT.md says what lies where.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sqlalchemy import Connection

from app import interface, ledgers
from app.desk import FIXED, three_statements
from app.ledgers import KINDS, Asked
from approvals import cases, register
from ledger import papers, periods
from ledger.accounts import chart_of
from ledger.ledgers import OWN
from ledger.posted import store as posted
from ledger.refusal import Refusal
from reports.booked import Booked, booked_xml
from reports.interface import table_csv, xml
from reports.ledger_paper import ledger_xlsx
from reports.statement_pdf import statement_pdf
from reports.statement_xlsx import statement_xlsx

CHUNK = 1 << 16
ENDINGS = {"pdf": "pdf", "png": "png", "jpeg": "jpg"}
LISTED = (
    "序号", "文件", "门类", "年度", "起止月份", "保管期限", "格式", "字节数", "SHA-256",
)  # fmt: skip
TRAIL = (
    "凭证号", "事项", "稿", "环节", "人员", "姓名", "席位", "时间", "方式", "决定", "意见",
    "日志序号",
)  # fmt: skip


class _Package:
    """A .zip being filled, and the digest and length of everything put into it."""

    def __init__(self, target: Path) -> None:
        self.archive = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)
        self.digests: dict[str, dict[str, int | str]] = {}

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        info = zipfile.ZipInfo(name, FIXED)
        info.compress_type = zipfile.ZIP_DEFLATED
        digest, length = hashlib.sha256(), 0
        with self.archive.open(info, "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
                length += len(piece)
        self.digests[name] = {"sha256": digest.hexdigest(), "bytes": length}


def write(
    conn: Connection, village: str, span: tuple[str, str], data: tuple[Path, Path], target: Path
) -> None:
    """Write the package of a village's months first to last; `data` is (books, folder of papers).

    Raises:
        NothingToTake: no voucher was posted in these months.
    """
    first, last = span
    books, kept = data
    if not any(first <= period <= last for period in posted.periods(conn, village)):
        raise NothingToTake(first=first, last=last)
    name = register.of(conn, village).facts["name"]
    package = _Package(target)
    with package.archive:
        for path in sorted((books / village).rglob("*")):
            if path.is_file():
                package.put(f"books/{path.relative_to(books).as_posix()}", _pieces(path))
        for digest in _papers(conn, village, first, last):
            paper = papers.load(kept, digest)
            package.put(
                f"papers/{digest}.{ENDINGS.get(papers.sniff(paper) or '', 'bin')}", (paper,)
            )
        package.put("signatures.csv", _trail(conn, village, first, last))
        for stem, file in _booked(conn, village, first, last):
            package.put(f"booked/{stem}.xml", (file,))
        for stem, want in _ledgers(conn, village, first, last):
            found = ledgers.ledger(conn, village, want).ledger
            package.put(f"ledgers/{stem}.xlsx", (ledger_xlsx(name, found),))
        for statement in three_statements(conn, village, last)[1]:
            stem = f"statements/{statement.title}"
            package.put(f"{stem}.xlsx", (statement_xlsx(name, last, statement),))
            package.put(f"{stem}.pdf", (statement_pdf(name, last, statement),))
        for root, make in (("公共档案", interface.common), ("总账", interface.general)):
            package.put(f"interface/{root}.xml", xml(root, make(conn, village, first, last)))
            for table in make(conn, village, first, last):
                package.put(f"interface/{table.name}.csv", table_csv(table))
        package.put("archive.csv", _archive(package.digests, first, last))
        listed = {"village": village, "name": name, "first": first, "last": last}
        manifest = {**listed, "files": package.digests}
        text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
        package.put("manifest.json", (text.encode(),))


def _booked(conn: Connection, village: str, first: str, last: str) -> Iterator[tuple[str, bytes]]:
    """Give, for each electronic voucher of the months, how it was booked (入账信息)."""
    facts, chart = register.of(conn, village).facts, chart_of(conn, village)
    unit = (facts["name"], facts.get("code", ""))
    for period in periods.months(first, last):
        found = posted.vouchers(conn, village, period, period)
        items = [item for item in found if any(paper.number for paper in item.voucher.papers)]
        trails = cases.trails(conn, village, [item.case for item in items])
        for item in items:
            hands = interface.hands_of(trails[item.case])
            names = {leg.account: chart.get(leg.account).name for leg in item.voucher.legs}
            for paper in item.voucher.papers:
                if paper.number:  # of an invoice that was read
                    one = Booked(*unit, paper, item.number, item.voucher, hands)
                    yield f"{item.number}-{paper.digest[:16]}", booked_xml(one, names)


# What a file is among accounting records and for how long it is kept (会计档案管理办法, 79号令).
ARCHIVE = {
    "books": ("会计账簿", "30年"),
    "papers": ("会计凭证", "30年"),
    "signatures.csv": ("会计凭证", "30年"),
    "booked": ("会计凭证", "30年"),
    "ledgers": ("会计账簿", "30年"),
    "statements": ("财务会计报告", "10年"),
    "interface": ("其他会计资料", "10年"),
}
YEARLY = ("财务会计报告", "永久")
VOUCHERS = ("会计凭证", "30年")


def _archive(
    files: Mapping[str, Mapping[str, int | str]], first: str, last: str
) -> Iterator[bytes]:
    """Give 归档目录: every file with its class, year, months, term of keeping, digest."""
    yield "\ufeff".encode() + _line(LISTED)
    for at, (name, told) in enumerate(sorted(files.items()), 1):
        top = name.partition("/")[0]
        kind, term = ARCHIVE[top]
        if top == "statements" and last.endswith("-12"):
            kind, term = YEARLY
        if top == "ledgers" and name.endswith(f"/{KINDS['vouchers']}.xlsx"):
            kind, term = VOUCHERS
        ending = name.rpartition(".")[2]
        cells = (at, name, kind, last[:4], f"{first}/{last}", term, ending)
        yield _line((*map(str, cells), str(told["bytes"]), str(told["sha256"])))


def _ledgers(conn: Connection, village: str, first: str, last: str) -> Iterator[tuple[str, Asked]]:
    """Give the ledgers of a package with their names; 多栏账 is of one account and not in it."""
    for kind, title in KINDS.items():
        if kind != "columns":
            account = ledgers.MONEY_ACCOUNT if kind == "journal" else ""
            yield title, Asked(kind, first, last, account)
    for by in ledgers.dimensions(conn, village):
        if by.startswith(OWN):
            title = f"{KINDS['auxiliary']}-{by.removeprefix(OWN)}"
            yield title, Asked("auxiliary", first, last, by=by)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def _papers(conn: Connection, village: str, first: str, last: str) -> list[str]:
    found: set[str] = set()
    for period in periods.months(first, last):
        for item in posted.vouchers(conn, village, period, period):
            found.update(paper.digest for paper in item.voucher.papers)
    return sorted(found)


def _trail(conn: Connection, village: str, first: str, last: str) -> Iterator[bytes]:
    yield "\ufeff".encode() + _line(TRAIL)
    for period in periods.months(first, last):
        items = posted.vouchers(conn, village, period, period)
        trails = cases.trails(conn, village, [item.case for item in items])
        for item in items:
            for mark in trails[item.case]:
                yield _line((str(item.number), item.case, *map(str, mark)))


def _line(cells: Iterable[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()


class NothingToTake(Refusal):
    """No voucher was posted in these months."""

    code = "W313"
    says = "{first} 至 {last} 没有已记账的凭证，没有可以导出的内容。请改选月份。"
    status = 404

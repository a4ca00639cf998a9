"""The report “审签” in Fava's side bar: each voucher of the present book with its signers."""

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from fava.context import g
from fava.ext import FavaExtensionBase
from flask import request

from approvals import register
from reports.auditors.events import Deed, Log, people
from reports.words import DECISIONS, minute

ACTS = {
    "voucher.submitted": "制单",
    "meeting.closed": "会议",
    "payment.made": "付款",
    "voucher.posted": "记账",
    "case.withdrawn": "撤回",
    "papers.added": "补充附件",
}


class Signed(NamedTuple):
    """One act on a voucher in words."""

    what: str
    name: str
    seat: str
    at: str


class Row(NamedTuple):
    """One voucher: number, day, narration, case, address of its page, and its signers."""

    number: str
    day: str
    summary: str
    case: str
    address: str
    signers: tuple[Signed, ...]


class Signatures(FavaExtensionBase):
    """Fava's extension; what the page filters is filtered here too."""

    report_title = "审签"

    def rows(self) -> Iterator[Row]:
        """Yield the vouchers that the filters of the page leave."""
        ledger: Any = self.ledger
        book = ledger.book
        log = Log(book.folder)
        known = people(log)
        deeds: dict[str, list[Deed]] = {}
        for deed in log.deeds():
            deeds.setdefault(deed.case, []).append(deed)
        for entry in g.filtered.entries:
            case = entry.meta.get("case")
            if isinstance(case, str):
                signers = tuple(_signed(deed, known) for deed in deeds.get(case, ()))
                yield _row(entry, case, book.village, signers)


def _row(entry: Any, case: str, village: str, signers: tuple[Signed, ...]) -> Row:  # noqa: ANN401
    number = str(entry.meta.get("number", ""))
    summary = entry.narration.removeprefix(number).strip()
    address = entry_address(village, case)
    return Row(number, entry.date.isoformat(), summary, case, address, signers)


def _signed(deed: Deed, known: register.Register) -> Signed:
    what = ACTS.get(deed.kind) or DECISIONS.get(deed.decision, deed.decision)
    return Signed(what, known.name(deed.person), register.title(deed.seat), minute(deed.at))


def entry_address(village: str, case: str) -> str:
    """Return the address of a case's page beside the running Fava."""
    return f"{request.script_root}/entry/{quote(village)}/{quote(case, safe='')}"
